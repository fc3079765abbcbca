//! The journal: an apply records each call before and after it is sent, so that an interrupted apply can be finished.

mod apply_journal;
mod journal_entry;
mod live_limit;
mod reconcile;
mod step_result;

pub use apply_journal::{Journal, JournalError};
pub use journal_entry::{JOURNAL_VERSION, JournalEntry, JournalHeader};
pub use step_result::{StepError, StepResult, StepState};
