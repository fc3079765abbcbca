//! State that several machines share, in a bucket.

mod bucket_journal;
mod lease_clock;
mod lease_keeper;
mod locked_set;
mod run_machine;
mod shared_lock;
mod shared_sets;
mod shared_state;

pub(crate) use bucket_journal::BucketJournal;
pub use lease_clock::{LeaseClock, SystemClock};
pub use shared_lock::SharedLock;
pub use shared_state::{DEFAULT_LEASE_TIME, SharedState};
