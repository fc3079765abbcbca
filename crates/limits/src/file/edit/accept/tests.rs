mod properties;

use ajo_core::Api;
use serde_json::{Map, Value, json};

use super::*;
use crate::{ConfigDefinition, DeployState};

const FILE: &str = "# Limits of the weather team.
version: 1
sandbox: prod

capping:
  # The old endpoint.
  - url: https://a.example.org/*   # versions 1 and 2
    methods: [GET]  # POST later
    services:
      # Agreed on 2026-11-01.
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } } # per second
    deployed: false
  - url: 'https://b.example.org/*'
    methods:
      - GET
      - POST # orders

    services:
      dataSource:
        rating:
          maxCallsCount: 10   # ten
          periodInMs: 1000
";

fn observed(api: Api, json: &Value, deployed: bool) -> ObservedConfig {
    let definition = ConfigDefinition::from_json(api, json).expect("a definition");
    ObservedConfig {
        uid: "u-1".parse().expect("an identifier"),
        deploy_state: DeployState::from_desired(definition, deployed),
        last_modified_by: None,
        last_modified_at: None,
        unknown_fields: Map::new(),
        live_unknown_fields: None,
    }
}

fn sources(text: &str) -> SourceSet {
    SourceSet::new(vec![SourceFile { name: "prod.yaml".to_owned(), content: text.to_owned() }])
}

fn key_of(text: &str, index: usize) -> ConfigKey {
    let desired = parse_limits(&sources(text), &|name| Some(name.to_lowercase())).desired.expect("a valid file");
    desired.configs[index].key()
}

/// Accepts this configuration for the entry with this index.
fn update(text: &str, index: usize, json: &Value, deployed: bool) -> Result<String, Vec<FileDiagnostic>> {
    let key = key_of(text, index);
    let found = observed(key.api, json, deployed);
    let changed =
        accept_changes(&sources(text), &|name| Some(name.to_lowercase()), &[AcceptedChange::Update { key, found }])?;
    Ok(changed.into_iter().next().map_or_else(|| text.to_owned(), |file| file.content))
}

fn capping(url: &str, methods: &[&str], services: &Value) -> Value {
    json!({"url": url, "methods": methods, "services": services})
}

fn rating(calls: i64) -> Value {
    json!({"maxCallsCount": calls, "periodInMs": 1000})
}

/// The lines that differ, as in a diff.
fn changed_lines(before: &str, after: &str) -> Vec<String> {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let start = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let (before, after) = (&before[start..], &after[start..]);
    let end = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let removed = before[..before.len() - end].iter().map(|line| format!("-{line}"));
    removed.chain(after[..after.len() - end].iter().map(|line| format!("+{line}"))).collect()
}

#[test]
fn number_is_replaced_in_place() {
    let services = json!({"action": {"maxHttpConnections": 50, "rating": rating(300)}});
    let text = update(FILE, 0, &capping("https://a.example.org/*", &["GET"], &services), false).expect("accepted");
    assert_eq!(
        changed_lines(FILE, &text),
        [
            "-      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } } # per second",
            "+      action: { maxHttpConnections: 50, rating: { maxCallsCount: 300, periodInMs: 1000 } } # per second",
        ]
    );
}

#[test]
fn fields_are_added_in_their_style() {
    let services = json!({
        "action": {"maxHttpConnections": 7, "rating": rating(1)},
        "dataSource": {"maxHttpConnections": 9, "rating": rating(10)},
    });
    let text =
        update(FILE, 1, &capping("https://b.example.org/*", &["GET", "POST"], &services), false).expect("accepted");
    assert_eq!(
        changed_lines(FILE, &text),
        [
            "+        maxHttpConnections: 9",
            "+      action: { maxHttpConnections: 7, rating: { maxCallsCount: 1, periodInMs: 1000 } }",
            "+    deployed: false",
        ]
    );
}

#[test]
fn fields_and_items_are_removed() {
    let services = json!({"action": {"rating": rating(500)}});
    let text = update(FILE, 0, &capping("https://a.example.org/*", &["PUT"], &services), true).expect("accepted");
    assert_eq!(
        changed_lines(FILE, &text),
        [
            "-    methods: [GET]  # POST later",
            "-    services:",
            "-      # Agreed on 2026-11-01.",
            "-      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } } # per second",
            "-    deployed: false",
            "+    methods: [PUT]  # POST later",
            "+    services:",
            "+      # Agreed on 2026-11-01.",
            "+      action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } # per second",
            "+    deployed: true",
        ]
    );
    let services = json!({"dataSource": {"rating": rating(10)}});
    let text = update(FILE, 1, &capping("https://b.example.org/it's", &["GET"], &services), true).expect("accepted");
    assert_eq!(
        changed_lines(FILE, &text),
        [
            "-  - url: 'https://b.example.org/*'",
            "-    methods:",
            "-      - GET",
            "-      - POST # orders",
            "+  - url: \"https://b.example.org/it's\"",
            "+    methods:",
            "+      - GET",
        ]
    );
}

