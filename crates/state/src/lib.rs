//! The state of limits as code: what is managed, who changes it, and which calls an unfinished apply made.
//!
//! Limits in this crate are ours unless a source is given.

mod bucket;
mod current_time;
mod file;
mod location;
pub mod protocol;

#[cfg(feature = "bucket")]
pub use bucket::CloudBucket;
pub use bucket::{
    Bucket, BucketError, BucketErrorKind, BucketObject, MAX_OBJECT_BYTES, MemoryBucket, ObjectVersion, PutCondition,
    PutError,
};
pub use current_time::{ClockError, current_time};
pub use file::{
    FileError, FileLock, FileLockError, JournalFile, LockHolder, StateFile, create_new, resolve_links, write_atomic,
};
pub use location::{BucketProvider, BucketUrl, StateLocation, StateLocationError};
