use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::file::Limits;
use crate::{Definition, Ledger, Options, Standing, plan};

fn capping(url: &str, methods: &[&str], calls: Option<i64>) -> Definition {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let json = json!({"url": url, "methods": methods, "services": {"dataSource": limit}});
    Definition::from_json(Api::Capping, &json).expect("a definition")
}

fn throttling(name: &str) -> Definition {
    let json = json!({
        "name": name,
        "urlPattern": "https://partner.example.com/*",
        "methods": ["POST", "PUT"],
        "maxThroughput": 400,
    });
    Definition::from_json(Api::Throttling, &json).expect("a definition")
}

fn observed(standings: impl IntoIterator<Item = Standing>) -> Observed {
    let found = |(index, standing): (usize, Standing)| Found {
        uid: format!("uid-{index:04}").parse().expect("an identifier"),
        standing,
        last_modified_by: None,
        last_modified_at: None,
        unknown_fields: Map::new(),
    };
    Observed { configs: standings.into_iter().enumerate().map(found).collect() }
}

fn dumped(observed: &Observed) -> String {
    dump(&"prod".parse().expect("a name"), observed)
}

fn read_back(text: &str) -> Limits {
    read(&Sources::new(vec![Source { name: "dump.yaml".to_owned(), text: text.to_owned() }]), &|_| None)
}

