//! Carrying a plan out: call by call, written down before and after each, so that a crash loses nothing and doubles nothing.
//!
//! - [`Reader`] reads the service and cannot change it; planning is given one.
//! - [`Apply`] carries an [`ajo_plan::Plan`] out and keeps an [`ajo_plan::Journal`] of it on disk ([`JournalFile`]).
//! - [`LedgerFile`] is `ajo.lock`; [`Running`] keeps two applies apart.

mod apply;
mod disk;
mod journal_file;
mod ledger_file;
mod reader;
mod running;
mod verdict;
mod writer;

pub use apply::{Apply, Watch};
pub use disk::{DiskError, create, followed, replace};
pub use journal_file::JournalFile;
pub use ledger_file::LedgerFile;
pub use reader::Reader;
pub use running::{Holder, Running, RunningError};
pub use verdict::objections;
