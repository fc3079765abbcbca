//! Fields under `extra`.

use serde_json::{Value, json};

use crate::file::{ParsedLimits, SourceFile, SourceSet, parse_limits};
use crate::{ConfigDefinition, ObservedConfig, ObservedLimits, export_limits};

fn parse(extra: &str) -> ParsedLimits {
    let content = format!(
        "version: 1
sandbox: prod
capping:
  - url: https://a.example/*
    methods: [GET]
    services:
      action: {{ maxHttpConnections: 50, rating: {{ maxCallsCount: 5, periodInMs: 1000 }} }}
    {extra}
"
    );
    parse_limits(&SourceSet::new(vec![SourceFile { name: "a.yaml".to_owned(), content }]), &|_| None)
}

fn definition(extra: &str) -> ConfigDefinition {
    let limits = parse(extra);
    limits.desired.unwrap_or_else(|| panic!("{:?}", limits.diagnostics)).configs.remove(0).definition
}

#[test]
fn extra_fields_are_sent() {
    let extra = "extra: { priority: 3, dropped: ~, services: { action: { rating: { timeUnit: s } } } }";
    let body = Value::Object(definition(extra).to_request_body().expect("complete"));
    let rating = json!({"maxCallsCount": 5, "periodInMs": 1000, "timeUnit": "s"});
    let expected = json!({
        "url": "https://a.example/*", "methods": ["GET"], "priority": 3,
        "services": {"action": {"maxHttpConnections": 50, "rating": rating}},
    });
    assert_eq!(body, expected);
    assert_ne!(definition(extra), definition(""));
    assert_eq!(definition("extra:"), definition(""));
}

#[test]
fn extra_overrides_preserved_fields() {
    let unknown = json!({"priority": 1, "burst": {"a": 1}, "services": {"action": {"weight": 2}}});
    let unknown = unknown.as_object().expect("an object");
    let body = definition("extra: { priority: 3, burst: { b: 2 } }").to_update_body(unknown).expect("complete");
    assert_eq!((&body["priority"], &body["burst"]), (&json!(3), &json!({"a": 1, "b": 2})));
    assert_eq!(body["services"]["action"]["weight"], 2);
}

#[test]
fn known_field_in_extra_is_an_error() {
    for (extra, code) in [
        ("extra: { url: x }", "AJO_LIMITS_EXTRA"),
        ("extra: { services: { action: { rating: { maxCallsCount: 9 } } } }", "AJO_LIMITS_EXTRA"),
        ("extra: { services: { action: 1 } }", "AJO_LIMITS_EXTRA"),
        ("extra: { orgId: x }", "AJO_LIMITS_EXTRA"),
        // The service sets these.
        ("extra: { state: deployed }", "AJO_LIMITS_EXTRA"),
        ("extra: { deployedConfig: { priority: 3 } }", "AJO_LIMITS_EXTRA"),
        ("extra: 3", "AJO_LIMITS_TYPE"),
        ("priority: 3", "AJO_LIMITS_UNKNOWN_KEY"),
    ] {
        let limits = parse(extra);
        assert!(limits.desired.is_none(), "{extra}");
        let first = &limits.diagnostics[0];
        assert_eq!(first.code, code, "{extra}: {}", first.message);
        assert!(first.hint.as_ref().is_none_or(|hint| hint.contains("`extra`")), "{extra}: {:?}", first.hint);
    }
}

#[test]
fn export_writes_extra_fields() {
    let config = serde_json::from_value(json!({
        "uid": "u-1", "state": "created", "url": "https://a.example/*", "methods": ["GET"], "priority": 3,
        "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 5, "periodInMs": 1000, "timeUnit": "s x: #"}}},
    }));
    let observed = ObservedLimits::new(&[config.expect("a configuration")], &[]);
    let text = export_limits(&"prod".parse().expect("a sandbox"), &"prod".parse().expect("a sandbox"), &observed).text;
    let source = SourceFile { name: "a.yaml".to_owned(), content: text.clone() };
    let wanted = parse_limits(&SourceSet::new(vec![source]), &|_| None).desired.expect("valid").configs.remove(0);
    let found: &ObservedConfig = &observed.configs[0];
    assert_eq!(*found.deploy_state_for(&wanted.definition), wanted.deploy_state(), "{text}");
    assert_eq!(wanted.definition.extra(), &found.unknown_fields, "{text}");
}
