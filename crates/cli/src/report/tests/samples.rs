//! One sample report of each kind.

mod effects;

use ajo_core::rules::Severity;
use ajo_core::{Api, LiveLimit, Uid, Verb};
use ajo_limits::{
    CommandOutcome, CommandReport, ConfigDefinition, ConfigDrift, ConfigKey, DeployMismatch, DeployState,
    DesiredConfig, DesiredLimits, DriftReport, DuplicateConfig, FieldDiff, FileDiagnostic, LateCreate, LimitsState,
    LiveState, ManagedConfig, ObservedConfig, ObservedLimits, PatternOverlap, PatternRelation, PlanOptions,
    SourceLocation, StepError, StepResult, StepState, UnmanagedConfig, UnmanagedReason, plan,
};
use serde_json::{Value, json};

pub(super) use effects::effects;

pub(super) const FILE: &str = "limits/prod.yaml";

/// The content of [`FILE`].
pub(super) const SOURCE: &str = r"version: 1
sandbox: prod
capping:
  - url: https://api.example.org/data/2.5/*
    methods: [GET]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1500 } }
    deployed: true
throttling:
  urlPattern: https://*.example.com/*
  maxThroughput: 100
";

/// All reports, with the names of their snapshots.
pub(super) fn all() -> [(&'static str, CommandReport); 7] {
    [
        ("validate", validate()),
        ("plan", all_changes()),
        ("no-changes", no_changes()),
        ("blocked", blocked()),
        ("apply", partial_apply()),
        ("drift", drift()),
        ("effects", effects()),
    ]
}

pub(super) fn sources(name: &str) -> Option<String> {
    (name == FILE).then(|| SOURCE.to_owned())
}

pub(super) fn validate() -> CommandReport {
    let diagnostic = |code: &str, severity, message: &str, hint: Option<&str>, location| FileDiagnostic {
        code: code.to_owned(),
        severity,
        message: message.to_owned(),
        hint: hint.map(str::to_owned),
        location,
        key: None,
        allowed: None,
    };
    let mut report = report("validate", CommandOutcome::Invalid);
    report.files.push("limits/base.yaml".to_owned());
    report.diagnostics = vec![
        diagnostic(
            "ERR_ENDPOINTCONFIG_107",
            Severity::Error,
            "the period must be a whole number of seconds, not 1500 ms",
            Some("use 1000 or 2000"),
            location(7, 83, 4),
        ),
        diagnostic(
            "AJO_LIMITS_NOT_DEPLOYED",
            Severity::Note,
            "`deployed` is not set",
            Some("add `deployed: true` or `deployed: false`"),
            location(9, 1, 10),
        ),
        diagnostic(
            "ERR_THROTTLING_14401",
            Severity::Error,
            "wildcards in the host are not allowed",
            None,
            location(10, 23, 1),
        ),
        diagnostic(
            "WARN_THROTTLING_3",
            Severity::Warning,
            "the throughput is lower than 200",
            None,
            location(11, 18, 3),
        ),
        diagnostic(
            "AJO_LIMITS_FILE",
            Severity::Error,
            "missing key `version`",
            None,
            Some(SourceLocation { file: "limits/base.yaml".to_owned(), line: 1, column: 1, length: 1 }),
        ),
    ];
    report.diagnostics.push(FileDiagnostic {
        allowed: Some("the owner agreed".to_owned()),
        ..diagnostic("AJO_LIMITS_OVERLAP", Severity::Note, "this pattern overlaps another", None, location(4, 10, 5))
    });
    report.diagnostics.push(FileDiagnostic {
        key: Some(key("https://old.example.org/*")),
        ..diagnostic("AJO_LIMITS_POLICY", Severity::Error, "the policy denies this host", None, None)
    });
    report
}

/// The inputs of a plan.
struct PlanFixture {
    desired: DesiredLimits,
    observed: ObservedLimits,
    state: LimitsState,
}

impl PlanFixture {
    fn new() -> Self {
        let desired = DesiredLimits {
            sandbox: "prod".parse().expect("a sandbox"),
            configs: Vec::new(),
            files: vec![FILE.to_owned()],
        };
        Self { desired, observed: ObservedLimits::default(), state: LimitsState::default() }
    }

    fn add_desired(&mut self, definition: ConfigDefinition, deployed: bool) {
        let line = 4 + 5 * u32::try_from(self.desired.configs.len()).expect("few");
        self.desired.configs.push(DesiredConfig {
            definition,
            deployed,
            file: Some(FILE.to_owned()),
            location: location(line, 5, 3),
        });
    }

    /// Adds a configuration at the service. `managed` is its last applied state, if it is managed.
    fn add_observed(&mut self, id: u32, deploy_state: DeployState, managed: Option<DeployState>) {
        let mut observed = ObservedConfig {
            uid: uid(id),
            deploy_state,
            last_modified_by: Some("Zoë Ünal <zoe@example.org>".to_owned()),
            last_modified_at: Some(format!("2026-05-0{id}T10:00:00Z")),
            unknown_fields: serde_json::Map::new(),
            live_unknown_fields: None,
        };
        if let Some(managed) = managed {
            let current = std::mem::replace(&mut observed.deploy_state, managed);
            let sandbox = &self.desired.sandbox;
            let digest = Some(observed.deploy_state.digest());
            let managed = ManagedConfig::unsettled(sandbox, observed.key(), Some(FILE.to_owned()), &observed);
            self.state.record(ManagedConfig { digest, service_digest: None, ..managed });
            observed.deploy_state = current;
        }
        self.observed.configs.push(observed);
    }

    fn report(&self, outcome: CommandOutcome, options: PlanOptions) -> CommandReport {
        let mut report = report("plan", outcome);
        report.plan = Some(plan(&self.desired, &self.observed, &self.state, options));
        report
    }
}

pub(super) fn all_changes() -> CommandReport {
    let mut fixture = PlanFixture::new();
    let state = DeployState::from_desired;
    let partner = json!({
        "name": "partner-api",
        "urlPattern": "https://partner.example.com/*",
        "methods": ["POST", "PUT"],
        "maxThroughput": 400,
    });
    let partner = ConfigDefinition::from_json(Api::Throttling, &partner).expect("a definition");
    fixture.add_desired(partner, true);
    fixture.add_desired(capping("new", 50), true);
    // Changed in the file; live.
    fixture.add_desired(capping("update", 500), true);
    fixture.add_observed(1, state(capping("update", 400), true), Some(state(capping("update", 400), true)));
    // Changed remotely and not deployed; the file is unchanged.
    fixture.add_desired(capping("remote-edit", 20), true);
    let edited =
        DeployState { saved: capping("remote-edit", 30), live: LiveState::Differs(capping("remote-edit", 20)) };
    fixture.add_observed(2, edited, Some(state(capping("remote-edit", 20), true)));
    // The live definition differs from the saved one.
    fixture.add_desired(capping("redeploy", 60), true);
    let behind = DeployState { saved: capping("redeploy", 60), live: LiveState::Differs(capping("redeploy", 70)) };
    fixture.add_observed(3, behind.clone(), Some(behind));
    fixture.add_desired(capping("deploy", 10), true);
    fixture.add_observed(4, state(capping("deploy", 10), false), Some(state(capping("deploy", 10), false)));
    fixture.add_desired(capping("undeploy", 10), false);
    fixture.add_observed(5, state(capping("undeploy", 10), true), Some(state(capping("undeploy", 10), true)));
    fixture.add_desired(capping("same", 10), true);
    fixture.add_observed(6, state(capping("same", 10), true), Some(state(capping("same", 10), true)));
    fixture.add_observed(7, state(capping("removed", 10), true), Some(state(capping("removed", 10), true)));
    fixture.add_observed(8, state(capping("unmanaged", 10), true), None);
    fixture.add_observed(9, state(capping("update", 400), false), None);
    fixture.state.late_creates.push(LateCreate::new(&fixture.desired.sandbox, &capping("update", 400)));
    let mut report = fixture.report(CommandOutcome::Changes, PlanOptions { prune: true, ..PlanOptions::default() });
    report.diagnostics = ["update", "same", "same"]
        .map(|name| FileDiagnostic {
            code: "ERR_ENDPOINTCONFIG_106".to_owned(),
            severity: Severity::Warning,
            message: "maxHttpConnections is not defined: no limitation by default".to_owned(),
            hint: None,
            location: location(7, 7, 6),
            key: Some(key(&format!("https://{name}.example.org/*"))),
            allowed: None,
        })
        .into();
    report
}

pub(super) fn no_changes() -> CommandReport {
    let mut fixture = PlanFixture::new();
    let deployed = |name, calls| DeployState::from_desired(capping(name, calls), true);
    fixture.add_desired(capping("same", 10), true);
    fixture.add_observed(1, deployed("same", 10), Some(deployed("same", 10)));
    fixture.add_desired(capping("importable", 10), true);
    fixture.add_observed(2, deployed("importable", 10), None);
    fixture.add_observed(3, deployed("orphaned", 10), Some(deployed("orphaned", 10)));
    // Someone else made the change in the file, and deleted a configuration that no file names.
    fixture.add_desired(capping("stale", 20), true);
    fixture.add_observed(4, deployed("stale", 20), Some(deployed("stale", 10)));
    fixture.add_observed(5, deployed("missing", 10), Some(deployed("missing", 10)));
    fixture.observed.insert_read(&uid(5), None);
    let mut report = fixture.report(CommandOutcome::Clean, PlanOptions::default());
    report.notes.push("the state was written by another version".to_owned());
    report
}

pub(super) fn blocked() -> CommandReport {
    let mut fixture = PlanFixture::new();
    let state = DeployState::from_desired;
    fixture.add_desired(capping("twice", 50), true);
    fixture.add_observed(1, state(capping("twice", 10), true), None);
    fixture.add_observed(2, state(capping("twice", 20), false), None);
    fixture.add_desired(capping("both", 50), true);
    fixture.add_observed(3, state(capping("both", 40), true), Some(state(capping("both", 10), true)));
    fixture.add_desired(capping("new", 50), false);
    fixture.report(CommandOutcome::Blocked, PlanOptions::default())
}

pub(super) fn partial_apply() -> CommandReport {
    let mut report = report("apply", CommandOutcome::Partial);
    report.plan = all_changes().plan;
    let mut result = |name: &str, id: u32, step, state, error| {
        let (key, uid) = (key(&format!("https://{name}.example.org/*")), Some(uid(id)));
        report.results.push(StepResult { key, uid, step, state, error, live: None });
    };
    let error = |message: &str, status: Option<u16>, hint: Option<&str>| {
        Some(StepError {
            message: message.to_owned(),
            hint: hint.map(str::to_owned),
            code: status.map(|_| "ERR_ENDPOINTCONFIG_119".to_owned()),
            status,
            request_id: status.map(|_| "b7c4b1f0-0000-4000-8000-00000000000a".to_owned()),
        })
    };
    result("new", 9, Verb::Create, StepState::Done, None);
    result("update", 1, Verb::Update, StepState::Done, None);
    result("new", 9, Verb::CanDeploy, StepState::Done, None);
    result("new", 9, Verb::Deploy, StepState::Done, None);
    result("update", 1, Verb::CanDeploy, StepState::Done, None);
    result("update", 1, Verb::Undeploy, StepState::Done, None);
    let rejected = error("the deploy was refused", Some(409), Some("resume this apply to deploy the configuration"));
    result("update", 1, Verb::Deploy, StepState::Failed, rejected);
    let lost = error("the connection broke before the response arrived", None, None);
    result("remote-edit", 2, Verb::Update, StepState::Unknown, lost);
    result("deploy", 4, Verb::CanDeploy, StepState::Done, None);
    result("deploy", 4, Verb::Deploy, StepState::NotStarted, None);
    result("undeploy", 5, Verb::Undeploy, StepState::NotStarted, None);
    for result in report.results.iter_mut().filter(|result| result.state == StepState::Failed) {
        result.live = Some(LiveLimit::None);
    }
    report.notes.push("resume with `ajo apply --resume`".to_owned());
    report
}

pub(super) fn drift() -> CommandReport {
    let mut report = report("drift", CommandOutcome::Changes);
    let edit = |field: &str, before: Value, after: Value| FieldDiff { field: field.to_owned(), before, after };
    let configs = vec![
        ConfigDrift {
            key: key("https://api.example.org/data/2.5/*"),
            uid: Some(uid(1)),
            exists: true,
            saved_diffs: vec![edit("services.action.rating.maxCallsCount", json!(500), json!(900))],
            live_diffs: vec![
                edit("services.dataSource.rating.maxCallsCount", Value::Null, json!(10)),
                edit("services.action.rating.maxCallsCount", json!(900), json!(500)),
            ],
            deploy_mismatch: None,
            deploy_errors: vec!["ERR_ENDPOINTCONFIG_101: the URL is already in use".to_owned()],
            last_modified_by: Some("Zoë Ünal <zoe@example.org>".to_owned()),
            last_modified_at: Some("2026-05-01T10:00:00Z".to_owned()),
            location: location(4, 5, 3),
        },
        ConfigDrift {
            key: key("https://stopped.example.org/*"),
            uid: Some(uid(2)),
            exists: true,
            saved_diffs: Vec::new(),
            live_diffs: Vec::new(),
            deploy_mismatch: Some(DeployMismatch { expected: true, actual: false }),
            deploy_errors: Vec::new(),
            last_modified_by: None,
            last_modified_at: None,
            location: None,
        },
        ConfigDrift {
            key: key("https://missing.example.org/*"),
            uid: None,
            exists: false,
            saved_diffs: Vec::new(),
            live_diffs: Vec::new(),
            deploy_mismatch: None,
            deploy_errors: Vec::new(),
            last_modified_by: None,
            last_modified_at: None,
            location: location(10, 5, 3),
        },
    ];
    let other = |id: u32, deploy_state: DeployState| ObservedConfig {
        uid: uid(id),
        deploy_state,
        last_modified_by: (id != 9).then(|| "Zoë Ünal <zoe@example.org>".to_owned()),
        last_modified_at: (id != 9).then(|| format!("2026-05-0{id}T10:00:00Z")),
        unknown_fields: serde_json::Map::new(),
        live_unknown_fields: None,
    };
    let state = |name: &str, calls, deployed| DeployState::from_desired(capping(name, calls), deployed);
    let unmanaged = |severity, reason, config| UnmanagedConfig { severity, reason, config };
    let moved = DeployState::new(capping("moved", 1), Some(capping("before", 1)));
    let unmanaged = vec![
        unmanaged(Severity::Error, UnmanagedReason::NotInState, other(3, state("other", 1, true))),
        unmanaged(Severity::Error, UnmanagedReason::NotInState, other(9, moved)),
        unmanaged(
            Severity::Error,
            UnmanagedReason::RemovedFromFiles,
            other(4, DeployState { saved: capping("old", 10), live: LiveState::Unknown }),
        ),
        unmanaged(Severity::Warning, UnmanagedReason::NotInState, other(5, state("draft", 1, false))),
        unmanaged(Severity::Note, UnmanagedReason::OtherFiles, other(6, state("team", 1, true))),
    ];
    let copies = |name: &str, deployed| {
        [true, deployed].iter().zip([7, 8]).map(|(deployed, id)| other(id, state(name, 10, *deployed))).collect()
    };
    let duplicate = |name: &str, severity, is_managed, deployed| DuplicateConfig {
        severity,
        key: key(&format!("https://{name}.example.org/*")),
        keep: uid(7),
        is_managed,
        configs: copies(name, deployed),
        location: location(4, 5, 3),
    };
    let overlap = |severity, relation, other_uid| PatternOverlap {
        severity,
        key: key("https://api.example.org/data/2.5/*"),
        other: key("https://api.example.org/*"),
        other_uid,
        relation,
        location: location(4, 5, 3),
    };
    report.drift = Some(DriftReport {
        configs,
        unmanaged,
        duplicates: vec![
            duplicate("twice", Severity::Error, false, true),
            duplicate("copied", Severity::Warning, true, false),
        ],
        overlaps: vec![
            overlap(Severity::Warning, PatternRelation::Wider, Some(uid(3))),
            overlap(Severity::Note, PatternRelation::Partial, None),
        ],
    });
    report.state_location = Some("limits/ajo.state.json".to_owned());
    report
}

fn report(command: &str, outcome: CommandOutcome) -> CommandReport {
    let mut report = CommandReport::new(command, outcome);
    report.files.push(FILE.to_owned());
    report.sandbox = Some("prod".to_owned());
    report.organization = Some("0123456789ABCDEF@AdobeOrg".to_owned());
    report
}

fn capping(name: &str, calls: i64) -> ConfigDefinition {
    serde_json::from_value(json!({
        "api": "capping",
        "url": format!("https://{name}.example.org/*"),
        "methods": ["GET"],
        "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}}},
    }))
    .expect("a definition")
}

fn key(url: &str) -> ConfigKey {
    ConfigKey { api: ajo_core::Api::Capping, url: url.to_owned(), methods: ["GET".to_owned()].into() }
}

fn uid(id: u32) -> Uid {
    format!("9e6bbdf4-8e40-4ac8-9e83-{id:012}").parse().expect("a uid")
}

#[expect(clippy::unnecessary_wraps, reason = "locations in reports are optional")]
fn location(line: u32, column: u32, length: u32) -> Option<SourceLocation> {
    Some(SourceLocation { file: FILE.to_owned(), line, column, length })
}
