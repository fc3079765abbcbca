//! The output of one command is the input of another.

use serde_json::{Value, json};

use super::{capping_file, create, list, mutating_calls, pipe};
use crate::limits::fixture::LimitsFixture;

const THROTTLING: &str = "name: partner\nurlPattern: https://a.example.org/*\nmethods: [POST]\nmaxThroughput: 400\n";

/// The definition of a configuration, without the fields that the service adds.
fn definition(config: &Value) -> Value {
    let names = ["url", "urlPattern", "methods", "services", "maxThroughput", "name", "description"];
    names.into_iter().filter_map(|name| Some((name.to_owned(), config.get(name)?.clone()))).collect()
}

/// A definition with a field that this version does not know; the emulator keeps it.
fn with_unknown_field() -> String {
    capping_file("500") + "extra: {services: {action: {rating: {timeUnit: s}}}}\n"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn get_output_updates_without_change() {
    let fixture = LimitsFixture::start().await;
    for (api, file) in [("capping", with_unknown_field()), ("throttling", THROTTLING.to_owned())] {
        let uid = create(&fixture, api, &file).await;
        let before = list(&fixture, api, "prod").await;
        let got = fixture.run_expecting(&[api, "get", &uid, "--output=json", "--sandbox=prod"], 0).await;
        pipe(&fixture, &[api, "update", &uid, "-", "--sandbox=prod"], got.stdout).await;
        let after = list(&fixture, api, "prod").await;
        assert_eq!(definition(&after[0]), definition(&before[0]));
        if api == "capping" {
            assert_eq!(after[0]["services"]["action"]["rating"]["timeUnit"], "s");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn list_output_creates_all_elsewhere() {
    let fixture = LimitsFixture::start().await;
    create(&fixture, "capping", &with_unknown_field()).await;
    let second = create(&fixture, "capping", &capping_file("7").replace("a.example", "b.example")).await;
    fixture.run_expecting(&["capping", "deploy", &second, "--sandbox=prod", "--yes"], 0).await;
    let output = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await;
    let output = pipe(&fixture, &["capping", "create", "-", "--sandbox=dev"], output.stdout).await;
    assert_eq!(output.stdout.matches("created ").count(), 2, "{}", output.stdout);
    assert!(output.stderr.ends_with("created 2 configurations; none of them is deployed\n"), "{}", output.stderr);
    let sorted = |configs: Vec<Value>| {
        let mut all: Vec<_> = configs.iter().map(definition).collect();
        all.sort_by_key(|it| it["url"].to_string());
        all
    };
    let copies = list(&fixture, "capping", "dev").await;
    assert!(copies.iter().all(|config| config["sandboxName"] == "dev" && config["state"] == "created"), "{copies:?}");
    assert_eq!(sorted(copies), sorted(list(&fixture, "capping", "prod").await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn create_output_is_one_document() {
    let fixture = LimitsFixture::start().await;
    let configs = json!([{"uid": "u-1", "url": "https://a.example.org", "methods": ["GET"], "services":
        {"action": {"rating": {"maxCallsCount": 1, "periodInMs": 1}}}}]);
    let mut several = configs.as_array().expect("a list").clone();
    several.push(configs[0].clone());
    let arguments = ["capping", "create", "-", "--output=json", "--sandbox=dev"];
    let output = pipe(&fixture, &arguments, json!({ "results": several }).to_string()).await;
    let response: Value = serde_json::from_str(&output.stdout).expect("one document");
    assert_eq!(response["results"][1]["resStatus"], "created");
    let output = pipe(&fixture, &arguments, json!({ "results": configs }).to_string()).await;
    let response: Value = serde_json::from_str(&output.stdout).expect("one document");
    assert_eq!(response["resStatus"], "created");
    // The output of `create` is accepted too.
    pipe(&fixture, &arguments, output.stdout).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partial_create_says_how_far_it_got() {
    let fixture = LimitsFixture::start().await;
    fixture.write(
        "two.yaml",
        &["400", "500"].map(|calls| format!("- {}", capping_file(calls).replace('\n', "\n  "))).join("\n"),
    );
    fixture.add_fault("capping.create@every:2=service:4000");
    let output = fixture.run_expecting(&["capping", "create", "two.yaml", "--sandbox=prod"], 4).await;
    assert!(output.stdout.starts_with("created "), "{}", output.stdout);
    assert!(
        output.stderr.contains("error: created 1 of 2 configurations, then: capping create failed"),
        "{}",
        output.stderr
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn differing_live_limit_is_noted() {
    let fixture = LimitsFixture::start().await;
    let uid = create(&fixture, "capping", &capping_file("500")).await;
    fixture.run_expecting(&["capping", "deploy", &uid, "--sandbox=prod", "--yes"], 0).await;
    fixture.write("new.yaml", &capping_file("650"));
    fixture.run_expecting(&["capping", "update", &uid, "new.yaml", "--sandbox=prod", "--yes"], 0).await;
    let output = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await;
    let output = pipe(&fixture, &["capping", "create", "-", "--sandbox=dev"], output.stdout).await;
    let note =
        "note: in standard input, 1 of 1 live limits differ from the saved definition; only the saved one is used";
    assert!(output.stderr.contains(note), "{}", output.stderr);
    let output = fixture.run_expecting(&["capping", "list", "--sandbox=prod"], 0).await;
    assert!(output.stdout.contains("SAVED LIMIT") && output.stdout.contains("LIVE LIMIT"), "{}", output.stdout);
    let limits = "action 650 calls/1000 ms, 50 connections  action 500 calls/1000 ms, 50 connections";
    assert!(output.stdout.contains(limits), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn get_and_list_output_is_simulated() {
    let fixture = LimitsFixture::start().await;
    let uid = create(&fixture, "capping", &capping_file("100")).await;
    let got = fixture.run_expecting(&["capping", "get", &uid, "--output=json", "--sandbox=prod"], 0).await;
    let listed = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await;
    let simulate = ["simulate", "-", "--traffic=200x2", "--output=json"];
    let expected = fixture.run_expecting(&["simulate", "created.yaml", "--traffic=200x2", "--output=json"], 0).await;
    for input in [got.stdout, listed.stdout] {
        assert_eq!(pipe(&fixture, &simulate, input).await.stdout, expected.stdout);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn update_takes_one_definition() {
    let fixture = LimitsFixture::start().await;
    let uid = create(&fixture, "capping", &capping_file("500")).await;
    fixture.write(
        "two.yaml",
        &format!(
            "[{0}, {0}]",
            r#"{"url": "https://a.example.org", "methods": ["GET"], "services":
        {"action": {"rating": {"maxCallsCount": 1, "periodInMs": 1}}}}"#
        ),
    );
    fixture.clear_calls();
    let output = fixture.run_expecting(&["capping", "update", &uid, "two.yaml", "--sandbox=prod", "--yes"], 64).await;
    assert!(output.stderr.contains("the file holds 2 definitions; `update` takes one"), "{}", output.stderr);
    assert_eq!(mutating_calls(&fixture), [""; 0]);
}
