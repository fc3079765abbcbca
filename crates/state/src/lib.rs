//! The state of limits as code: the managed configurations, the lock, and the journals of unfinished applies.
//!
//! - [`StateBackend`] reads and locks the state, in a file or in a bucket that several machines share.
//! - [`StateLock`] is a state that only this process changes; [`ApplyJournal`] records the calls of an apply.
//! - [`protocol`] decides how machines share a bucket. It is pure.
//!
//! Limits in this crate are ours unless a source is given.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod apply_journal;
mod bucket;
mod current_time;
mod file;
pub mod protocol;
mod request_window;
mod shared;
mod state_backend;
mod state_error;
mod state_lock;
mod state_scope;
mod stored_state;
mod whole_state;

pub use ajo_limits::{BucketProvider, BucketUrl, StateLocation, StateLocationError};
pub use apply_journal::ApplyJournal;
#[cfg(feature = "bucket")]
pub use bucket::CloudBucket;
pub use bucket::{
    Bucket, BucketError, BucketErrorKind, BucketObject, IgnoredCondition, MAX_OBJECT_BYTES, MemoryBucket,
    ObjectVersion, PutCondition, PutError, SelfTestError, self_test,
};
pub use current_time::{ClockError, current_time};
pub use file::{
    FileError, FileErrorKind, FileLock, FileLockError, FileState, JournalFile, LockedFile, StateFile, create_new,
    resolve_links, write_atomic,
};
pub use request_window::RequestWindow;
pub use shared::{DEFAULT_LEASE_TIME, LeaseClock, SharedLock, SharedState, SystemClock};
pub use state_backend::StateBackend;
pub use state_error::{LeaseTerms, StateError};
pub use state_lock::StateLock;
pub use state_scope::StateScope;
pub use stored_state::{JournalHandling, StoredState};
pub use whole_state::{SetStatus, StateLocks};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
