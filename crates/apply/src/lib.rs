//! Executes a plan call by call and records each call before and after, so that a crash neither loses nor repeats one.
//!
//! - [`ServiceReader`] reads the service and cannot modify it; planning uses only this.
//! - [`PlanExecutor`] executes an [`ajo_limits::Plan`] and writes an [`ajo_limits::Journal`] to disk ([`JournalFile`]).
//! - [`StateFile`] is `ajo.state.json`; [`FileLock`] prevents two concurrent applies.
//!
//! Limits in this crate are ours unless a source is given.
//!
//! ```no_run
//! use std::num::NonZeroUsize;
//! use std::path::Path;
//! use std::time::Duration;
//! use ajo_apply::{ApplyObserver, PlanExecutor, ServiceReader};
//! use ajo_state::{FileLock, JournalFile, StateFile};
//! use ajo_core::{Client, Verb};
//! use ajo_limits::{ConfigChange, DesiredLimits, JOURNAL_VERSION, JournalHeader, PlanOptions, StepState, plan};
//!
//! /// Prints each call and never cancels.
//! struct PrintProgress;
//!
//! impl ApplyObserver for PrintProgress {
//!     fn step_finished(&self, change: &ConfigChange, step: Verb, state: StepState) {
//!         println!("{}: {step:?} {state:?}", change.key);
//!     }
//!
//!     fn is_cancelled(&self) -> bool {
//!         false
//!     }
//! }
//!
//! async fn apply(client: &Client, desired: &DesiredLimits) -> Result<(), Box<dyn std::error::Error>> {
//!     let state_path = Path::new("limits/ajo.state.json");
//!     let lock_path = FileLock::path_for(state_path);
//!     let _lock = FileLock::acquire(&lock_path, "a pipeline".to_owned(), Duration::from_secs(60)).await?;
//!     let sandbox = &desired.sandbox;
//!     let reader = ServiceReader::new(client);
//!     assert_eq!(JournalFile::list_sandboxes(state_path)?, [""; 0], "reconcile an interrupted apply first");
//!     let file = StateFile::new(state_path);
//!     let mut state = file.load()?;
//!     let managed = state.configs_to_read(sandbox);
//!     let plan = plan(desired, &reader.observe(true, &managed).await?, &state, PlanOptions::default());
//!
//!     let header = JournalHeader {
//!         version: JOURNAL_VERSION,
//!         organization: "A1B2@AdobeOrg".to_owned(),
//!         started_at: "2026-11-26T09:00:00Z".to_owned(),
//!         files: vec!["/srv/limits/prod.yaml".to_owned()],
//!         state_digest: state.sandbox_digest(sandbox.as_str()),
//!         plan: plan.clone(),
//!     };
//!     let path = JournalFile::path_for(state_path, sandbox.as_str());
//!     let journal = JournalFile::create(&path, header)?;
//!     let executor = PlanExecutor::new(client, &plan, journal, &PrintProgress);
//!     let (journal, journal_error) = executor.run(NonZeroUsize::MIN).await;
//!     if let Some(error) = journal_error {
//!         return Err(error.into());
//!     }
//!     // The state records the current configurations of the service, not the planned ones.
//!     journal.journal().reconcile(&reader.observe(true, &managed).await?, &mut state, sandbox);
//!     file.save(&state)?;
//!     JournalFile::mark_reconciled(&path, state.sandbox_digest(sandbox.as_str()))?;
//!     JournalFile::remove(&path)?;
//!     Ok(())
//! }
//! ```

mod apply;

pub use apply::{ApplyObserver, PlanExecutor, ServiceReader, deploy_errors};
