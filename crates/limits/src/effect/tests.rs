use ajo_core::{CappingConfig, ThrottlingConfig};
use serde_json::{Value, json};

use super::*;
use crate::file::{SourceFile, SourceSet, parse_limits};
use crate::{LimitsState, ManagedConfig, ObservedLimits, Plan, PlanOptions, plan};

const SEND: &str = "https://api.example.org/v1/send";
const READ: &str = "https://api.example.org/v1/read";
const OTHER: &str = "https://other.example.org/x";

/// A live capping configuration of custom actions.
fn capping(uid: &str, url: &str, calls: i64) -> CappingConfig {
    live(json!({"uid": uid, "url": url, "methods": ["POST"], "services": services("action", calls)}))
}

fn services(service: &str, calls: i64) -> Value {
    json!({service: {"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}}})
}

fn live<T: serde::de::DeserializeOwned>(mut json: Value) -> T {
    json["state"] = "deployed".into();
    json["hasBeenDeployed"] = true.into();
    serde_json::from_value(json).expect("a configuration")
}

fn throttling(calls: i64) -> ThrottlingConfig {
    live(json!({"uid": "t-1", "urlPattern": "https://api.example.org/*", "methods": ["POST"], "maxThroughput": calls}))
}

/// The entry of a limits file.
fn entry(url: &str, limits: &str) -> String {
    format!("  - {{ url: '{url}', methods: [POST], {limits} }}\n")
}

fn action(calls: i64) -> String {
    format!(
        "services: {{ action: {{ maxHttpConnections: 50, rating: {{ maxCallsCount: {calls}, periodInMs: 1000 }} }} }}"
    )
}

/// The plan for a file, if all configurations of the service are managed.
fn plan_with(file: &str, observed: &ObservedLimits) -> Plan {
    let content = format!("version: 1\nsandbox: prod\n{file}");
    let limits = parse_limits(&SourceSet::new(vec![SourceFile { name: "prod.yaml".to_owned(), content }]), &|_| None);
    let desired = limits.desired.unwrap_or_else(|| panic!("{:?}", limits.diagnostics));
    let mut state = LimitsState::default();
    for found in &observed.configs {
        let file = Some("prod.yaml".to_owned());
        state.record(ManagedConfig::unsettled(&desired.sandbox, found.key(), file, found));
    }
    let options = PlanOptions { prune: true, max_deletes: Some(9), ..PlanOptions::default() };
    let plan = plan(&desired, observed, &state, options);
    assert_eq!(plan.blockers, []);
    plan
}

fn affected(file: &str, observed: &ObservedLimits) -> Vec<Option<AffectedTraffic>> {
    affected_traffic(&plan_with(file, observed), observed, &[OTHER, READ, SEND])
}

fn cap(calls: i64) -> CallerLimits {
    CallerLimits {
        capping: Some(CallCap { calls, period_in_ms: 1000, max_http_connections: Some(50) }),
        throttling: None,
    }
}

fn group(endpoints: &[usize], before: CallerLimits, after: CallerLimits) -> AffectedEndpoints {
    AffectedEndpoints { endpoints: endpoints.to_vec(), before: Some(before), after: Some(after) }
}

fn traffic(groups: Vec<AffectedEndpoints>) -> [Option<AffectedTraffic>; 1] {
    [Some(AffectedTraffic { groups, caveats: Vec::new() })]
}

fn caveats(caveats: &[EffectCaveat]) -> [Option<AffectedTraffic>; 1] {
    [Some(AffectedTraffic { groups: Vec::new(), caveats: caveats.to_vec() })]
}

const PATTERN: &str = "https://api.example.org/*";

#[test]
fn endpoints_of_a_pattern_share_limit() {
    let observed = ObservedLimits::new(&[capping("c-1", PATTERN, 500)], &[]);
    let file = format!("capping:\n{}", entry(PATTERN, &action(200)));
    assert_eq!(affected(&file, &observed)[..], traffic(vec![group(&[1, 2], cap(500), cap(200))]));
}

#[test]
fn spelling_of_observed_url_is_normalized() {
    let observed = ObservedLimits::new(&[capping("c-1", SEND, 500)], &[]);
    let plan = plan_with(&format!("capping:\n{}", entry(SEND, &action(200))), &observed);
    let affected = affected_traffic(&plan, &observed, &["HTTPS://API.example.org:443/%761/send"]);
    assert_eq!(affected[..], traffic(vec![group(&[0], cap(500), cap(200))]));
}

#[test]
fn create_and_delete_have_no_cap_on_one_side() {
    let none = CallerLimits::default();
    let created = affected(&format!("capping:\n{}", entry(SEND, &action(9))), &ObservedLimits::default());
    assert_eq!(created[..], traffic(vec![group(&[2], none, cap(9))]));
    let observed = ObservedLimits::new(&[capping("c-1", SEND, 500), capping("c-2", OTHER, 5)], &[]);
    let deleted = affected(&format!("capping:\n{}", entry(OTHER, &action(5))), &observed);
    assert_eq!(deleted[..], traffic(vec![group(&[2], cap(500), none)]));
    let undeployed = format!("capping:\n{}", entry(SEND, &format!("{}, deployed: false", action(500))));
    let observed = ObservedLimits::new(&[capping("c-1", SEND, 500)], &[]);
    assert_eq!(affected(&undeployed, &observed)[..], traffic(vec![group(&[2], cap(500), none)]));
}

#[test]
fn other_limits_of_the_endpoint_apply() {
    let observed = ObservedLimits::new(&[capping("c-1", PATTERN, 500), capping("c-2", SEND, 300)], &[throttling(400)]);
    let throttled = |limits: CallerLimits| CallerLimits { throttling: Some(400), ..limits };
    // The lower cap of c-2 applies to one of the two endpoints, before and after.
    let file = format!(
        "capping:\n{}{}throttling: {{ urlPattern: '{PATTERN}', methods: [POST], maxThroughput: 400 }}\n",
        entry(PATTERN, &action(600)),
        entry(SEND, &action(300)),
    );
    let expected =
        [group(&[1], throttled(cap(500)), throttled(cap(600))), group(&[2], throttled(cap(300)), throttled(cap(300)))];
    assert_eq!(affected(&file, &observed)[..], traffic(expected.to_vec()));
}

#[test]
fn url_change_affects_both_urls() {
    let observed = ObservedLimits::new(&[capping("c-1", SEND, 500)], &[]);
    let none = CallerLimits::default();
    let groups = vec![group(&[1], none, cap(500)), group(&[2], cap(500), none)];
    assert_eq!(affected(&format!("capping:\n{}", entry(READ, &action(500))), &observed)[..], traffic(groups));
}

#[test]
fn change_without_limit_has_no_effect() {
    let config: ThrottlingConfig = throttling(400);
    let observed = ObservedLimits::new(&[], &[config]);
    let file = format!("throttling: {{ name: x, urlPattern: '{PATTERN}', methods: [POST], maxThroughput: 400 }}\n");
    assert_eq!(affected(&file, &observed)[..], [None]);
    let draft = format!("capping:\n{}", entry(SEND, &format!("{}, deployed: false", action(9))));
    assert_eq!(affected(&draft, &ObservedLimits::default())[..], [None]);
}

#[test]
fn data_sources_and_missing_calls_are_noted() {
    let data_source =
        "services: { dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 9, periodInMs: 1000 } } }";
    let file = format!("capping:\n{}", entry(SEND, data_source));
    assert_eq!(affected(&file, &ObservedLimits::default())[..], caveats(&[EffectCaveat::CustomActionsOnly]));
    let file = format!("capping:\n{}", entry("https://unused.example.org/*", &action(9)));
    assert_eq!(affected(&file, &ObservedLimits::default())[..], caveats(&[EffectCaveat::NoObservedCalls]));
}

#[test]
fn unknown_live_limit_is_not_guessed() {
    let mut json = serde_json::to_value(capping("c-1", SEND, 500)).expect("JSON");
    json["state"] = "updated".into();
    let observed = ObservedLimits::new(&[serde_json::from_value(json).expect("a configuration")], &[]);
    let expected = AffectedEndpoints { endpoints: vec![2], before: None, after: Some(cap(500)) };
    assert_eq!(affected(&format!("capping:\n{}", entry(SEND, &action(500))), &observed)[..], traffic(vec![expected]));
}
