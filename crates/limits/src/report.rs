//! What a command says, in one versioned form. Everything that is shown is rendered from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Drift, Finding, Plan, StepResult};

/// The version of the form of a [`Report`].
pub const REPORT_VERSION: u32 = 1;

/// What a command of limits as code says. `ajo … --output json` prints it, and `ajo plan --save` writes it.
///
/// ```
/// use ajo_core::Verb;
/// use ajo_core::rules::Severity;
/// use ajo_limits::{
///     Deployed, Desired, Drift, Finding, Ledger, Observed, Outcome, REPORT_VERSION, Report, StepError, StepResult, StepState,
///     drift,
/// };
///
/// let report = Report::new("apply", Outcome::Partial);
/// assert_eq!(report.version, REPORT_VERSION);
///
/// // A throttling that was undeployed by somebody else.
/// let text = "version: 1\nsandbox: prod\nthrottling: {urlPattern: 'https://a.example/*', methods: [GET], maxThroughput: 400}\n";
/// let source = ajo_limits::file::Source { name: "limits.yaml".to_owned(), text: text.to_owned() };
/// let limits = ajo_limits::file::read(&ajo_limits::file::Sources::new(vec![source]), &|_| None);
/// let findings: Vec<Finding> = limits.findings;
/// assert!(findings.iter().all(|finding| finding.severity != Severity::Error));
/// let desired: Desired = limits.desired.expect("nothing is wrong in it");
/// let there = serde_json::from_str(
///     r#"{"uid": "u-1", "state": "created", "urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": 400}"#,
/// )?;
/// let observed = Observed::new(&[], &[there]);
/// let drifts: Vec<Drift> = drift(&desired, &observed, &Ledger::default());
/// assert_eq!(drifts[0].deployed, Some(Deployed { wanted: true, is: false }));
/// assert_eq!(Drift::none(&desired.configs[0], &observed.configs[0]).deployed, None);
///
/// // What became of deploying it again.
/// let message = "the service answered 503".to_owned();
/// let error = StepError { message, hint: None, code: None, status: Some(503), request_id: None };
/// let found = &observed.configs[0];
/// let (key, uid, state) = (found.key(), Some(found.uid.clone()), StepState::Failed);
/// let results = vec![StepResult { key, uid, step: Verb::Deploy, state, error: Some(error) }];
/// let report = Report { drifts, results, ..report };
/// let json = serde_json::to_value(&report)?;
/// assert_eq!(json["results"][0]["error"]["message"], "the service answered 503");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of this form.
    pub version: u32,
    /// The command, such as `plan`.
    pub command: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The sandbox it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
    /// The organization it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The files that were read, as they were named.
    #[serde(default)]
    pub files: Vec<String>,
    /// The ledger that was read, as it was named or found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    /// The policy that was given besides those that the files name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What is wrong in the files.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// What has to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// What is not as it should be at the service.
    #[serde(default)]
    pub drifts: Vec<Drift>,
    /// What was done, call by call.
    #[serde(default)]
    pub results: Vec<StepResult>,
    /// What else is to be said.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Nothing is wrong, and nothing has to be done.
    Clean,
    /// Something has to be done, or is not as it should be.
    Changes,
    /// Everything was done.
    Applied,
    /// Something is wrong in the files, or in what was checked.
    Invalid,
    /// Somebody has to decide first.
    Refused,
    /// Some of it was done.
    Partial,
    /// It was stopped.
    Cancelled,
}

impl Report {
    /// One that says nothing yet.
    pub fn new(command: &str, outcome: Outcome) -> Self {
        Self {
            version: REPORT_VERSION,
            command: command.to_owned(),
            outcome,
            sandbox: None,
            organization: None,
            files: Vec::new(),
            ledger: None,
            policy: None,
            findings: Vec::new(),
            plan: None,
            drifts: Vec::new(),
            results: Vec::new(),
            notes: Vec::new(),
        }
    }
}
