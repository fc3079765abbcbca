//! The versioned result of a command. All output is rendered from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, DriftReport, FileDiagnostic, Plan, StepResult};

/// The version of the [`CommandReport`] format.
pub const REPORT_VERSION: u32 = 1;

/// The result of a limits-as-code command. `ajo … --output json` prints it, and `ajo plan --out` writes it.
///
/// ```
/// use ajo_core::Verb;
/// use ajo_core::rules::Severity;
/// use ajo_limits::{
///     CommandOutcome, CommandReport, ConfigDrift, DeployMismatch, DesiredLimits, FileDiagnostic, LimitsState,
///     ObservedLimits, REPORT_VERSION, StepError, StepResult, StepState, UnmanagedHandling, detect_drift,
/// };
///
/// let report = CommandReport::new("apply", CommandOutcome::Partial);
/// assert_eq!(report.version, REPORT_VERSION);
///
/// // Someone else undeployed the throttling configuration.
/// let text = "version: 1\nsandbox: prod\nthrottling: {urlPattern: 'https://a.example/*', methods: [GET], maxThroughput: 400}\n";
/// let source = ajo_limits::file::SourceFile { name: "limits.yaml".to_owned(), content: text.to_owned() };
/// let limits = ajo_limits::file::parse_limits(&ajo_limits::file::SourceSet::new(vec![source]), &|_| None);
/// let diagnostics: Vec<FileDiagnostic> = limits.diagnostics;
/// assert!(diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error));
/// let desired: DesiredLimits = limits.desired.expect("a valid file");
/// let config = serde_json::from_str(
///     r#"{"uid": "u-1", "state": "created", "urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": 400}"#,
/// )?;
/// let observed = ObservedLimits::new(&[], &[config]);
/// let drift = detect_drift(&desired, &observed, &LimitsState::default(), UnmanagedHandling::default());
/// assert_eq!(drift.configs[0].deploy_mismatch, Some(DeployMismatch { expected: true, actual: false }));
/// let unchanged = ConfigDrift::without_differences(&desired.configs[0], &observed.configs[0]);
/// assert_eq!(unchanged.deploy_mismatch, None);
///
/// // Deploying it again failed.
/// let message = "the service responded 503".to_owned();
/// let error = StepError { message, hint: None, code: None, status: Some(503), request_id: None };
/// let found = &observed.configs[0];
/// let (key, uid, state) = (found.key(), Some(found.uid.clone()), StepState::Failed);
/// let results = vec![StepResult { key, uid, step: Verb::Deploy, state, error: Some(error), live: None }];
/// let report = CommandReport { drift: Some(drift), results, ..report };
/// let json = serde_json::to_value(&report)?;
/// assert_eq!(json["results"][0]["error"]["message"], "the service responded 503");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommandReport {
    /// The version of this format.
    pub version: u32,
    /// The command, such as `plan`.
    pub command: String,
    /// The outcome.
    pub outcome: CommandOutcome,
    /// The sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
    /// The organization ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The files that were read.
    #[serde(default)]
    pub files: Vec<String>,
    /// The state that was read: a file, or the URL of a bucket and a prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_location: Option<String>,
    /// The policy that was passed in addition to the ones that the files reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The digest of all policies for the files; absent without a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_digest: Option<Digest>,
    /// The problems in the files.
    #[serde(default)]
    pub diagnostics: Vec<FileDiagnostic>,
    /// The plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// Differences between the service and the files, and limits in no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftReport>,
    /// The results of the calls.
    #[serde(default)]
    pub results: Vec<StepResult>,
    /// The edits of limits files, as a unified diff.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file_diff: String,
    /// Further notes.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// The outcome of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CommandOutcome {
    /// No problems and no changes.
    Clean,
    /// There are changes to apply, or drift.
    Changes,
    /// All changes were applied.
    Applied,
    /// The files, or the checked configurations, contain errors.
    Invalid,
    /// A decision is required first.
    Blocked,
    /// Some changes were applied.
    Partial,
    /// The command was cancelled.
    Cancelled,
}

impl CommandReport {
    /// An empty report.
    pub fn new(command: &str, outcome: CommandOutcome) -> Self {
        Self {
            version: REPORT_VERSION,
            command: command.to_owned(),
            outcome,
            sandbox: None,
            organization: None,
            files: Vec::new(),
            state_location: None,
            policy: None,
            policy_digest: None,
            diagnostics: Vec::new(),
            plan: None,
            drift: None,
            results: Vec::new(),
            file_diff: String::new(),
            notes: Vec::new(),
        }
    }

    /// Sets the plan's digest. It covers the plan, organization, sandbox, files, state file, and policies.
    ///
    /// ```
    /// use ajo_limits::{
    ///     CommandOutcome, CommandReport, DesiredLimits, LimitsState, ObservedLimits, PlanOptions, plan,
    /// };
    ///
    /// let desired = DesiredLimits { sandbox: "prod".parse()?, configs: Vec::new(), files: Vec::new() };
    /// let mut report = CommandReport::new("plan", CommandOutcome::Clean);
    /// assert!(!report.has_sealed_plan());
    /// report.plan = Some(plan(&desired, &ObservedLimits::default(), &LimitsState::default(), PlanOptions::default()));
    /// report.seal_plan();
    /// assert!(report.has_sealed_plan());
    /// report.organization = Some("A1B2@AdobeOrg".to_owned());
    /// assert!(!report.has_sealed_plan());
    /// # Ok::<(), ajo_core::SandboxNameError>(())
    /// ```
    pub fn seal_plan(&mut self) {
        let digest = self.compute_plan_digest();
        if let (Some(plan), Some(digest)) = (&mut self.plan, digest) {
            plan.digest = digest;
        }
    }

    /// Whether the plan's digest is the one that [`seal_plan`](Self::seal_plan) computed. False if there is no plan.
    pub fn has_sealed_plan(&self) -> bool {
        self.plan.as_ref().map(|plan| &plan.digest) == self.compute_plan_digest().as_ref() && self.plan.is_some()
    }

    fn compute_plan_digest(&self) -> Option<Digest> {
        let Self { organization, sandbox, files, state_location, policy, policy_digest, .. } = self;
        let target = (organization, sandbox, files, state_location, policy, policy_digest);
        Some(self.plan.as_ref()?.digest_for(&target))
    }
}
