use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::file::ParsedLimits;
use crate::{ConfigDefinition, DeployState, LimitsState, PlanOptions, plan};

fn capping(url: &str, methods: &[&str], calls: Option<i64>) -> ConfigDefinition {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let json = json!({"url": url, "methods": methods, "services": {"dataSource": limit}});
    ConfigDefinition::from_json(Api::Capping, &json).expect("a definition")
}

fn throttling(name: &str) -> ConfigDefinition {
    let json = json!({
        "name": name,
        "urlPattern": "https://partner.example.com/*",
        "methods": ["POST", "PUT"],
        "maxThroughput": 400,
    });
    ConfigDefinition::from_json(Api::Throttling, &json).expect("a definition")
}

fn observed_limits(deploy_states: impl IntoIterator<Item = DeployState>) -> ObservedLimits {
    let config = |(index, deploy_state): (usize, DeployState)| ObservedConfig {
        uid: format!("uid-{index:04}").parse().expect("an identifier"),
        deploy_state,
        last_modified_by: None,
        last_modified_at: None,
        unknown_fields: Map::new(),
        live_unknown_fields: None,
    };
    ObservedLimits { configs: deploy_states.into_iter().enumerate().map(config).collect(), ..ObservedLimits::default() }
}

fn exported(observed: &ObservedLimits) -> String {
    exported_as("prod", observed).text
}

fn exported_as(name: &str, observed: &ObservedLimits) -> ExportedLimits {
    export_limits(&"prod".parse().expect("a name"), &name.parse().expect("a name"), observed)
}

fn parse_exported(text: &str) -> ParsedLimits {
    parse_limits(
        &SourceSet::new(vec![SourceFile { name: "export.yaml".to_owned(), content: text.to_owned() }]),
        &|_| None,
    )
}

#[test]
fn export_is_readable() {
    let observed = observed_limits([
        DeployState::from_desired(throttling("partner-api"), true),
        DeployState::from_desired(capping("https://b.example/", &["we: ird", "GET"], Some(1)), false),
        DeployState::from_desired(capping("https://api.example.org/data/2.5/*", &["GET"], Some(500)), true),
    ]);
    assert_eq!(
        exported(&observed),
        "# The limits of sandbox prod, written by `ajo export`.
version: 1
sandbox: prod

capping:
  - url: https://api.example.org/data/2.5/*
    methods: [GET]
    services:
      dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
    deployed: true
  - url: https://b.example/
    methods:
      - GET
      - \"we: ird\"
    services:
      dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 1, periodInMs: 1000 } }
    deployed: false

throttling:
  name: partner-api
  urlPattern: https://partner.example.com/*
  methods: [POST, PUT]
  maxThroughput: 400
  deployed: true
"
    );
}

#[test]
fn skipped_configs_become_comments() {
    let twice = capping("https://a.example/", &["GET"], Some(1));
    let observed = observed_limits([
        DeployState::from_desired(twice.clone(), false),
        DeployState::from_desired(capping("https://draft.example/", &["GET"], None), false),
        DeployState::from_desired(twice, true),
        DeployState::from_desired(capping("\n- url: x", &["GET"], Some(1)), true),
        DeployState::from_desired(throttling("one"), true),
        DeployState::from_desired(throttling("one\n# two\u{2028}"), false),
    ]);
    let text = exported(&observed);
    let comments: Vec<_> = text.lines().skip(1).filter(|line| line.trim_start().starts_with('#')).collect();
    assert_eq!(
        comments,
        [
            "  # uid-0003 is not exported: the url is malformed: it contains U+000A (line break)",
            "  # - url: \"\\n- url: x\"",
            "  #   methods: [GET]",
            "  #   services:",
            "  #     dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 1, periodInMs: 1000 } }",
            "  #   deployed: true",
            "  # uid-0000 is not exported: it has the same URL and methods as uid-0002, so a file cannot distinguish them",
            "  # - url: https://a.example/",
            "  #   methods: [GET]",
            "  #   services:",
            "  #     dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 1, periodInMs: 1000 } }",
            "  #   deployed: false",
            "  # uid-0001 is not exported: maxCallsCount is missing",
            "  # - url: https://draft.example/",
            "  #   methods: [GET]",
            "  #   services:",
            "  #     dataSource: { maxHttpConnections: 50, rating: { periodInMs: 1000 } }",
            "  #   deployed: false",
            "  # uid-0005 is not exported: it has the same URL and methods as uid-0004, so a file cannot distinguish them",
            "  # name: \"one\\n# two\\u2028\"",
            "  # urlPattern: https://partner.example.com/*",
            "  # methods: [POST, PUT]",
            "  # maxThroughput: 400",
            "  # deployed: false",
        ]
    );
    assert_eq!(parse_exported(&text).desired.map(|desired| desired.configs.len()), Some(2));
}

