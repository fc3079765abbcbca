//! Carrying a plan out: call by call, written down before and after each, so that a crash loses nothing and doubles nothing.
//!
//! - [`Reader`] reads the service and cannot change it; planning is given one.
//! - [`Apply`] carries an [`ajo_limits::Plan`] out and keeps an [`ajo_limits::Journal`] of it on disk ([`JournalFile`]).
//! - [`LedgerFile`] is `ajo.lock`; [`Running`] keeps two applies apart.
//!
//! ```no_run
//! use std::num::NonZeroUsize;
//! use std::path::Path;
//! use std::time::Duration;
//! use ajo_apply::{Apply, JournalFile, LedgerFile, Reader, Running, Watch};
//! use ajo_core::{Client, Verb};
//! use ajo_limits::{Change, Desired, Header, JOURNAL_VERSION, Options, StepState, plan};
//!
//! /// Prints each call, and never asks to stop.
//! struct Shown;
//!
//! impl Watch for Shown {
//!     fn done(&self, change: &Change, step: Verb, state: StepState) {
//!         println!("{}: {step:?} {state:?}", change.key);
//!     }
//!
//!     fn is_cancelled(&self) -> bool {
//!         false
//!     }
//! }
//!
//! async fn apply(client: &Client, desired: &Desired) -> Result<(), Box<dyn std::error::Error>> {
//!     let at = Path::new("limits/ajo.lock");
//!     let _running =
//!         Running::take(&Running::path_for(at), "a pipeline".to_owned(), Duration::from_secs(60)).await?;
//!     let sandbox = &desired.sandbox;
//!     let reader = Reader::new(client);
//!     assert_eq!(JournalFile::sandboxes(at)?, [""; 0], "one that was cut off is settled first");
//!     let file = LedgerFile::at(at);
//!     let mut ledger = file.load()?;
//!     let plan = plan(desired, &reader.observe(true).await?, &ledger, Options::default());
//!
//!     let header = Header {
//!         version: JOURNAL_VERSION,
//!         organization: "A1B2@AdobeOrg".to_owned(),
//!         began: "2026-11-26T09:00:00Z".to_owned(),
//!         files: vec!["/srv/limits/prod.yaml".to_owned()],
//!         ledger: ledger.digest(sandbox.as_str()),
//!         plan: plan.clone(),
//!     };
//!     let path = JournalFile::path_for(at, sandbox.as_str());
//!     let journal = JournalFile::begin(&path, header)?;
//!     let (journal, unwritten) = Apply::new(client, &plan, journal, &Shown).run(NonZeroUsize::MIN).await;
//!     if let Some(error) = unwritten {
//!         return Err(error.into());
//!     }
//!     // What the service has now decides what is ours.
//!     journal.journal().settle(&reader.observe(true).await?, &mut ledger, sandbox);
//!     file.save(&ledger)?;
//!     JournalFile::note_settled(&path, ledger.digest(sandbox.as_str()))?;
//!     JournalFile::remove(&path)?;
//!     Ok(())
//! }
//! ```

mod apply;
mod atomic_file;
mod journal_file;
mod lock;
mod state_file;

pub use apply::{Apply, Reader, Watch, objections};
pub use atomic_file::{DiskError, create, followed, replace};
pub use journal_file::JournalFile;
pub use lock::{Holder, Running, RunningError};
pub use state_file::LedgerFile;
