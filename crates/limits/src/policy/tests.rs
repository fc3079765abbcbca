use super::*;
use crate::file::{Limits, Source, Sources, read};

const LIMITS: &str = "version: 1
sandbox: prod
policy: rules/policy.yaml
capping:
  - url: https://api.example.org/data/*
    methods: [GET]
    services:
      dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 30000, periodInMs: 60000 } }
      action: { rating: { maxCallsCount: 1, periodInMs: 1000 } }
  - url: https://DB.internal.example/x
    methods: [GET]
    deployed: false
    services: { action: { maxHttpConnections: 50, rating: { maxCallsCount: 1, periodInMs: 1000 } } }
throttling:
  urlPattern: https://partner.example.com/*
  methods: [POST]
  maxThroughput: 400
";

fn limits(policy: &str) -> Limits {
    let mut sources = Sources::new(vec![Source { name: "limits.yaml".to_owned(), text: LIMITS.to_owned() }]);
    assert_eq!(sources.needed(), ["rules/policy.yaml"]);
    sources.provide("rules/policy.yaml", Ok(format!("version: 1\n{policy}")));
    read(&sources, &|_| None)
}

fn broken(policy: &str) -> Vec<String> {
    let found = limits(policy).findings.into_iter().filter(|finding| finding.code == "AJO_LIMITS_POLICY");
    found.map(|finding| format!("{}: {}", finding.place.expect("a place"), finding.message)).collect()
}

fn wrong(policy: &str) -> Vec<String> {
    let (read, findings) = Policy::read(&Source { name: "p".to_owned(), text: policy.to_owned() });
    assert_eq!(read, None, "{policy}");
    findings.into_iter().map(|found| format!("{} {}", found.place.expect("a place"), found.code)).collect()
}

#[test]
fn a_policy_that_is_kept_is_given_with_the_limits() {
    let limits = limits("ceilings: [{url: 'https://api.example.org/*', maxCallsPerSecond: 500}]\n");
    assert!(limits.desired.is_some(), "{:?}", limits.findings);
    assert_eq!(limits.policies[0].name(), "rules/policy.yaml");
    assert_eq!(limits.files, ["limits.yaml", "rules/policy.yaml"]);
}

#[test]
fn what_is_above_a_ceiling_is_found_at_the_limit_and_names_the_rule() {
    assert_eq!(
        broken("ceilings:\n  - {url: 'https://api.example.org/*', maxCallsPerSecond: 499}\n"),
        ["limits.yaml:5:5: dataSource allows 30000 calls in 60000 ms, more than 499 a second (the policy says so at \
         rules/policy.yaml:3:5)"]
    );
    assert_eq!(
        broken("ceilings:\n  - {url: '*', maxHttpConnections: 49, maxThroughput: 399}\n"),
        [
            "limits.yaml:5:5: action sets no maxHttpConnections, and at most 49 are allowed (the policy says so at \
         rules/policy.yaml:3:5)",
            "limits.yaml:5:5: dataSource has maxHttpConnections 50, and 1 to 49 are allowed (the policy says so at \
         rules/policy.yaml:3:5)",
            "limits.yaml:10:5: action has maxHttpConnections 50, and 1 to 49 are allowed (the policy says so at \
         rules/policy.yaml:3:5)",
            "limits.yaml:15:3: maxThroughput is 400 calls a second, more than 399 (the policy says so at \
         rules/policy.yaml:3:5)",
        ]
    );
    assert_eq!(limits("ceilings: [{url: '*', maxThroughput: 1}]\n").desired, None);
}

#[test]
fn forbidden_hosts_and_limits_that_must_be_deployed_are_found() {
    assert_eq!(
        broken("forbiddenHosts: ['*.internal.example']\n"),
        [
            "limits.yaml:10:5: the host `db.internal.example` is forbidden (the policy says so at rules/policy.yaml:2:18)"
        ]
    );
    let must = ["limits.yaml:10:5: it must be deployed (the policy says so at rules/policy.yaml:2:17)"];
    assert_eq!(broken("mustBeDeployed: true\n"), must);
    assert_eq!(broken("mustBeDeployed: [https://db.internal.example/*]\n")[0].len(), must[0].len());
    assert!(broken("mustBeDeployed: [https://api.example.org/*]\n").is_empty());
    assert!(broken("mustBeDeployed: false\n").is_empty());
}

