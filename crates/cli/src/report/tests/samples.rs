//! A report of each kind.

use ajo_core::rules::Severity;
use ajo_core::{Api, Uid, Verb};
use ajo_limits::{
    Definition, Deployed, Desired, Drift, Edit, Finding, Found, InForce, Key, Ledger, Observed, Options, Outcome,
    Place, Report, Standing, StepError, StepResult, StepState, Wanted, plan,
};
use serde_json::{Value, json};

pub(super) const FILE: &str = "limits/prod.yaml";

/// What stands in [`FILE`].
pub(super) const SOURCE: &str = r"version: 1
sandbox: prod
capping:
  - url: https://api.example.org/data/2.5/*
    methods: [GET]
    services:
      dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1500 } }
    deployed: true
throttling:
  urlPattern: https://*.example.com/*
  maxThroughput: 100
";

/// Every report, with the name of its files.
pub(super) fn all() -> [(&'static str, Report); 6] {
    [
        ("validate", validate()),
        ("plan", every_change()),
        ("no-changes", no_changes()),
        ("refused", refused()),
        ("apply", partial_apply()),
        ("drift", drift()),
    ]
}

pub(super) fn sources(name: &str) -> Option<String> {
    (name == FILE).then(|| SOURCE.to_owned())
}

pub(super) fn validate() -> Report {
    let finding = |code: &str, severity, message: &str, hint: Option<&str>, place| Finding {
        code: code.to_owned(),
        severity,
        message: message.to_owned(),
        hint: hint.map(str::to_owned),
        place,
        key: None,
    };
    let mut report = report("validate", Outcome::Invalid);
    report.files.push("limits/base.yaml".to_owned());
    report.findings = vec![
        finding(
            "ERR_ENDPOINTCONFIG_107",
            Severity::Error,
            "the period has to be a whole number of seconds, and 1500 ms is none",
            Some("write 1000 or 2000"),
            place(7, 89, 4),
        ),
        finding(
            "AJO_LIMITS_NOT_DEPLOYED",
            Severity::Remark,
            "nothing says whether it shall limit",
            Some("add `deployed: true` or `deployed: false`"),
            place(9, 1, 10),
        ),
        finding("ERR_THROTTLING_14401", Severity::Error, "a wildcard in the host is not taken", None, place(10, 23, 1)),
        finding("WARN_THROTTLING_3", Severity::Warning, "the throughput is lower than 200", None, place(11, 18, 3)),
        finding(
            "AJO_LIMITS_FILE",
            Severity::Error,
            "the file has no version",
            None,
            Some(Place { file: "limits/base.yaml".to_owned(), line: 1, column: 1, length: 1 }),
        ),
    ];
    report.findings.push(Finding {
        key: Some(key("https://old.example.org/*")),
        ..finding("AJO_LIMITS_POLICY", Severity::Error, "the policy forbids this host", None, None)
    });
    report
}

/// What a plan is made from, grown one configuration at a time.
struct World {
    desired: Desired,
    observed: Observed,
    ledger: Ledger,
}

impl World {
    fn new() -> Self {
        let desired = Desired { sandbox: "prod".parse().expect("a sandbox"), configs: Vec::new() };
        Self { desired, observed: Observed::default(), ledger: Ledger::default() }
    }

    fn wanted(&mut self, definition: Definition, deployed: bool) {
        let line = 4 + 5 * u32::try_from(self.desired.configs.len()).expect("few");
        self.desired.configs.push(Wanted { definition, deployed, place: place(line, 5, 3) });
    }

    /// One that the service has; `owned` is how it stood when it was applied, if it is ours.
    fn found(&mut self, id: u32, standing: Standing, owned: Option<Standing>) {
        let mut found = Found {
            uid: uid(id),
            standing,
            last_modified_by: Some("Zoë Ünal <zoe@example.org>".to_owned()),
            last_modified_at: Some(format!("2026-05-0{id}T10:00:00Z")),
            unknown_fields: serde_json::Map::new(),
        };
        if let Some(owned) = owned {
            let now = std::mem::replace(&mut found.standing, owned);
            self.ledger.note(&self.desired.sandbox, found.key(), &found);
            found.standing = now;
        }
        self.observed.configs.push(found);
    }

    fn report(&self, outcome: Outcome, options: Options) -> Report {
        let mut report = report("plan", outcome);
        report.plan = Some(plan(&self.desired, &self.observed, &self.ledger, options));
        report
    }
}

pub(super) fn every_change() -> Report {
    let mut world = World::new();
    let standing = Standing::wanted;
    let partner = json!({
        "name": "partner-api",
        "urlPattern": "https://partner.example.com/*",
        "methods": ["POST", "PUT"],
        "maxThroughput": 400,
    });
    let partner = Definition::from_json(Api::Throttling, &partner).expect("a definition");
    world.wanted(partner, true);
    world.wanted(capping("new", 50), true);
    // You changed it, and it limits.
    world.wanted(capping("update", 500), true);
    world.found(1, standing(capping("update", 400), true), Some(standing(capping("update", 400), true)));
    // Somebody else changed it and did not deploy it; the file still says the same.
    world.wanted(capping("theirs", 20), true);
    let theirs = Standing { saved: capping("theirs", 30), in_force: InForce::Other(capping("theirs", 20)) };
    world.found(2, theirs, Some(standing(capping("theirs", 20), true)));
    // What limits is not what is saved.
    world.wanted(capping("redeploy", 60), true);
    let behind = Standing { saved: capping("redeploy", 60), in_force: InForce::Other(capping("redeploy", 70)) };
    world.found(3, behind.clone(), Some(behind));
    world.wanted(capping("deploy", 10), true);
    world.found(4, standing(capping("deploy", 10), false), Some(standing(capping("deploy", 10), false)));
    world.wanted(capping("undeploy", 10), false);
    world.found(5, standing(capping("undeploy", 10), true), Some(standing(capping("undeploy", 10), true)));
    world.wanted(capping("same", 10), true);
    world.found(6, standing(capping("same", 10), true), Some(standing(capping("same", 10), true)));
    world.found(7, standing(capping("gone", 10), true), Some(standing(capping("gone", 10), true)));
    world.found(8, standing(capping("by-hand", 10), true), None);
    world.report(Outcome::Changes, Options { prune: true, ..Options::default() })
}

pub(super) fn no_changes() -> Report {
    let mut world = World::new();
    let standing_of = |name, calls| Standing::wanted(capping(name, calls), true);
    world.wanted(capping("same", 10), true);
    world.found(1, standing_of("same", 10), Some(standing_of("same", 10)));
    world.wanted(capping("not-noted", 10), true);
    world.found(2, standing_of("not-noted", 10), None);
    world.found(3, standing_of("kept", 10), Some(standing_of("kept", 10)));
    // Somebody else did what the file says, and deleted what no file speaks of.
    world.wanted(capping("settled", 20), true);
    world.found(4, standing_of("settled", 20), Some(standing_of("settled", 10)));
    world.found(5, standing_of("vanished", 10), Some(standing_of("vanished", 10)));
    world.observed.configs.pop();
    let mut report = world.report(Outcome::Clean, Options::default());
    report.notes.push("the ledger was written by another version".to_owned());
    report
}

pub(super) fn refused() -> Report {
    let mut world = World::new();
    let standing = Standing::wanted;
    world.wanted(capping("twice", 50), true);
    world.found(1, standing(capping("twice", 10), true), None);
    world.found(2, standing(capping("twice", 20), false), None);
    world.wanted(capping("both", 50), true);
    world.found(3, standing(capping("both", 40), true), Some(standing(capping("both", 10), true)));
    world.wanted(capping("new", 50), false);
    world.report(Outcome::Refused, Options::default())
}

pub(super) fn partial_apply() -> Report {
    let mut report = report("apply", Outcome::Partial);
    report.plan = every_change().plan;
    let mut result = |name: &str, id: u32, step, state, error| {
        let (key, uid) = (key(&format!("https://{name}.example.org/*")), Some(uid(id)));
        report.results.push(StepResult { key, uid, step, state, error });
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
    let refusal = error("it is deployed already", Some(409), Some("wait a minute, and plan again"));
    result("update", 1, Verb::Undeploy, StepState::Failed, refusal);
    result("update", 1, Verb::CanDeploy, StepState::NotStarted, None);
    result("update", 1, Verb::Deploy, StepState::NotStarted, None);
    let lost = error("the connection was lost before the answer came", None, None);
    result("theirs", 2, Verb::Update, StepState::Unknown, lost);
    result("deploy", 4, Verb::CanDeploy, StepState::Done, None);
    result("deploy", 4, Verb::Deploy, StepState::NotStarted, None);
    result("undeploy", 5, Verb::Undeploy, StepState::NotStarted, None);
    report.notes.push("`ajo apply --resume` reads back what is unknown, and does the rest".to_owned());
    report
}

pub(super) fn drift() -> Report {
    let mut report = report("drift", Outcome::Changes);
    let edit = |field: &str, before: Value, after: Value| Edit { field: field.to_owned(), before, after };
    report.drifts = vec![
        Drift {
            key: key("https://api.example.org/data/2.5/*"),
            uid: Some(uid(1)),
            present: true,
            saved: vec![edit("services.dataSource.rating.maxCallsCount", json!(500), json!(900))],
            in_force: vec![
                edit("services.action.rating.maxCallsCount", Value::Null, json!(10)),
                edit("services.dataSource.rating.maxCallsCount", json!(900), json!(500)),
            ],
            deployed: None,
            verdict: vec!["ERR_ENDPOINTCONFIG_101: the URL is taken".to_owned()],
            last_modified_by: Some("Zoë Ünal <zoe@example.org>".to_owned()),
            last_modified_at: Some("2026-05-01T10:00:00Z".to_owned()),
            place: place(4, 5, 3),
        },
        Drift {
            key: key("https://stopped.example.org/*"),
            uid: Some(uid(2)),
            present: true,
            saved: Vec::new(),
            in_force: Vec::new(),
            deployed: Some(Deployed { wanted: true, is: false }),
            verdict: Vec::new(),
            last_modified_by: None,
            last_modified_at: None,
            place: None,
        },
        Drift {
            key: key("https://missing.example.org/*"),
            uid: None,
            present: false,
            saved: Vec::new(),
            in_force: Vec::new(),
            deployed: None,
            verdict: Vec::new(),
            last_modified_by: None,
            last_modified_at: None,
            place: place(10, 5, 3),
        },
    ];
    report
}

fn report(command: &str, outcome: Outcome) -> Report {
    let mut report = Report::new(command, outcome);
    report.files.push(FILE.to_owned());
    report.sandbox = Some("prod".to_owned());
    report.organization = Some("0123456789ABCDEF@AdobeOrg".to_owned());
    report
}

fn capping(name: &str, calls: i64) -> Definition {
    serde_json::from_value(json!({
        "api": "capping",
        "url": format!("https://{name}.example.org/*"),
        "methods": ["GET"],
        "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}}},
    }))
    .expect("a definition")
}

fn key(url: &str) -> Key {
    Key { api: ajo_core::Api::Capping, url: url.to_owned(), methods: ["GET".to_owned()].into() }
}

fn uid(id: u32) -> Uid {
    format!("9e6bbdf4-8e40-4ac8-9e83-{id:012}").parse().expect("a uid")
}

#[expect(clippy::unnecessary_wraps, reason = "every place in a report is optional")]
fn place(line: u32, column: u32, length: u32) -> Option<Place> {
    Some(Place { file: FILE.to_owned(), line, column, length })
}
