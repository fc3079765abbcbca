//! State, journal, and lock in files of one machine.

mod atomic_file;
mod file_lock;
mod file_state;
mod journal_file;
mod state_file;

pub use atomic_file::{FileError, FileErrorKind, create_new, resolve_links, write_atomic};
pub use file_lock::{FileLock, FileLockError};
pub use file_state::{FileState, LockedFile};
pub use journal_file::JournalFile;
pub use state_file::StateFile;
