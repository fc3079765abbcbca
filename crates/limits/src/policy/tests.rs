use super::*;
use crate::file::{ParsedLimits, SourceFile, SourceSet, parse_limits};

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

fn parse_with_policy(policy: &str) -> ParsedLimits {
    let mut sources = SourceSet::new(vec![SourceFile { name: "limits.yaml".to_owned(), content: LIMITS.to_owned() }]);
    assert_eq!(sources.missing_files(), ["rules/policy.yaml"]);
    sources.insert("rules/policy.yaml", Ok(format!("version: 1\n{policy}")));
    parse_limits(&sources, &|_| None)
}

fn policy_violations(policy: &str) -> Vec<String> {
    let all = parse_with_policy(policy).diagnostics.into_iter();
    let violations = all.filter(|diagnostic| diagnostic.code == "AJO_LIMITS_POLICY");
    violations.map(|it| format!("{}: {}", it.location.expect("a location"), it.message)).collect()
}

fn policy_errors(policy: &str) -> Vec<String> {
    let (policy_or_none, diagnostics) = Policy::parse(&SourceFile { name: "p".to_owned(), content: policy.to_owned() });
    assert_eq!(policy_or_none, None, "{policy}");
    diagnostics.into_iter().map(|it| format!("{} {}", it.location.expect("a location"), it.code)).collect()
}

#[test]
fn satisfied_policy_has_no_errors() {
    let limits = parse_with_policy("maximums: [{url: 'https://api.example.org/*', maxCallsPerSecond: 500}]\n");
    assert!(limits.desired.is_some(), "{:?}", limits.diagnostics);
    assert_eq!(limits.policies[0].name(), "rules/policy.yaml");
    assert_eq!(limits.files, ["limits.yaml", "rules/policy.yaml"]);
}

#[test]
fn exceeded_maximum_names_rule() {
    assert_eq!(
        policy_violations("maximums:\n  - {url: 'https://api.example.org/*', maxCallsPerSecond: 499}\n"),
        [
            "limits.yaml:5:5: dataSource allows 30000 calls in 60000 ms, but the maximum is 499 per second (policy rule at \
         rules/policy.yaml:3:5)"
        ]
    );
    assert_eq!(
        policy_violations("maximums:\n  - {url: '*', maxHttpConnections: 49, maxThroughput: 399}\n"),
        [
            "limits.yaml:5:5: action must set maxHttpConnections, and the maximum is 49 (policy rule at \
         rules/policy.yaml:3:5)",
            "limits.yaml:5:5: dataSource sets maxHttpConnections to 50, but it must be 1 to 49 (policy rule at \
         rules/policy.yaml:3:5)",
            "limits.yaml:10:5: action sets maxHttpConnections to 50, but it must be 1 to 49 (policy rule at \
         rules/policy.yaml:3:5)",
            "limits.yaml:15:3: maxThroughput is 400, but the maximum is 399 per second (policy rule at \
         rules/policy.yaml:3:5)",
        ]
    );
    assert_eq!(parse_with_policy("maximums: [{url: '*', maxThroughput: 1}]\n").desired, None);
}

#[test]
fn rule_applies_to_overlapping_limit() {
    let violations = |url: &str, policy: &str| {
        let text = format!(
            "version: 1\nsandbox: prod\ncapping:\n  - url: '{url}'\n    methods: [GET]\n    deployed: false\n    services: {{ action: \
             {{ maxHttpConnections: 5, rating: {{ maxCallsCount: 500, periodInMs: 1000 }} }} }}\n"
        );
        let source = |name: &str, content| SourceFile { name: name.to_owned(), content };
        let sources =
            SourceSet::new(vec![source("l", text)]).with_policy(source("p", format!("version: 1\n{policy}\n")));
        let found = parse_limits(&sources, &|_| None).diagnostics.into_iter();
        found.filter(|it| it.code == POLICY_CODE).map(|it| it.message).collect::<Vec<_>>()
    };
    let data = "maximums: [{url: 'https://api.example.org/data/*', maxCallsPerSecond: 200}]";
    let message = "action allows 500 calls in 1000 ms, but the maximum is 200 per second (policy rule at p:2:12";
    assert_eq!(violations("https://api.example.org/*", data), [format!("{message}, for some of these URLs)")]);
    assert_eq!(violations("https://API.example.org:443/data/x", data), [format!("{message})")]);
    assert!(violations("https://api.example.org/other/*", data).is_empty());
    assert_eq!(violations("https://api.example.org/*", "requireDeployed: ['https://api.example.org/data/*']").len(), 1);
    // A wildcard in the host is only accepted in a draft.
    for url in ["https://*.example.org/*", "https://DB.internal.example.org./", "https://db.internal.ex%61mple.org/"] {
        assert_eq!(violations(url, "deniedHosts: ['*.internal.example.org']").len(), 1, "{url}");
    }
    assert!(violations("https://*.example.com/*", "deniedHosts: ['*.internal.example.org']").is_empty());
}

#[test]
fn denied_host_and_draft_are_violations() {
    assert_eq!(
        policy_violations("deniedHosts: ['*.internal.example']\n"),
        ["limits.yaml:10:5: the host `db.internal.example` is denied (policy rule at rules/policy.yaml:2:15)"]
    );
    let expected = ["limits.yaml:10:5: the limit must be deployed (policy rule at rules/policy.yaml:2:18)"];
    assert_eq!(policy_violations("requireDeployed: true\n"), expected);
    assert_eq!(policy_violations("requireDeployed: [https://db.internal.example/*]\n")[0].len(), expected[0].len());
    assert!(policy_violations("requireDeployed: [https://api.example.org/*]\n").is_empty());
    assert!(policy_violations("requireDeployed: false\n").is_empty());
}

