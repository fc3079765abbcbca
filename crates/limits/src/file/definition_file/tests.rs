use proptest::prelude::*;
use serde_json::json;

use super::*;

fn parse(api: Api, text: &str) -> ParsedDefinitions {
    parse_definitions(Some(api), &SourceFile { name: "limit.yaml".to_owned(), content: text.to_owned() })
}

/// The errors as `line:column: message`.
fn errors(text: &str) -> Vec<String> {
    let errors = parse(Api::Capping, text).diagnostics.into_iter().filter(|it| it.severity == Severity::Error);
    let describe = |error: FileDiagnostic| {
        let location = error.location.expect("a location");
        format!("{}:{}: {}", location.line, location.column, error.message)
    };
    errors.map(describe).collect()
}

fn capping(calls: &str) -> String {
    format!(
        "url: https://a.example/*\nmethods: [GET]\nservices: {{action: {{rating: {{maxCallsCount: {calls}, periodInMs: 1000}}}}}}\n"
    )
}

#[test]
fn json_and_yaml_are_equivalent() {
    let yaml = parse(Api::Throttling, "urlPattern: https://a.example/*\nmethods: [POST]\nmaxThroughput: 400\n");
    let json = "{\n\t\"urlPattern\": \"https://a.example/*\", \"methods\": [\"POST\"], \"maxThroughput\": 400}";
    let json = parse(Api::Throttling, json);
    assert_eq!(yaml.definitions[0].json, json.definitions[0].json);
    assert!(!yaml.has_errors() && !json.has_errors());
}

