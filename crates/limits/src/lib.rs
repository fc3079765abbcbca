//! Limits as code: files in git describe the desired limits, and a [`Plan`] contains the calls that establish them.
//!
//! This crate does no I/O: it has no client, runtime, file system, or clock.
//!
//! - [`file::parse_limits`] parses limits files into [`DesiredLimits`] or reports every mistake with its position.
//!   [`export_limits`] writes such a file. A [`Policy`] restricts the limits. [`json_schema()`] describes the formats.
//! - [`ObservedLimits`] is built from `list` responses, and [`LimitsState`] from the committed `ajo.state.json`.
//! - [`plan()`] compares the three and returns a [`Plan`]; [`detect_drift`] reports differences from the files
//!   and limits that are in no file.
//! - [`Journal`] records an apply, so that an interrupted one can be finished.
//! - [`url_form`] decides which URLs are equal and which patterns overlap.
//! - [`CommandReport`] is the result of a command.
//!
//! Definitions are compared in a normalized form, [`ConfigDefinition`]. Limits in this crate are ours unless a source is given.
//!
//! ```
//! use ajo_core::Verb;
//! use ajo_limits::file::{self, ParsedLimits, SourceFile, SourceSet};
//! use ajo_limits::{
//!     Action, ChangeReason, ConfigChange, DesiredConfig, DesiredLimits, LimitsState, ObservedLimits, Plan, PlanOptions,
//!     PlanPhase, PlanTask, SourceLocation, plan,
//! };
//!
//! let text = "version: 1
//! sandbox: prod
//! throttling:
//!   urlPattern: https://partner.example.com/*
//!   methods: [POST]
//!   maxThroughput: 400
//! ";
//! let source = SourceFile { name: "limits/prod.yaml".to_owned(), content: text.to_owned() };
//! let ParsedLimits { desired, diagnostics, .. } = file::parse_limits(&SourceSet::new(vec![source]), &|_| None);
//! assert_eq!(diagnostics, []);
//! let desired: DesiredLimits = desired.expect("a valid file");
//! let DesiredConfig { deployed: true, location: Some(SourceLocation { line, .. }), .. } = &desired.configs[0] else {
//!     panic!()
//! };
//! assert_eq!(*line, 4);
//!
//! // The service has no configurations yet, and none is managed.
//! let plan: Plan = plan(&desired, &ObservedLimits::default(), &LimitsState::default(), PlanOptions::default());
//! let change: &ConfigChange = &plan.changes[0];
//! assert_eq!((change.action, &change.reason), (Action::Create, &ChangeReason::New));
//! assert_eq!(change.steps, [Verb::Create, Verb::CanDeploy, Verb::Deploy]);
//! let phases: Vec<PlanPhase> = plan.schedule();
//! assert_eq!(phases[0].tasks, [PlanTask { change: 0, steps: vec![Verb::Create] }]);
//! ```

mod accept;
mod command_report;
mod definition_schema;
mod drift;
mod effect;
mod explain;
pub mod file;
mod journal;
mod json_schema;
mod plan;
mod policy;
mod rating;
mod secrets;
mod state;
pub mod url_form;

pub use accept::{AcceptError, AcceptFilter, AcceptSelection};
pub use command_report::{CommandOutcome, CommandReport, REPORT_VERSION};
pub use drift::{
    ConfigDrift, DeployMismatch, DriftReport, DuplicateConfig, PatternOverlap, PatternRelation, UnmanagedConfig,
    UnmanagedHandling, UnmanagedReason, detect_drift,
};
pub use effect::{
    AffectedEndpoints, AffectedTraffic, CallCap, CallerLimits, EffectCaveat, EffectMetric, EndpointEffect, LimitEffect,
    ObservedTraffic, TrafficEffect, ValueRange, affected_traffic,
};
pub use explain::{CallExplanation, MatchStatus, MatchingConfig, Statement, StatementLabel, explain_call};
pub use file::{DesiredConfig, DesiredLimits, ExportedLimits, FileDiagnostic, SourceLocation, export_limits};
pub use journal::{
    JOURNAL_VERSION, Journal, JournalEntry, JournalError, JournalHeader, StepError, StepResult, StepState,
};
pub use json_schema::{SchemaName, json_schema};
pub use plan::{
    Action, BlockReason, Blocker, ChangeReason, ConfigChange, ConfigDefinition, ConfigKey, ConfigSummary,
    DEFAULT_CAP_APPLIES, DEFAULT_DELETE_PERCENT, DeployState, Digest, DigestError, FieldDiff, IncompleteDefinition,
    KnownSecrets, LiveState, NormalizedConfig, NotGivenConfig, ObservedConfig, ObservedLimits, Plan, PlanOptions,
    PlanPhase, PlanTask, UnclearReplacement, UnknownFields, UnmanagedCount, match_configs, plan,
};
pub use policy::{FreezeWindow, POLICY_CODE, Policy};
pub use secrets::{SecretHmac, SecretHmacError, SecretSalt, SecretValues};
pub use state::{
    BucketProvider, BucketUrl, LateCreate, LimitsState, LimitsStateError, ManagedConfig, STATE_VERSION, SetOrder,
    StateLocation, StateLocationError, StateSerials, StateSet, relative_path,
};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
