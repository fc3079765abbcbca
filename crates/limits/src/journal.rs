//! The journal: an apply records each call before and after it is sent, so that an interrupted apply can be finished.

mod entry;
mod log;
mod reconcile;
mod step_result;

pub use entry::{Entry, Header, JOURNAL_VERSION};
pub use log::{Journal, JournalError};
pub use step_result::{StepError, StepResult, StepState};