#[test]
fn live_differences_become_notes() {
    let (saved, other) =
        (capping("https://a.example/", &["GET"], Some(2)), capping("https://a.example/", &["GET"], Some(1)));
    let exported = exported_as(
        "dev",
        &observed_limits([
            DeployState::new(saved, Some(other)),
            DeployState { saved: capping("https://b.example/", &["GET"], Some(1)), live: LiveState::Unknown },
        ]),
    );
    assert_eq!(
        exported.notes,
        [
            "capping GET https://a.example/ (uid-0000) was changed but not redeployed; the file has the saved definition: \
             services.dataSource.rating.maxCallsCount: 1 is live, 2 is saved",
            "capping GET https://b.example/ (uid-0001) was changed but not redeployed; the service does not return the live \
             definition",
        ]
    );
    // Comments that would not stay true are not in the file.
    assert!(
        exported.text.starts_with("# The limits of sandbox prod, written by `ajo export`.\nversion: 1\nsandbox: dev\n")
    );
    assert_eq!(exported.text.matches('#').count(), 1, "{}", exported.text);
    assert_eq!(parse_exported(&exported.text).desired.map(|desired| desired.configs.len()), Some(2));
}

#[test]
fn numeric_sandbox_name_is_quoted() {
    for name in ["123", "null", "0x1", "1e3", "-", "on"] {
        let observed = observed_limits([DeployState::from_desired(throttling("x"), true)]);
        let limits = parse_exported(&exported_as(name, &observed).text);
        assert_eq!(limits.sandbox.map(|sandbox| sandbox.to_string()).as_deref(), Some(name));
    }
}

fn any_string() -> BoxedStrategy<String> {
    prop_oneof![
        2 => "[a-z]{1,8}",
        2 => r"(\PC|\p{Cc}|\p{Cf}|[\u{2028}\u{2029}\u{feff}\u{fffe}]|[:#\-*&!?%@`'|>\[\]{},\\\n\r\t ]|\$\{|\$|: | #){0,12}",
        1 => proptest::sample::select(vec!["~", "null", "on", "1", "0x1", "-", "---", "...", "<<", "", "*/", "${X}", "1.5"])
            .prop_map(str::to_owned),
    ]
    .boxed()
}

fn url() -> BoxedStrategy<String> {
    prop_oneof![
        4 => "https://[a-c]\\.example/[a-z*${}é#?]{0,6}",
        1 => any_string(),
        1 => any_string().prop_map(|path| format!("https://a.example/{path}")),
        1 => Just(format!("https://a.example/{}", "x".repeat(1500))),
    ]
    .boxed()
}

fn methods() -> BoxedStrategy<BTreeSet<String>> {
    let known = proptest::sample::select(vec!["GET", "POST", "PUT", "OPTION"]).prop_map(str::to_owned);
    proptest::collection::btree_set(prop_oneof![6 => known, 1 => any_string()], 0..3).boxed()
}

fn count() -> BoxedStrategy<Option<i64>> {
    prop_oneof![6 => (1..5000_i64).prop_map(Some), 1 => any::<i64>().prop_map(Some), 1 => Just(None)].boxed()
}

fn limit() -> BoxedStrategy<Value> {
    let rating = (count(), count()).prop_map(|(calls, period)| json!({"maxCallsCount": calls, "periodInMs": period}));
    (count(), proptest::option::weighted(0.9, rating))
        .prop_map(|(connections, rating)| json!({"maxHttpConnections": connections, "rating": rating}))
        .boxed()
}

fn definition() -> BoxedStrategy<ConfigDefinition> {
    let services = (proptest::option::of(limit()), proptest::option::of(limit()));
    let capping = (url(), methods(), services).prop_map(|(url, methods, (action, data_source))| {
        let services = json!({"action": action, "dataSource": data_source});
        ConfigDefinition::from_json(Api::Capping, &json!({"url": url, "methods": methods, "services": services}))
    });
    let strings = (proptest::option::of(any_string()), proptest::option::of(any_string()));
    let throttling =
        (url(), methods(), strings, count()).prop_map(|(url_pattern, methods, (name, description), max_throughput)| {
            let mut json = json!({"name": name, "description": description, "methods": methods});
            json["urlPattern"] = url_pattern.into();
            json["maxThroughput"] = max_throughput.into();
            ConfigDefinition::from_json(Api::Throttling, &json)
        });
    prop_oneof![4 => capping, 1 => throttling].prop_map(|definition| definition.expect("a definition")).boxed()
}