#[test]
fn errors_have_positions() {
    let text = capping("1");
    for (text, expected) in [
        (String::new(), "1:1: the file is empty; it must hold a definition"),
        (text.replace("services", "servces"), "3:1: unknown key `servces`"),
        (text.replace("[GET]", "GET"), "2:10: methods must be a list of strings"),
        ("url: a\nurl: b\n".to_owned(), "2:1: duplicate key `url`; first used at limit.yaml:1:1"),
        (capping("\"500\""), "3:45: maxCallsCount must be an integer >= 1"),
        (capping("-5"), "3:45: maxCallsCount must be an integer >= 1"),
        (text.replace("https://a.example/*", "!vault https://a.example/*"), "1:13: unsupported tag `!vault`"),
        (format!("{text}deployed: true\n"), "4:1: `deployed` belongs in a limits file, not in a definition"),
        (format!("{text}extra: {{url: b}}\n"), "4:9: `url` is a known field and does not belong under `extra`"),
        (
            format!("version: 1\ncapping:\n  - {}", text.replace('\n', "\n    ")),
            "1:1: this is a limits file, not a definition",
        ),
        ("version: 1\ndeniedHosts: []\n".to_owned(), "1:1: this is a policy, not a definition"),
        (r#"{"version": 1, "configs": []}"#.to_owned(), "1:1: this is a state file, not a definition"),
        (
            r#"{"command": "plan", "outcome": "clean", "sandbox": "prod", "results": []}"#.to_owned(),
            "1:1: this is a plan or a report of `ajo`, not a definition",
        ),
        (
            "urlPattern: u\nmaxThroughput: 400\n".to_owned(),
            "1:1: this is a throttling definition, not a capping definition",
        ),
        (r#"{"results": [], "url": "u"}"#.to_owned(), "1:13: the list is empty; it must hold a configuration"),
        (r#"{"results": []}"#.to_owned(), "1:13: the list is empty; it must hold a configuration"),
        ("- url: a\n- 7\n".to_owned(), "2:3: a definition must be a mapping, not a number"),
        (text.replace("services", "\u{a0}services"), "3:1: U+00A0 (no-break space) in a key"),
        (
            "{\"url\": \"u\"}\n{\"url\": \"u\"}\n".to_owned(),
            "2:1: expected a single document, but more text follows it",
        ),
    ] {
        let found = errors(&text);
        assert!(found.iter().any(|error| error.starts_with(expected)), "{found:?}: {text}");
    }
}

#[test]
fn hint_names_no_key_of_limits_files() {
    for (key, expected) in [
        (
            "priority",
            "known keys: url, methods, services, extra; a field that only the service knows goes under `extra`",
        ),
        ("deploy", "known keys: url, methods, services, extra; a field that only the service knows goes under `extra`"),
        ("service", "did you mean `services`?"),
    ] {
        let parsed = parse(Api::Capping, &format!("{}{key}: true\n", capping("1")));
        let unknown = parsed.diagnostics.iter().find(|found| found.code == "AJO_LIMITS_UNKNOWN_KEY").expect(key);
        assert_eq!(unknown.hint.as_deref(), Some(expected), "{key}");
    }
}

#[test]
fn structure_errors_leave_no_definition() {
    assert_eq!(parse(Api::Capping, &capping("-5")).definitions.len(), 1, "a rule of the service");
    for text in [capping("1").replace("services", "servces"), capping("!x 1"), String::new()] {
        assert_eq!(parse(Api::Capping, &text).definitions, [], "{text}");
    }
}

#[test]
fn other_files_are_not_shown() {
    for text in [
        "AJO_CLIENT_SECRET=SEC\n",
        "client_secret: SEC\n",
        "url: a\nclient_secret: SEC\n",
        "{\"CLIENT_ID\": \"SEC\"}",
        "[default]\nkey = SEC\n",
        "SEC",
    ] {
        let parsed = parse(Api::Capping, text);
        assert!(!parsed.is_displayable && parsed.definitions.is_empty(), "{text}");
        let [error] = &parsed.diagnostics[..] else { panic!("{text}: {:?}", parsed.diagnostics) };
        assert_eq!(error.message, "the file holds no definition; its content is not shown");
    }
}

#[test]
fn similar_unknown_field_is_suggested() {
    let text = r#"{"result": {"uid": "u", "state": "created", "url": "https://a.example/*", "methods": ["GET"], "priority": 3,
        "services": {"action": {"maxHttpConnection": 5, "rating": {"maxCallsCount": 1, "periodInMs": 1000}}}}}"#;
    let parsed = parse(Api::Capping, text);
    assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
    let unknown = parsed.diagnostics.iter().filter(|it| it.code == "AJO_LIMITS_UNKNOWN_FIELD");
    let unknown: Vec<_> = unknown.map(|it| (it.message.as_str(), it.hint.as_deref())).collect();
    assert_eq!(
        unknown,
        [
            ("unknown field `priority` is sent as it is", None),
            ("unknown field `maxHttpConnection` is sent as it is", Some("did you mean `maxHttpConnections`?")),
        ]
    );
}

#[test]
fn live_limit_of_output_is_known() {
    let limit = |calls: i64| json!({"action": {"rating": {"maxCallsCount": calls, "periodInMs": 1000}}});
    let config = |live: i64| {
        json!({
            "uid": "u", "state": "updated", "hasBeenDeployed": true, "url": "https://a.example/*", "methods": ["GET"],
            "services": limit(1), "deployedConfig": {"url": "https://a.example/*", "methods": ["GET"], "services": limit(live)},
        })
    };
    let text = json!({"results": [config(1), config(2)]}).to_string();
    let live: Vec<_> = parse(Api::Capping, &text).definitions.into_iter().map(|it| it.live.expect("output")).collect();
    assert!(matches!(live[..], [LiveState::SameAsSaved, LiveState::Differs(_)]), "{live:?}");
    assert_eq!(parse(Api::Capping, &capping("1")).definitions[0].live, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every envelope, as JSON and as YAML.
    #[test]
    fn output_is_a_definition(
        calls in 1..i64::MAX,
        period in 1..i64::MAX,
        host in "[a-z]{1,9}",
        unknown in prop::collection::btree_map("x[a-z]{1,4}", any::<i32>(), 0..3),
        count in 1..4_usize,
        envelope in 0..5_usize,
        is_yaml in any::<bool>(),
    ) {
        let mut rating = json!({"maxCallsCount": calls, "periodInMs": period});
        rating.as_object_mut().expect("an object").extend(unknown.iter().map(|(name, value)| (name.clone(), (*value).into())));
        let config = json!({
            "uid": "u-1", "_id": "u-1", "state": "created", "orgId": "A1@AdobeOrg", "metadata": {"createdBy": "me"},
            "url": format!("https://{host}.example/*"), "methods": ["GET"], "services": {"action": {"rating": rating}},
        });
        let many = vec![config.clone(); count];
        let (output, count) = match envelope {
            0 => (json!({"result": config}), 1),
            1 => (json!({"results": many}), count),
            2 => (json!({"uid": "u-1", "resStatus": "updated", "updatedElement": config}), 1),
            3 => (json!(many), count),
            _ => (config.clone(), 1),
        };
        let text = if is_yaml { serde_saphyr::to_string(&output).expect("YAML") } else { output.to_string() };
        let parsed = parse(Api::Capping, &text);
        prop_assert!(!parsed.has_errors(), "{:?}: {}", parsed.diagnostics, text);
        let mut expected = json!({
            "url": config["url"], "methods": ["GET"],
            "services": {"action": {"rating": {"maxCallsCount": calls, "periodInMs": period}}},
        });
        if !unknown.is_empty() {
            expected["extra"] = json!({"services": {"action": {"rating": unknown}}});
        }
        let found: Vec<_> = parsed.definitions.iter().map(|it| Value::from(it.json.clone())).collect();
        prop_assert_eq!(found, vec![expected; count]);
    }
}
