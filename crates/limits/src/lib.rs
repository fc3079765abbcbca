//! Limits as code: a file in git says which limits there shall be, and a [`Plan`] says what has to be done for it.
//!
//! Nothing here can change anything: this crate has no client, no runtime, no file and no clock.
//!
//! - [`file::read`] makes a [`Desired`] of limits files, or says everything that is wrong in them, each at its place; [`dump()`] writes
//!   such a file. A [`Policy`] forbids what no file may say. [`schema()`] describes their forms.
//! - [`Observed`] is made from what `list` answers, a [`Ledger`] from the committed `ajo.lock`.
//! - [`plan()`] compares the three and gives a [`Plan`]; [`drift()`] says what is not as it should be.
//! - [`Journal`] is what an apply writes down, so that one that was cut off can be finished.
//! - A [`Report`] is the result of a command.
//!
//! Definitions are compared in one normal form, [`Definition`].
//!
//! ```
//! use ajo_core::Verb;
//! use ajo_limits::file::{self, Limits, Source, Sources};
//! use ajo_limits::{
//!     Cause, Change, Desired, Kind, Ledger, Observed, Options, Phase, Place, Plan, Task, Wanted, plan,
//! };
//!
//! let text = "version: 1
//! sandbox: prod
//! throttling:
//!   urlPattern: https://partner.example.com/*
//!   methods: [POST]
//!   maxThroughput: 400
//! ";
//! let source = Source { name: "limits/prod.yaml".to_owned(), text: text.to_owned() };
//! let Limits { desired, findings, .. } = file::read(&Sources::new(vec![source]), &|_| None);
//! assert_eq!(findings, []);
//! let desired: Desired = desired.expect("nothing is wrong in it");
//! let Wanted { deployed: true, place: Some(Place { line, .. }), .. } = &desired.configs[0] else { panic!() };
//! assert_eq!(*line, 4);
//!
//! // The service has nothing yet, and nothing is ours.
//! let plan: Plan = plan(&desired, &Observed::default(), &Ledger::default(), Options::default());
//! let change: &Change = &plan.changes[0];
//! assert_eq!((change.kind, &change.cause), (Kind::Create, &Cause::New));
//! assert_eq!(change.steps, [Verb::Create, Verb::CanDeploy, Verb::Deploy]);
//! let phases: Vec<Phase> = plan.schedule();
//! assert_eq!(phases[0].tasks, [Task { change: 0, steps: vec![Verb::Create] }]);
//! ```

mod definition_schema;
pub mod file;
mod journal;
mod plan;
mod policy;
mod report;
mod schema;
mod state;

pub use file::{Desired, Finding, Place, Wanted, dump};
pub use journal::{Entry, Header, JOURNAL_VERSION, Journal, JournalError, StepError, StepResult, StepState};
pub use plan::{
    Candidate, Cause, Change, DELETE_SHARE, Definition, Deployed, Digest, Drift, Edit, Found, InForce, Key, Kind,
    Observed, Options, Phase, Plan, Refusal, Standing, Task, Unsendable, Why, drift, meant, plan,
};
pub use policy::{Freeze, POLICY_CODE, Policy};
pub use report::{Outcome, REPORT_VERSION, Report};
pub use schema::{Schema, schema};
pub use state::{LEDGER_VERSION, Ledger, LedgerError, Owned};
