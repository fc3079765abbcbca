mod properties;
mod refusals;

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

#[test]
fn export_comment_of_added_limit_is_removed() {
    let comment = "  # u-1 is not exported: maxCallsCount must be an integer >= 1
  # - url: https://c.example.org/
  #   methods: [GET]
  #   deployed: false
";
    let text = FILE.to_owned() + comment + "  # Ours.\n" + &comment.replace("u-1", "u-2");
    let added = capping("https://c.example.org/", &["GET"], &json!({"action": {"rating": rating(3)}}));
    let changes = [AcceptedChange::Add(observed(Api::Capping, &added, true))];
    let edited = accept_changes(&sources(&text), &|_| None, &changes).expect("accepted").remove(0).content;
    let end = "      action: { rating: { maxCallsCount: 3, periodInMs: 1000 } }\n    deployed: true\n  # Ours.\n";
    assert!(edited.ends_with(&(end.to_owned() + &comment.replace("u-1", "u-2"))), "{edited}");
}

#[test]
fn extra_fields_are_accepted() {
    let extra = |priority: i64| json!({"priority": priority, "tags": ["b", "a"]});
    let limit = json!({"action": {"rating": rating(3)}});
    let mut found = observed(Api::Capping, &capping("https://c.example.org/", &["GET"], &limit), true);
    found.unknown_fields = extra(1).as_object().expect("an object").clone();
    found.live_unknown_fields = Some(found.unknown_fields.clone());
    let text = accept_changes(&sources(FILE), &|_| None, &[AcceptedChange::Add(found.clone())])
        .expect("accepted")
        .remove(0)
        .content;
    assert!(text.contains("    extra: { priority: 1, tags: [b, a] }\n"), "{text}");
    found.unknown_fields = json!({"priority": 2, "tags": ["a", "b"]}).as_object().expect("an object").clone();
    found.live_unknown_fields = Some(found.unknown_fields.clone());
    let change = AcceptedChange::Update { key: found.key(), found };
    let edited = accept_changes(&sources(&text), &|_| None, &[change]).expect("accepted").remove(0).content;
    assert_eq!(edited, text.replace("{ priority: 1, tags: [b, a] }", "{ priority: 2, tags: [a, b] }"));
}

#[test]
fn dollar_in_key_of_json_file_is_kept() {
    let text = r#"{"version": 1, "sandbox": "prod", "capping": [
  {"url": "https://a.example.org/", "methods": ["GET"], "services": {"action": {"rating": {"maxCallsCount": 1, "periodInMs": 1000}}}}
]}"#;
    let limit = json!({"action": {"rating": rating(3)}});
    let mut found = observed(Api::Capping, &capping("https://c.example.org/", &["GET"], &limit), true);
    found.unknown_fields = json!({"${a}": "${b}"}).as_object().expect("an object").clone();
    let edited = accept_changes(&sources(text), &|_| None, &[AcceptedChange::Add(found)]).expect("accepted").remove(0);
    assert!(edited.content.contains(r#"{ "${a}": "$${b}" }"#), "{}", edited.content);
}
