//! Changes that the files cannot take.

use super::*;

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