#[test]
fn freeze_window_shows_end_and_reason() {
    let policy = "version: 1
freezeWindows:
  - { from: 2026-11-26T00:00:00Z, to: 2026-11-30T00:00:00+01:00, reason: the busiest days }
  - { from: 2026-11-27T00:00:00Z, to: 2026-11-28T00:00:00Z, reason: more }
";
    let (policy, diagnostics) = Policy::parse(&SourceFile { name: "p.yaml".to_owned(), content: policy.to_owned() });
    assert_eq!(diagnostics, []);
    let policy = policy.expect("read");
    let at = |time: &str| policy.active_freeze_window(time.parse().expect("a time")).map(ToString::to_string);
    let expected = "changes are frozen until 2026-11-29T23:00:00Z: the busiest days (policy rule at p.yaml:3:5)";
    assert_eq!(at("2026-11-25T23:59:59Z"), None);
    assert_eq!(at("2026-11-26T00:00:00Z").as_deref(), Some(expected));
    assert_eq!(at("2026-11-27T12:00:00Z").as_deref(), Some(expected));
    assert_eq!(at("2026-11-29T23:00:00Z"), None);
}

#[test]
fn observed_paths_are_relative_to_policy() {
    for (text, expected) in [
        ("", &[][..]),
        ("observed:\n", &[]),
        ("observed: calls.csv\n", &["rules/calls.csv"]),
        ("observed: [../calls.csv, /x/latency.csv]\n", &["calls.csv", "/x/latency.csv"]),
    ] {
        assert_eq!(parse_with_policy(text).policies[0].observed(), expected, "{text}");
    }
}

#[test]
fn policy_with_error_is_rejected() {
    for (text, expected) in [
        ("", "p:1:1 AJO_LIMITS_EMPTY"),
        ("deniedHosts: []", "p:1:1 AJO_LIMITS_VERSION"),
        ("version: 2", "p:1:10 AJO_LIMITS_VERSION"),
        ("version: 1\nmaximum: []", "p:2:1 AJO_LIMITS_UNKNOWN_KEY"),
        ("version: 1\nmaximums: {}", "p:2:11 AJO_LIMITS_TYPE"),
        ("version: 1\nmaximums: [x]", "p:2:12 AJO_LIMITS_TYPE"),
        ("version: 1\nmaximums: [{url: x}]", "p:2:12 AJO_LIMITS_POLICY_FILE"),
        ("version: 1\nmaximums: [{maxThroughput: 1}]", "p:2:12 AJO_LIMITS_POLICY_FILE"),
        ("version: 1\nmaximums: [{url: x, maxThroughput: 0}]", "p:2:36 AJO_LIMITS_TYPE"),
        ("version: 1\nmaximums: [{url: x, maxThroughput: 1.5}]", "p:2:36 AJO_LIMITS_TYPE"),
        ("version: 1\nmaximums: [{url: x, maxDropped: -1}]", "p:2:33 AJO_LIMITS_TYPE"),
        ("version: 1\nobserved: {}", "p:2:11 AJO_LIMITS_TYPE"),
        ("version: 1\nobserved: ''", "p:2:11 AJO_LIMITS_TYPE"),
        ("version: 1\nobserved: [a.csv, 1]", "p:2:19 AJO_LIMITS_TYPE"),
        ("version: 1\ndeniedHosts: ['']", "p:2:15 AJO_LIMITS_TYPE"),
        ("version: 1\nrequireDeployed: always", "p:2:18 AJO_LIMITS_TYPE"),
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
        assert_eq!(policy_errors(text), [expected], "{text}");
    }
}

#[test]
fn unreadable_policy_is_an_error() {
    let source = SourceFile { name: "limits.yaml".to_owned(), content: LIMITS.to_owned() };
    let mut sources = SourceSet::new(vec![source]);
    for reason in [None, Some("no such file")] {
        if let Some(reason) = reason {
            sources.insert("rules/policy.yaml", Err(reason.to_owned()));
        }
        let limits = parse_limits(&sources, &|_| None);
        assert_eq!((limits.desired.is_none(), limits.policies.len()), (true, 0));
        let error = limits.diagnostics.iter().find(|it| it.code == "AJO_LIMITS_POLICY_FILE").expect("an error");
        assert_eq!(error.location.as_ref().map(ToString::to_string).as_deref(), Some("limits.yaml:3:9"));
    }
    assert!(parse_with_policy("maximums: 1\n").desired.is_none());
}

#[test]
fn extra_policy_applies_to_every_file() {
    let text = LIMITS.replace("policy: rules/policy.yaml\n", "");
    let policy = SourceFile { name: "p.yaml".to_owned(), content: "version: 1\nrequireDeployed: true\n".to_owned() };
    let sources =
        SourceSet::new(vec![SourceFile { name: "limits.yaml".to_owned(), content: text }]).with_policy(policy);
    assert!(parse_limits(&sources, &|_| None).diagnostics.iter().any(|found| found.code == "AJO_LIMITS_POLICY"));
}