fn any_deploy_state() -> BoxedStrategy<DeployState> {
    let plain = (definition(), any::<bool>()).prop_map(|(saved, deployed)| DeployState::from_desired(saved, deployed));
    let other = (definition(), definition()).prop_map(|(saved, other)| DeployState::new(saved, Some(other)));
    let unknown = definition().prop_map(|saved| DeployState { saved, live: LiveState::Unknown });
    prop_oneof![8 => plain, 1 => other, 1 => unknown].boxed()
}

/// Whether the service's own rules accept a definition.
fn is_valid(definition: &ConfigDefinition) -> bool {
    let mut json = serde_json::to_value(definition).expect("strings and numbers");
    json.as_object_mut().expect("fields").remove("api");
    definition.api().validate(&json).iter().all(|diagnostic| diagnostic.severity != Severity::Error)
}

proptest! {
    #[test]
    fn export_plans_no_changes(deploy_states in proptest::collection::vec(any_deploy_state(), 1..8)) {
        let observed = observed_limits(deploy_states);
        let ExportedLimits { text, notes, .. } = exported_as("prod", &observed);
        let limits = parse_exported(&text);
        let Some(desired) = limits.desired else {
            let codes: Vec<_> = limits.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
            prop_assert_eq!(codes, ["AJO_LIMITS_EMPTY"], "{}", text);
            return Ok(());
        };
        // Every definition that the service accepts is exported, whatever its strings contain.
        prop_assert!(!text.contains("a file cannot express"), "{}", text);
        let keys: Vec<_> = observed.configs.iter().map(ObservedConfig::key).collect();
        let wanted: BTreeSet<_> = desired.configs.iter().map(crate::DesiredConfig::key).collect();
        let throttlings = keys.iter().filter(|key| key.api == Api::Throttling).count();
        for found in observed.configs.iter().filter(|found| is_valid(&found.deploy_state.saved)) {
            let key = found.key();
            prop_assert!(wanted.contains(&key) || key.api == Api::Throttling && throttlings > 1, "{}", text);
        }
        // Each configuration is exported unchanged or named in a comment or note.
        for found in &observed.configs {
            let wanted = desired.configs.iter().any(|wanted| wanted.deploy_state() == found.deploy_state);
            let is_noted = notes.iter().any(|note| note.contains(&format!("({})", found.uid)));
            prop_assert!(wanted || is_noted || text.contains(&format!("# {} ", found.uid)), "{}", text);
        }
        let plain = |found: &ObservedConfig| matches!(found.deploy_state.live, LiveState::NotDeployed | LiveState::SameAsSaved);
        let plain = observed.configs.iter().filter(|found| {
            plain(found) && keys.iter().filter(|key| **key == found.key()).count() == 1
        });
        let plain: Vec<_> = plain.map(ObservedConfig::key).collect();
        let plan = plan(&desired, &observed, &LimitsState::default(), PlanOptions::default());
        prop_assert!(plan.changes.is_empty());
        for blocker in &plan.blockers {
            prop_assert!(blocker.key.as_ref().is_some_and(|key| !plain.contains(key)), "{:?}", blocker);
        }
    }

    #[test]
    fn empty_overlay_changes_nothing(deploy_states in proptest::collection::vec(any_deploy_state(), 1..6)) {
        let text = exported(&observed_limits(deploy_states));
        let over = SourceFile { name: "over.yaml".to_owned(), content: "version: 1\nbase: export.yaml\n".to_owned() };
        let mut sources = SourceSet::new(vec![over]);
        sources.insert("export.yaml", Ok(text.clone()));
        let configs = |limits: super::super::parsed_limits::ParsedLimits| limits.desired.map(|desired| desired.configs.into_iter().map(|it| (it.deploy_state(), it.location)).collect::<Vec<_>>());
        prop_assert_eq!(configs(parse_limits(&sources, &|_| None)), configs(parse_exported(&text)));
    }
}

#[test]
fn comment_stays_on_one_line() {
    let notes = vec!["a\nb: 1\r\u{85}\u{2028}\u{2029}#*/".to_owned()];
    let entry = ExportEntry { comments: notes, lines: Vec::new(), is_exported: true };
    assert_eq!(entry.lines("", None), [r"# a\nb: 1\r\u{85}\u{2028}\u{2029}#*/"]);
}