#[test]
fn a_freeze_says_until_when_and_why() {
    let policy = "version: 1
freezeWindows:
  - { from: 2026-11-26T00:00:00Z, to: 2026-11-30T00:00:00+01:00, reason: the busiest days }
  - { from: 2026-11-27T00:00:00Z, to: 2026-11-28T00:00:00Z, reason: more }
";
    let (policy, findings) = Policy::read(&Source { name: "p.yaml".to_owned(), text: policy.to_owned() });
    assert_eq!(findings, []);
    let policy = policy.expect("read");
    let at = |time: &str| policy.frozen(time.parse().expect("a time")).map(ToString::to_string);
    let said = "nothing may be changed until 2026-11-29T23:00:00Z: the busiest days (the policy says so at p.yaml:3:5)";
    assert_eq!(at("2026-11-25T23:59:59Z"), None);
    assert_eq!(at("2026-11-26T00:00:00Z").as_deref(), Some(said));
    assert_eq!(at("2026-11-27T12:00:00Z").as_deref(), Some(said));
    assert_eq!(at("2026-11-29T23:00:00Z"), None);
}

#[test]
fn everything_wrong_in_a_policy_is_found_and_half_a_policy_is_none() {
    for (text, expected) in [
        ("", "p:1:1 AJO_LIMITS_EMPTY"),
        ("forbiddenHosts: []", "p:1:1 AJO_LIMITS_VERSION"),
        ("version: 2", "p:1:10 AJO_LIMITS_VERSION"),
        ("version: 1\nceiling: []", "p:2:1 AJO_LIMITS_UNKNOWN_KEY"),
        ("version: 1\nceilings: {}", "p:2:11 AJO_LIMITS_TYPE"),
        ("version: 1\nceilings: [x]", "p:2:12 AJO_LIMITS_TYPE"),
        ("version: 1\nceilings: [{url: x}]", "p:2:12 AJO_LIMITS_POLICY_FILE"),
        ("version: 1\nceilings: [{maxThroughput: 1}]", "p:2:12 AJO_LIMITS_POLICY_FILE"),
        ("version: 1\nceilings: [{url: x, maxThroughput: 0}]", "p:2:36 AJO_LIMITS_TYPE"),
        ("version: 1\nceilings: [{url: x, maxThroughput: 1.5}]", "p:2:36 AJO_LIMITS_TYPE"),
        ("version: 1\nforbiddenHosts: ['']", "p:2:18 AJO_LIMITS_TYPE"),
        ("version: 1\nmustBeDeployed: always", "p:2:17 AJO_LIMITS_TYPE"),
        (
            "version: 1\nfreezeWindows: [{from: 2026-01-01, to: 2026-01-02T00:00:00Z, reason: x}]",
            "p:2:24 AJO_LIMITS_POLICY_FILE",
        ),
        (
            "version: 1\nfreezeWindows: [{from: 2026-01-02T00:00:00Z, to: 2026-01-02T00:00:00Z, reason: x}]",
            "p:2:17 AJO_LIMITS_POLICY_FILE",
        ),
        (
            "version: 1\nfreezeWindows: [{from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z}]",
            "p:2:17 AJO_LIMITS_POLICY_FILE",
        ),
    ] {
        assert_eq!(wrong(text), [expected], "{text}");
    }
}

#[test]
fn a_policy_that_cannot_be_read_stops_everything() {
    let source = Source { name: "limits.yaml".to_owned(), text: LIMITS.to_owned() };
    let mut sources = Sources::new(vec![source]);
    for reason in [None, Some("it is not there")] {
        if let Some(reason) = reason {
            sources.provide("rules/policy.yaml", Err(reason.to_owned()));
        }
        let limits = read(&sources, &|_| None);
        assert_eq!((limits.desired.is_none(), limits.policies.len()), (true, 0));
        let last = limits.findings.iter().find(|found| found.code == "AJO_LIMITS_POLICY_FILE").expect("found");
        assert_eq!(last.place.as_ref().map(ToString::to_string).as_deref(), Some("limits.yaml:3:9"));
    }
    assert!(limits("ceilings: 1\n").desired.is_none());
}

#[test]
fn a_policy_that_is_given_by_hand_is_for_every_file() {
    let text = LIMITS.replace("policy: rules/policy.yaml\n", "");
    let policy = Source { name: "p.yaml".to_owned(), text: "version: 1\nmustBeDeployed: true\n".to_owned() };
    let sources = Sources::new(vec![Source { name: "limits.yaml".to_owned(), text }]).with_policy(policy);
    assert!(read(&sources, &|_| None).findings.iter().any(|found| found.code == "AJO_LIMITS_POLICY"));
}