#[test]
fn a_dump_reads_like_a_file_that_somebody_wrote() {
    let observed = observed([
        Standing::wanted(throttling("partner-api"), true),
        Standing::wanted(capping("https://b.example/", &["we: ird", "GET"], Some(1)), false),
        Standing::wanted(capping("https://api.example.org/data/2.5/*", &["GET"], Some(500)), true),
    ]);
    assert_eq!(
        dumped(&observed),
        "# The limits of sandbox prod as the service has them, written by `ajo dump`.
# `ajo plan` has nothing to do for this file, save where a comment says otherwise.
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
fn what_cannot_be_written_is_a_comment_with_the_reason() {
    let twice = capping("https://a.example/", &["GET"], Some(1));
    let observed = observed([
        Standing::wanted(twice.clone(), true),
        Standing::wanted(capping("https://draft.example/", &["GET"], None), false),
        Standing::wanted(twice, false),
        Standing::wanted(capping("\n- url: x", &["GET"], Some(1)), true),
        Standing::wanted(throttling("one"), true),
        Standing::wanted(throttling("one\n# two\u{2028}"), false),
    ]);
    let text = dumped(&observed);
    let comments: Vec<_> = text.lines().skip(2).filter(|line| line.trim_start().starts_with('#')).collect();
    assert_eq!(
        comments,
        [
            "  # uid-0003 is not written: the url is malformed: it contains a space or a control character",
            "  # - url: \"\\n- url: x\"",
            "  #   methods: [GET]",
            "  #   services:",
            "  #     dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 1, periodInMs: 1000 } }",
            "  #   deployed: true",
            "  # uid-0002 is not written: it has the same URL and methods as uid-0000, and a file cannot tell the two apart",
            "  # - url: https://a.example/",
            "  #   methods: [GET]",
            "  #   services:",
            "  #     dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 1, periodInMs: 1000 } }",
            "  #   deployed: false",
            "  # uid-0001 is not written: maxCallsCount must be a number of calls, whole and at least 1",
            "  # - url: https://draft.example/",
            "  #   methods: [GET]",
            "  #   services:",
            "  #     dataSource: { maxHttpConnections: 50, rating: { periodInMs: 1000 } }",
            "  #   deployed: false",
            "  # uid-0005 is not written: it has the same URL and methods as uid-0004, and a file cannot tell the two apart",
            "  # name: \"one\\n# two\\u2028\"",
            "  # urlPattern: https://partner.example.com/*",
            "  # methods: [POST, PUT]",
            "  # maxThroughput: 400",
            "  # deployed: false",
        ]
    );
    assert_eq!(read_back(&text).desired.map(|desired| desired.configs.len()), Some(2));
}

#[test]
fn where_something_else_limits_a_comment_says_what() {
    let (saved, other) =
        (capping("https://a.example/", &["GET"], Some(2)), capping("https://a.example/", &["GET"], Some(1)));
    let text = dumped(&observed([
        Standing::of(saved, Some(other)),
        Standing { saved: capping("https://b.example/", &["GET"], Some(1)), in_force: InForce::Unknown },
    ]));
    assert!(text.contains(
        "  # uid-0000 was changed and not deployed again; this is what is saved.
  #   services.dataSource.rating.maxCallsCount: 1 limits, 2 is saved
  - url: https://a.example/
"
    ));
    assert!(text.contains("  # uid-0001 was changed and not deployed again; the service does not say what limits.\n"));
    assert_eq!(read_back(&text).desired.map(|desired| desired.configs.len()), Some(2));
}

#[test]
fn a_sandbox_that_looks_like_a_number_is_text() {
    for name in ["123", "null", "0x1", "1e3", "-", "on"] {
        let world = observed([Standing::wanted(throttling("x"), true)]);
        let limits = read_back(&dump(&name.parse().expect("a name"), &world));
        assert_eq!(limits.sandbox.map(|sandbox| sandbox.to_string()).as_deref(), Some(name));
    }
}

fn text() -> BoxedStrategy<String> {
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
        1 => text(),
        1 => text().prop_map(|path| format!("https://a.example/{path}")),
        1 => Just(format!("https://a.example/{}", "x".repeat(1500))),
    ]
    .boxed()
}

fn methods() -> BoxedStrategy<BTreeSet<String>> {
    let known = proptest::sample::select(vec!["GET", "POST", "PUT", "OPTION"]).prop_map(str::to_owned);
    proptest::collection::btree_set(prop_oneof![6 => known, 1 => text()], 0..3).boxed()
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

fn definition() -> BoxedStrategy<Definition> {
    let services = (proptest::option::of(limit()), proptest::option::of(limit()));
    let capping = (url(), methods(), services).prop_map(|(url, methods, (action, data_source))| {
        let services = json!({"action": action, "dataSource": data_source});
        Definition::from_json(Api::Capping, &json!({"url": url, "methods": methods, "services": services}))
    });
    let texts = (proptest::option::of(text()), proptest::option::of(text()));
    let throttling =
        (url(), methods(), texts, count()).prop_map(|(url_pattern, methods, (name, description), max_throughput)| {
            let mut json = json!({"name": name, "description": description, "methods": methods});
            json["urlPattern"] = url_pattern.into();
            json["maxThroughput"] = max_throughput.into();
            Definition::from_json(Api::Throttling, &json)
        });
    prop_oneof![4 => capping, 1 => throttling].prop_map(|definition| definition.expect("a definition")).boxed()
}

fn standing() -> BoxedStrategy<Standing> {
    let plain = (definition(), any::<bool>()).prop_map(|(saved, deployed)| Standing::wanted(saved, deployed));
    let other = (definition(), definition()).prop_map(|(saved, other)| Standing::of(saved, Some(other)));
    let unknown = definition().prop_map(|saved| Standing { saved, in_force: InForce::Unknown });
    prop_oneof![8 => plain, 1 => other, 1 => unknown].boxed()
}

/// By the service's own rules, which know nothing of files.
fn is_valid(definition: &Definition) -> bool {
    let mut json = serde_json::to_value(definition).expect("texts and numbers");
    json.as_object_mut().expect("fields").remove("api");
    definition.api().validate(&json).iter().all(|finding| finding.severity != Severity::Error)
}

proptest! {
    #[test]
    fn what_is_dumped_is_read_and_plans_to_nothing(standings in proptest::collection::vec(standing(), 1..8)) {
        let observed = observed(standings);
        let text = dumped(&observed);
        let limits = read_back(&text);
        let Some(desired) = limits.desired else {
            let codes: Vec<_> = limits.findings.iter().map(|finding| finding.code.as_str()).collect();
            prop_assert_eq!(codes, ["AJO_LIMITS_EMPTY"], "{}", text);
            return Ok(());
        };
        // What the service has nothing against is written, whatever its texts are.
        prop_assert!(!text.contains("a file cannot say"), "{}", text);
        let keys: Vec<_> = observed.configs.iter().map(Found::key).collect();
        let wanted: BTreeSet<_> = desired.configs.iter().map(crate::Wanted::key).collect();
        let throttlings = keys.iter().filter(|key| key.api == Api::Throttling).count();
        for found in observed.configs.iter().filter(|found| is_valid(&found.standing.saved)) {
            let key = found.key();
            prop_assert!(wanted.contains(&key) || key.api == Api::Throttling && throttlings > 1, "{}", text);
        }
        // Each is wanted as it is, or named in a comment.
        for found in &observed.configs {
            let wanted = desired.configs.iter().any(|wanted| wanted.standing() == found.standing);
            prop_assert!(wanted || text.contains(&format!("# {} ", found.uid)), "{}", text);
        }
        let plain = |found: &Found| matches!(found.standing.in_force, InForce::Nothing | InForce::Saved);
        let plain = observed.configs.iter().filter(|found| {
            plain(found) && keys.iter().filter(|key| **key == found.key()).count() == 1
        });
        let plain: Vec<_> = plain.map(Found::key).collect();
        let plan = plan(&desired, &observed, &Ledger::default(), Options::default());
        prop_assert!(plan.changes.is_empty());
        for refusal in &plan.refusals {
            prop_assert!(refusal.key.as_ref().is_some_and(|key| !plain.contains(key)), "{:?}", refusal);
        }
    }

    #[test]
    fn an_overlay_that_says_nothing_changes_nothing(standings in proptest::collection::vec(standing(), 1..6)) {
        let text = dumped(&observed(standings));
        let over = Source { name: "over.yaml".to_owned(), text: "version: 1\nbase: dump.yaml\n".to_owned() };
        let mut sources = Sources::new(vec![over]);
        sources.provide("dump.yaml", Ok(text.clone()));
        prop_assert_eq!(read(&sources, &|_| None).desired, read_back(&text).desired);
    }
}

#[test]
fn note_stays_on_one_line() {
    let notes = vec!["a\nb: 1\r\u{85}\u{2028}\u{2029}#*/".to_owned()];
    let entry = Entry { remarks: notes, lines: Vec::new(), written: true };
    assert_eq!(entry.lines("", None), [r"# a\nb: 1\r\u{85}\u{2028}\u{2029}#*/"]);
}
