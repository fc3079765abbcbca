//! Snapshots: taken, restored and rejected.

use std::time::{Duration, Instant};

use ajo_emulator::{EmulatorSettings, EmulatorState, InProcessService};
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use tower_service::Service as _;

use crate::support::TestClient;

const NONE: Value = Value::Null;

#[test]
fn restore_is_all_or_nothing() {
    let mut client = TestClient::new();
    let uid = client.create();
    client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &NONE);
    let mut edited = crate::support::capping();
    edited["methods"] = json!(["POST"]);
    client.call("PUT", &format!("/endpointConfigs/{uid}"), &edited);
    client.create_throttling();
    let before = client.capping(&uid);
    let (_, snapshot) = client.control("GET", "/state", &NONE);

    let mut other = TestClient::new();
    assert_eq!(other.control("PUT", "/state", &snapshot).0, 200);
    assert_eq!(other.capping(&uid), before);
    assert_eq!(other.control("GET", "/state", &NONE).1, snapshot);

    for wrong in [
        json!({}),
        json!({"version": 2, "organizations": {}}),
        json!({"version": 1}),
        json!({"version": 1, "organizations": {"nobody": {"sandboxes": [], "throttling": null}}}),
        json!({"version": 1, "organizations": {}, "more": 1}),
        json!([]),
    ] {
        let (status, body) = other.control("PUT", "/state", &wrong);
        assert!(
            status == 400 && body["message"].as_str().expect("a message").starts_with("not a valid emulator snapshot"),
            "{body}"
        );
    }
    assert_eq!(other.control("GET", "/state", &NONE).1, snapshot, "a rejected snapshot changes nothing");
}

/// A new emulator that restored the state of another one.
fn restored_copy(client: &mut TestClient) -> TestClient {
    let (_, state) = client.control("GET", "/state", &Value::Null);
    let mut next = TestClient::new();
    assert_eq!(next.control("PUT", "/state", &state).0, 200);
    next
}

#[test]
fn ids_are_unique_after_restore() {
    let mut first = TestClient::new();
    let mut created = vec![first.create()];
    let mut second = restored_copy(&mut first);
    created.push(second.create());
    let mut third = restored_copy(&mut second);
    created.push(third.create());
    let (_, list) = third.call("POST", "/list/endpointConfigs", &json!({}));
    let listed: Vec<_> = list["results"].as_array().expect("a list").iter().map(|config| &config["uid"]).collect();
    assert_eq!(listed, created.iter().collect::<Vec<_>>());
}

#[test]
fn inconsistent_snapshot_is_rejected() {
    let mut client = TestClient::new();
    let uid = client.create();
    assert_eq!(client.call("POST", &format!("/endpointConfigs/{uid}/deploy"), &Value::Null).0, 204);
    let (_, state) = client.control("GET", "/state", &Value::Null);
    let org_id = client.state.settings().clients[0].org_id.to_string();
    let mut twice = state.clone();
    let sandboxes = twice["organizations"][&org_id]["sandboxes"].as_array_mut().expect("sandboxes");
    let prod = sandboxes[0].clone();
    sandboxes.push(prod);
    let mut nothing_deployed = state.clone();
    nothing_deployed["organizations"][&org_id]["sandboxes"][0]["capping"][&uid]["deployed"] = Value::Null;
    for (wrong, expected) in
        [(twice, "two sandboxes with the same name"), (nothing_deployed, "has no deployed definition")]
    {
        let (status, body) = client.control("PUT", "/state", &wrong);
        assert_eq!(status, 400, "{body}");
        assert!(body["message"].as_str().expect("a message").contains(expected), "{body}");
    }
    assert_eq!(client.capping(&uid)["state"], "deployed", "a rejected snapshot changes nothing");
}

#[test]
fn sandboxes_survive_restore_and_reset() {
    let mut client = TestClient::new();
    let (_, mut state) = client.control("GET", "/state", &Value::Null);
    let org_id = client.state.settings().clients[0].org_id.to_string();
    state["organizations"][&org_id]["sandboxes"] = json!([]);
    assert_eq!(client.control("PUT", "/state", &state).0, 200);
    client.create();
    assert_eq!(client.control("POST", "/reset", &Value::Null).0, 200);
    client.authenticate();
    client.create();
}

#[test]
fn snapshot_may_exceed_body_limit() {
    let mut client = TestClient::new();
    let mut long = crate::support::capping();
    long["methods"] = json!(vec!["X".repeat(10_000); 90]);
    for _ in 0..2 {
        assert_eq!(client.call("POST", "/endpointConfigs", &long).0, 200);
    }
    let (_, state) = client.control("GET", "/state", &Value::Null);
    assert!(state.to_string().len() > client.state.settings().limits.body_bytes);
    assert_eq!(client.control("PUT", "/state", &state).0, 200);
}

/// Other requests need the state, so they must not wait until a long snapshot is parsed.
#[test]
fn snapshot_is_parsed_without_lock() {
    let service = InProcessService::new(EmulatorState::new(EmulatorSettings::default()), || Timestamp::from_millis(0));
    let body = format!(r#"{{"version": 1, "organizations": {{}} {} ]"#, " ".repeat(32 * 1024 * 1024));
    let request = Request::put("/_emulator/state").body(Bytes::from(body)).expect("a request");
    let mut sender = service.clone();
    let restoring = std::thread::spawn(move || {
        let start = Instant::now();
        let response = sender.call(request).into_inner().expect("a response");
        assert_eq!(response.status(), 400);
        start.elapsed()
    });
    let mut longest = Duration::ZERO;
    while !restoring.is_finished() {
        let start = Instant::now();
        drop(service.state());
        longest = longest.max(start.elapsed());
        std::thread::yield_now();
    }
    let total = restoring.join().expect("no panic");
    assert!(longest < total / 2, "waited {longest:?} of {total:?}");
}