#[test]
fn throttling_is_added_and_edited() {
    let limit = json!({"urlPattern": "https://p.example.org/*", "methods": ["POST"], "maxThroughput": 400});
    let added = [AcceptedChange::Add(observed(Api::Throttling, &limit, false))];
    let text = accept_changes(&sources(FILE), &|_| None, &added).expect("accepted").remove(0).content;
    let expected = "throttling:
  urlPattern: https://p.example.org/*
  methods: [POST]
  maxThroughput: 400
  deployed: false
";
    assert_eq!(text, FILE.to_owned() + expected);
    let named = json!({
        "urlPattern": "https://p.example.org/*", "methods": ["POST"], "maxThroughput": 400, "name": "a: b",
        "description": "two\nlines",
    });
    let text = update(&text, 2, &named, true).expect("accepted");
    let expected = "throttling:
  urlPattern: https://p.example.org/*
  methods: [POST]
  maxThroughput: 400
  deployed: true
  description: \"two\\nlines\"
  name: \"a: b\"
";
    assert_eq!(text, FILE.to_owned() + expected);
    let text = update(
        &text.replace("  description: \"two\\nlines\"", "  description: |\n    two\n    lines"),
        2,
        &limit,
        true,
    );
    assert!(text.expect("accepted").ends_with("  deployed: true\n"));
}

#[test]
fn entries_are_added_and_removed() {
    let added = capping("https://c.example.org/", &["GET"], &json!({"action": {"rating": rating(3)}}));
    let added = AcceptedChange::Add(observed(Api::Capping, &added, true));
    let changes = [AcceptedChange::Remove(key_of(FILE, 0)), added];
    let text = accept_changes(&sources(FILE), &|_| None, &changes).expect("accepted").remove(0).content;
    let head = "# Limits of the weather team.
version: 1
sandbox: prod

capping:
  # The old endpoint.
      # Agreed on 2026-11-01.
";
    let end = "
  - url: https://c.example.org/
    methods: [GET]
    services:
      action: { rating: { maxCallsCount: 3, periodInMs: 1000 } }
    deployed: true
";
    let kept = FILE.find("  - url: 'https://b").expect("the second entry");
    assert_eq!(text, format!("{head}{}{end}", FILE[kept..].trim_end()));
}

#[test]
fn empty_list_is_filled() {
    let added = capping("https://c.example.org/", &["GET"], &json!({"action": {"rating": rating(3)}}));
    let changes = [AcceptedChange::Add(observed(Api::Capping, &added, true))];
    let throttling = "throttling: { urlPattern: 'https://p.example.org/', methods: [POST], maxThroughput: 400 }\n";
    let entry = "\n  - url: https://c.example.org/\n    methods: [GET]\n    services:\n      action: { rating: { maxCallsCount: 3, \
                 periodInMs: 1000 } }\n    deployed: true\n";
    for (before, after) in [
        ("capping: [] # none\n", format!("capping: # none{entry}")),
        ("capping:\n", format!("capping:{entry}")),
        ("", format!("capping:{entry}")),
    ] {
        let start = "version: 1\nsandbox: prod\n";
        let text = format!("{start}{before}{throttling}");
        let text = accept_changes(&sources(&text), &|_| None, &changes).expect("accepted").remove(0).content;
        let expected = if before.is_empty() {
            format!("{start}{throttling}{after}")
        } else {
            format!("{start}{after}{throttling}")
        };
        assert_eq!(text, expected);
    }
    let json = r#"{"version": 1, "sandbox": "prod", "capping": [
  {"url": "https://a.example.org/", "methods": ["GET"], "services": {"action": {"rating": {"maxCallsCount": 1, "periodInMs": 1000}}}}
]}"#;
    let text = accept_changes(&sources(json), &|_| None, &changes).expect("accepted").remove(0).content;
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["capping"][1]["methods"], json!(["GET"]));
}

/// The code, location, message, and hint.
fn refusal(text: &str, index: usize, json: &Value) -> String {
    let problems = update(text, index, json, true).expect_err("refused");
    let at = problems[0].location.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{at} {}: {}; {}", problems[0].code, problems[0].message, problems[0].hint.as_deref().unwrap_or_default())
}

