use ajo_core::{CappingConfig, ThrottlingConfig};
use serde_json::{Value, json};

use super::*;
use crate::ObservedLimits;
use crate::file::{SourceFile, SourceSet, parse_limits};

const URL: &str = "https://api.example.org/v1/send";

fn capping(uid: &str, url: &str, services: &Value, state: &str, deployed: Option<i64>) -> CappingConfig {
    let mut json = json!({
        "uid": uid, "url": url, "methods": ["POST", "OPTION"], "services": services, "state": state,
        "hasBeenDeployed": deployed.is_some(),
    });
    if let Some(calls) = deployed {
        json["deployedConfig"] = json!({"url": url, "methods": ["POST", "OPTION"], "services": action(calls)});
    }
    serde_json::from_value(json).expect("a configuration")
}

fn action(calls: i64) -> Value {
    json!({"action": {"rating": {"maxCallsCount": calls, "periodInMs": 1000}}})
}

fn throttling(calls: i64) -> ThrottlingConfig {
    serde_json::from_value(json!({
        "uid": "t-1", "urlPattern": "https://api.example.org/*", "methods": ["POST"], "maxThroughput": calls,
        "state": "deployed", "hasBeenDeployed": true,
    }))
    .expect("a configuration")
}

/// Labels and texts.
fn texts(statements: &[Statement]) -> Vec<String> {
    statements.iter().map(|it| format!("{}: {}", it.label.as_str(), it.text)).collect()
}

fn has(statements: &[Statement], label: &str, part: &str) -> bool {
    texts(statements).iter().any(|text| text.starts_with(label) && text.contains(part))
}

fn explain(method: &str, url: &str, capping: &[CappingConfig], throttling: &[ThrottlingConfig]) -> CallExplanation {
    let explanation = explain_call(method, url, Some(&ObservedLimits::new(capping, throttling)), None);
    let all = [&explanation.custom_actions, &explanation.data_sources, &explanation.matching];
    assert!(all.into_iter().flatten().all(|it| !it.source.is_empty() && !it.text.is_empty()), "{explanation:?}");
    explanation
}

#[test]
fn default_cap_applies_without_a_limit() {
    let other = capping("u-1", "https://other.example.org/*", &action(1), "deployed", Some(1));
    let draft = capping("u-2", "https://api.example.org/*", &action(1), "created", None);
    for configs in [&[][..], &[other], &[draft]] {
        let explanation = explain("POST", URL, configs, &[]);
        assert!(has(&explanation.custom_actions, "documented", "the default cap applies: 300,000"), "{explanation:?}");
        assert!(has(&explanation.custom_actions, "unknown", "per host, per endpoint, and per domain"));
        assert!(has(&explanation.custom_actions, "documented", "150,000"));
        assert!(has(&explanation.data_sources, "documented", "15 calls per second"));
    }
    let nothing_read = explain_call("POST", URL, None, None);
    assert!(has(&nothing_read.custom_actions, "documented", "unless a configuration caps them"), "{nothing_read:?}");
    let draft = capping("u-2", "https://api.example.org/*", &action(1), "created", None);
    let explanation = explain("POST", URL, &[draft], &[]);
    assert_eq!(explanation.configs[0].status, MatchStatus::NotDeployed);
    assert!(has(&explanation.matching, "documented", "when it is deployed"));
}

#[test]
fn live_definition_decides() {
    let saved = capping("u-1", "https://API.example.org/*/send", &action(650), "updated", Some(500));
    let explanation = explain("post", URL, &[saved], &[]);
    let config = &explanation.configs[0];
    assert_eq!(
        (config.limit.as_str(), config.saved_limit.as_deref()),
        ("action 500 calls/1000 ms", Some("action 650 calls/1000 ms"))
    );
    assert!(has(&explanation.custom_actions, "documented", "500 calls in 1000 ms"));
    assert!(has(
        &explanation.custom_actions,
        "documented",
        "the default cap of 300,000 calls per minute in a sliding window is higher"
    ));
    assert!(has(&explanation.matching, "documented", "deployed again"));
    assert!(has(&explanation.matching, "inferred", "`*`") && has(&explanation.matching, "unknown", "static part"));
    // A data source has its own rating.
    assert!(!has(&explanation.data_sources, "documented", "500 calls"));
    let greater = capping("u-1", URL, &action(1), "deployed", Some(6000));
    assert!(has(&explain("POST", URL, &[greater], &[]).custom_actions, "documented", "overrides the default cap"));
    let two = [
        capping("u-1", URL, &action(1), "deployed", Some(1)),
        capping("u-2", "https://api.example.org/*", &action(2), "deployed", Some(2)),
    ];
    assert!(has(&explain("POST", URL, &two, &[]).custom_actions, "unknown", "2 live capping configurations"));
}

