//! Random definitions with unknown fields stay the same on every way back to the service.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use super::{list, pipe};
use crate::limits::fixture::LimitsFixture;

const DEFINITIONS: usize = 1000;
/// How many of them are sent back one by one, which takes three processes each.
const SINGLE_DEFINITIONS: usize = 15;
/// The fields that the service adds.
const ADDED_FIELDS: [&str; 11] = [
    "uid",
    "_id",
    "state",
    "orgId",
    "tenantId",
    "sandboxName",
    "sandboxId",
    "metadata",
    "hasBeenDeployed",
    "authoringFormatVersion",
    "deployedConfig",
];

/// Text that YAML, variables, or comments could take for something else.
fn any_text() -> impl Strategy<Value = String> {
    let special = [
        "~",
        "null",
        "on",
        "1",
        "0x1",
        "1e3",
        "-",
        "---",
        "<<",
        "",
        "${X}",
        "$${X}",
        "# ajo: allow A - b",
        " a ",
        "a: b",
        "a\nb",
    ];
    prop_oneof![prop::sample::select(special.to_vec()).prop_map(str::to_owned), "[ -~é\\n]{0,9}"]
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
        any_text().prop_map(Value::from),
    ];
    scalar.prop_recursive(2, 6, 3, |inner| {
        let map = prop::collection::btree_map(any_name(), inner.clone(), 0..3);
        prop_oneof![prop::collection::vec(inner, 0..3).prop_map(Value::from), map.prop_map(|map| json!(map))]
    })
}

/// Names that are no fields of a specification.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![3 => "x[a-zA-Z]{1,6}", 1 => any_text().prop_map(|text| format!("x{text}"))]
}

fn with_unknown(fields: Value) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(any_name(), any_value(), 0..3).prop_map(move |unknown| {
        let mut fields = fields.clone();
        fields.as_object_mut().expect("an object").extend(unknown);
        fields
    })
}

fn service_limit() -> impl Strategy<Value = Value> {
    let rating = (1..100_000_i64, 1..100_000_i64)
        .prop_map(|(calls, period)| json!({"maxCallsCount": calls, "periodInMs": period, "timeUnit": "s"}))
        .prop_flat_map(with_unknown);
    (rating, prop::option::of(1..500_i64)).prop_flat_map(|(rating, connections)| {
        let mut limit = json!({ "rating": rating });
        if let Some(connections) = connections {
            limit["maxHttpConnections"] = connections.into();
        }
        with_unknown(limit)
    })
}

fn definition(index: usize) -> impl Strategy<Value = Value> {
    let services = (service_limit(), prop::option::of(service_limit()), any::<bool>());
    // In a file, they are sorted.
    let methods = prop::sample::subsequence(vec!["GET", "PATCH", "POST", "PUT"], 1..4);
    (services, methods, "[a-zA-Z0-9*/.~-]{0,9}").prop_flat_map(move |((first, second, is_action), methods, path)| {
        let names = if is_action { ["action", "dataSource"] } else { ["dataSource", "action"] };
        let limits = names.into_iter().zip([Some(first), second]);
        let services: Map<_, _> = limits.filter_map(|(name, limit)| Some((name.to_owned(), limit?))).collect();
        let url = format!("https://h{index}.example.org/{path}");
        // The emulator adds the priority if there is none.
        with_unknown(json!({"url": url, "methods": methods, "services": services, "priority": index}))
    })
}

/// The definitions of a sandbox by URL.
async fn definitions(fixture: &LimitsFixture, sandbox: &str) -> BTreeMap<String, Value> {
    let configs = list(fixture, "capping", sandbox).await.into_iter();
    by_url(configs.map(|mut config| {
        let fields = config.as_object_mut().expect("an object");
        fields.retain(|name, _| !ADDED_FIELDS.contains(&name.as_str()));
        config
    }))
}

fn by_url(definitions: impl Iterator<Item = Value>) -> BTreeMap<String, Value> {
    definitions.map(|definition| (definition["url"].as_str().expect("a URL").to_owned(), definition)).collect()
}

/// With a service that stores unknown fields.
async fn start() -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.set_quirk("unknown_fields", "returned");
    fixture
}

/// Compares one by one, so that a failure shows only the first difference.
fn assert_same(found: &BTreeMap<String, Value>, expected: &BTreeMap<String, Value>) {
    for (url, definition) in expected {
        assert_eq!(found.get(url), Some(definition));
    }
    assert_eq!(found.len(), expected.len());
}

/// A file without what names the sandbox.
fn content(file: &str) -> Vec<&str> {
    file.lines().filter(|line| !line.starts_with(['#', 's'])).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn round_trips_change_nothing() {
    let fixture = start().await;
    let mut runner = TestRunner::deterministic();
    let mut generate = |index| definition(index).new_tree(&mut runner).expect("a definition").current();
    let expected = by_url((0..DEFINITIONS).map(&mut generate));
    let output: Vec<Value> = expected
        .values()
        .map(|definition| {
            let mut config = definition.clone();
            config["uid"] = "u-1".into();
            config
        })
        .collect();
    pipe(&fixture, &["capping", "create", "-", "--sandbox=prod"], json!({ "results": output }).to_string()).await;
    assert_same(&definitions(&fixture, "prod").await, &expected);

    // The service, a file, another sandbox, and a file again.
    fixture.run_expecting(&["export", "--sandbox=prod", "--out=prod.yaml"], 0).await;
    let file = fixture.read("prod.yaml");
    fixture.write("dev.yaml", &file.replace("\nsandbox: prod\n", "\nsandbox: dev\n"));
    fixture.run_expecting(&["apply", "dev.yaml", "--yes"], 0).await;
    assert_same(&definitions(&fixture, "dev").await, &expected);
    fixture.run_expecting(&["export", "--sandbox=dev", "--out=again.yaml"], 0).await;
    assert!(content(&fixture.read("again.yaml")) == content(&file));

    // `list | create`, in another organization.
    let listed = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.stdout;
    let other = start().await;
    pipe(&other, &["capping", "create", "-", "--sandbox=dev"], listed).await;
    assert_same(&definitions(&other, "dev").await, &expected);

    // `get | update`, and `set` to another value and back.
    for config in list(&fixture, "capping", "prod").await.iter().take(SINGLE_DEFINITIONS) {
        let uid = config["uid"].as_str().expect("a uid");
        let got = fixture.run_expecting(&["capping", "get", uid, "--output=json", "--sandbox=prod"], 0).await.stdout;
        pipe(&fixture, &["capping", "update", uid, "-", "--sandbox=prod", "--yes"], got).await;
        let services = config["services"].as_object().expect("services");
        let (name, limit) = services.iter().next().expect("a service");
        let calls = limit["rating"]["maxCallsCount"].as_i64().expect("a number");
        for calls in [calls + 1, calls] {
            let (service, calls) = (format!("--service={name}"), format!("--max-calls={calls}"));
            let arguments = ["capping", "set", uid, &service, &calls, "--yes", "--sandbox=prod"];
            fixture.run_expecting(&arguments, 0).await;
        }
    }
    assert_same(&definitions(&fixture, "prod").await, &expected);
}