#[test]
fn variables_and_anchors_are_refused() {
    let text = "version: 1
sandbox: prod
variables: [HOST]
capping:
  - url: https://${HOST}/a
    methods: &m [GET]
    services: { action: &l { rating: { maxCallsCount: 1, periodInMs: 1000 } } }
  - url: https://b.example.org/
    methods: *m
    services: { action: *l }
  - url: https://c.example.org/
    services: { action: { <<: *l, maxHttpConnections: 1 } }
    methods: [GET]
";
    let services = |calls| json!({"action": {"rating": rating(calls)}});
    assert_eq!(
        refusal(text, 0, &capping("https://other/a", &["GET"], &services(1))),
        "prod.yaml:5:10 AJO_LIMITS_ACCEPT: `url` contains a variable; change the variable, or replace it with a value"
    );
    let shared = "it manually: the change affects every use";
    assert_eq!(
        refusal(text, 0, &capping("https://host/a", &["GET"], &services(2))),
        format!(
            "prod.yaml:7:28 AJO_LIMITS_ACCEPT: `services.action.rating.maxCallsCount` is shared by an anchor or alias; edit {shared}"
        )
    );
    assert_eq!(
        refusal(text, 1, &capping("https://b.example.org/", &["PUT"], &services(1))),
        format!("prod.yaml:9:14 AJO_LIMITS_ACCEPT: `methods` is shared by an anchor or alias; edit {shared}")
    );
    let other = json!({"action": {"maxHttpConnections": 1, "rating": rating(2)}});
    assert_eq!(
        refusal(text, 2, &capping("https://c.example.org/", &["GET"], &other)),
        "prod.yaml:7:55 AJO_LIMITS_ACCEPT: `services.action.rating.maxCallsCount` comes from an anchor; edit it here, which \
         changes every use, or set the field in the limit itself"
    );
    // Values next to them can be edited.
    let other = json!({"action": {"maxHttpConnections": 2, "rating": rating(1)}});
    let edited = update(text, 2, &capping("https://c.example.org/", &["GET"], &other), true).expect("accepted");
    assert_eq!(edited, text.replace("maxHttpConnections: 1", "maxHttpConnections: 2"));
}

#[test]
fn values_of_a_base_are_refused() {
    let base = "version: 1
capping:
  - url: https://a.example.org/
    methods: [GET]
    services: { action: { maxHttpConnections: 5, rating: { maxCallsCount: 1, periodInMs: 1000 } } }
  - url: https://b.example.org/
    methods: [GET]
    services: { action: { rating: { maxCallsCount: 1, periodInMs: 1000 } } }
";
    let over = "version: 1
sandbox: prod
base: base.yaml
capping:
  - url: https://a.example.org/
    services: { action: { rating: { maxCallsCount: 2 } } }
";
    let mut sources = sources(over);
    sources.insert("base.yaml", Ok(base.to_owned()));
    let accept = |url: &str, connections: i64, calls: i64, deployed| {
        let services = json!({"action": {"maxHttpConnections": connections, "rating": rating(calls)}});
        let found = observed(Api::Capping, &capping(url, &["GET"], &services), deployed);
        let change = AcceptedChange::Update { key: found.key(), found };
        accept_changes(&sources, &|_| None, &[change]).map(|mut changed| changed.remove(0).content)
    };
    let edited = accept("https://a.example.org/", 5, 3, false).expect("accepted");
    assert_eq!(edited, over.replace("maxCallsCount: 2", "maxCallsCount: 3") + "    deployed: false\n");
    for (url, connections, at, name) in [
        ("https://a.example.org/", 6, "base.yaml:5:47", "maxHttpConnections"),
        ("https://b.example.org/", 6, "base.yaml:8:25", "maxHttpConnections"),
    ] {
        let problem = accept(url, connections, 2, true).expect_err("refused").remove(0);
        assert_eq!(problem.location.map(|at| at.to_string()).as_deref(), Some(at));
        assert_eq!(problem.message, format!("`services.action.{name}` comes from this base file"));
        assert_eq!(problem.hint.as_deref(), Some("edit it here, or override it in prod.yaml"));
    }
    let changes = [AcceptedChange::Remove(key_of(base.replace("version: 1", "version: 1\nsandbox: prod").as_str(), 0))];
    let problem = accept_changes(&sources, &|_| None, &changes).expect_err("refused").remove(0);
    assert!(problem.hint.is_some_and(|hint| hint.contains("absent: true")));
}

#[test]
fn invalid_values_are_refused() {
    let found = capping("https://a.example.org/*", &["GET"], &json!({"action": {"rating": rating(0)}}));
    let problems = update(FILE, 0, &found, true).expect_err("refused");
    assert_eq!(problems[0].code, "ERR_ENDPOINTCONFIG_107");
    // Comments in the middle of a value are not lost silently.
    let text = FILE.replace("methods: [GET]", "methods: [ # only these\n      GET]");
    let found = capping(
        "https://a.example.org/*",
        &["PUT"],
        &json!({"action": {"maxHttpConnections": 50, "rating": rating(500)}}),
    );
    let edited = update(&text, 0, &found, false).expect("accepted");
    assert_eq!(edited, text.replace("      GET]", "      PUT]"));
}
