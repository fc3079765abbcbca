//! Executes a plan call by call and records each call before and after, so that a crash neither loses nor repeats one.
//!
//! - [`ServiceReader`] reads the service and cannot modify it; planning uses only this.
//! - [`reconcile()`] adds the results of unfinished applies to the state, and [`read_back`] those of this one.
//! - [`PlanExecutor`] executes an [`ajo_limits::Plan`] and records its calls in an [`ajo_state::ApplyJournal`].
//!
//! Limits in this crate are ours unless a source is given.
//!
//! ```no_run
//! use std::num::NonZeroUsize;
//! use std::time::Duration;
//! use ajo_apply::{ApplyObserver, PlanExecutor, ServiceReader};
//! use ajo_state::protocol::LeaseHolder;
//! use ajo_state::{FileState, JournalHandling, StateBackend, StateFile, StateScope};
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
//!     let scope = StateScope { organization: "A1B2@AdobeOrg".to_owned(), sandbox: desired.sandbox.clone() };
//!     let backend = StateBackend::File(FileState::new(StateFile::new("limits/ajo.state.json")));
//!     let holder = LeaseHolder {
//!         owner: "a pipeline".to_owned(),
//!         process: std::process::id(),
//!         run_url: None,
//!         since: "2026-11-26T09:00:00Z".to_owned(),
//!     };
//!     let lock = backend.lock(&scope, true, holder, Duration::from_secs(60)).await?;
//!     assert!(lock.stored().journals.is_empty(), "reconcile an interrupted apply first");
//!     let mut state = lock.stored().state.clone();
//!     let reader = ServiceReader::new(client);
//!     let managed = state.configs_to_read(&scope.sandbox);
//!     let plan = plan(desired, &reader.observe(true, &managed).await?, &state, PlanOptions::default());
//!
//!     let header = JournalHeader {
//!         version: JOURNAL_VERSION,
//!         organization: scope.organization.clone(),
//!         started_at: "2026-11-26T09:00:00Z".to_owned(),
//!         files: vec!["/srv/limits/prod.yaml".to_owned()],
//!         state_digest: state.sandbox_digest(scope.sandbox.as_str()),
//!         api: None,
//!         plan: plan.clone(),
//!     };
//!     let journal = lock.start_journal(header).await?;
//!     let outcome = PlanExecutor::new(client, &plan, &lock, journal, &PrintProgress).run(NonZeroUsize::MIN).await;
//!     if let Some(error) = outcome.error {
//!         return Err(error.into());
//!     }
//!     // The state records the current configurations of the service, not the planned ones.
//!     outcome.journal.reconcile(&reader.observe(true, &managed).await?, &mut state, &scope.sandbox);
//!     lock.save(&state, JournalHandling::Close).await?;
//!     lock.release().await;
//!     Ok(())
//! }
//! ```

mod apply;
mod reconcile;

pub use apply::{ApplyObserver, ApplyOutcome, LateRequest, PlanExecutor, ServiceReader, deploy_errors};
pub use reconcile::{ReconcileError, ReconciledLimits, check_unknown_creates, observe, read_back, reconcile};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