#[test]
fn precedence_of_throttling_is_explained() {
    for (calls, part) in [(400, "is not above"), (401, "is above")] {
        let live = capping("u-1", URL, &action(calls), "deployed", Some(calls));
        let actions = explain("POST", URL, &[live], &[throttling(400)]).custom_actions;
        assert!(has(&actions, "documented", "at most 400 calls per second, in all sandboxes"), "{actions:?}");
        assert!(has(&actions, "documented", part) && has(&actions, "inferred", "before capping"), "{actions:?}");
    }
    let explanation = explain("POST", URL, &[], &[throttling(400)]);
    assert!(has(&explanation.data_sources, "documented", "throttling does not apply"));
}

#[test]
fn impossible_calls_are_explained() {
    for (method, url, action, source) in [
        ("PUT", URL, None, Some("no such call: external data sources")),
        ("DELETE", URL, Some("no such call: custom actions"), Some("no such call: external data sources")),
        ("HEAD", URL, Some("do not use the method HEAD"), Some("do not use the method HEAD")),
        ("POST", "https://api.example.org:8443/x", Some("ports 80"), None),
        ("POST", "https://10.0.0.1/x", Some("IP addresses"), Some("IP addresses")),
        ("POST", "https://platform.adobe.io/x", Some("Adobe addresses"), Some("Adobe addresses")),
    ] {
        let explanation = explain(method, url, &[], &[]);
        for (statements, expected) in [(&explanation.custom_actions, action), (&explanation.data_sources, source)] {
            let found = statements.iter().find(|it| it.text.starts_with("no such call"));
            assert_eq!(found.is_some(), expected.is_some(), "{method} {url}: {found:?}");
            if let (Some(found), Some(expected)) = (found, expected) {
                assert!(found.text.contains(expected) && found.source.contains(".md"), "{found:?}");
            }
        }
    }
    let live = capping("u-1", URL, &action(1), "deployed", Some(1));
    assert_eq!(explain("OPTIONS", URL, &[live], &[]).configs.len(), 1);
}

#[test]
fn files_count_as_live_without_the_service() {
    let text = "version: 1
sandbox: prod
capping:
  - url: https://api.example.org/v1/*
    methods: [POST]
    services: { action: { maxHttpConnections: 1, rating: { maxCallsCount: 7, periodInMs: 1000 } } }
  - url: https://api.example.org/*
    methods: [POST]
    services: { action: { maxHttpConnections: 1, rating: { maxCallsCount: 9, periodInMs: 1000 } } }
    deployed: false
";
    let source = SourceFile { name: "prod.yaml".to_owned(), content: text.to_owned() };
    let desired = parse_limits(&SourceSet::new(vec![source]), &|_| None).desired.expect("a valid file");
    let offline = explain_call("POST", URL, None, Some(&desired));
    let statuses: Vec<_> = offline.configs.iter().map(|config| config.status).collect();
    assert_eq!(statuses, [MatchStatus::InFile, MatchStatus::InFileNotDeployed]);
    assert!(has(&offline.custom_actions, "documented", "7 calls in 1000 ms") && !offline.is_service_read);
    let other = explain_call("POST", "https://other.example.org/", None, Some(&desired));
    assert!(has(&other.custom_actions, "documented", "unless a configuration caps them"));
    // The service decides if it was read.
    let online = explain_call("POST", URL, Some(&ObservedLimits::default()), Some(&desired));
    assert!(has(&online.custom_actions, "documented", "the default cap applies") && online.configs.len() == 2);
}
