//! `POST /_emulator/simulate`: traffic through deployed configurations.

use ajo_emulator::{AuthMode, EmulatorSettings, EmulatorState};
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

fn new_state() -> EmulatorState {
    EmulatorState::new(EmulatorSettings { auth: AuthMode::Off, ..EmulatorSettings::default() })
}

fn send(state: &mut EmulatorState, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let body = Bytes::from(body.to_string());
    let request = Request::builder().method(method).uri(path).header("x-sandbox-name", "prod").body(body);
    let response = state.handle(&request.expect("a request"), Timestamp::from_millis(0));
    (response.status(), serde_json::from_slice(response.body()).unwrap_or(Value::Null))
}

fn service(state: &mut EmulatorState, method: &str, path: &str, body: &Value) -> Value {
    let (status, response) = send(state, method, &format!("/journey/orchestration/{path}"), body);
    assert!(status.is_success(), "{status} {response}");
    response
}

fn simulate(state: &mut EmulatorState, body: &Value) -> (StatusCode, Value) {
    send(state, "POST", "/_emulator/simulate", body)
}

fn capping(calls: u64) -> Value {
    json!({
        "url": "https://api.example.org/*",
        "methods": ["GET"],
        "services": {"action": {"rating": {"maxCallsCount": calls, "periodInMs": 1000}}},
    })
}

#[test]
fn simulate_uses_deployed_definition() {
    let mut state = new_state();
    let uid = service(&mut state, "POST", "endpointConfigs", &capping(200))["uid"].clone();
    let path = format!("endpointConfigs/{}", uid.as_str().expect("a uid"));
    let (status, error) = simulate(&mut state, &json!({"traffic": "300x10", "uid": uid}));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        error["message"],
        format!("the configuration {} is not deployed, so it has no effect", uid.as_str().expect("a uid"))
    );

    service(&mut state, "POST", &format!("{path}/deploy"), &json!({}));
    service(&mut state, "PUT", &path, &capping(100));
    let (status, report) = simulate(&mut state, &json!({"traffic": "300x10", "uid": uid}));
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&report["totals"]["allowed"], &report["totals"]["rejected"]), (&json!(2000), &json!(1000)));
    assert_eq!(report["version"], 1);
}

#[test]
fn throttling_and_capping_combine() {
    let mut state = new_state();
    let throttling = json!({"urlPattern": "https://api.example.org/*", "methods": ["GET"], "maxThroughput": 300});
    let uid = service(&mut state, "POST", "throttlingConfigs", &throttling)["uid"].clone();
    let path = format!("throttlingConfigs/{}", uid.as_str().expect("a uid"));
    service(&mut state, "POST", &format!("{path}/deploy"), &json!({}));
    let (_, report) = simulate(
        &mut state,
        &json!({"traffic": "400x10", "uid": uid, "definition": capping(250), "window": "sliding", "rows": 5}),
    );
    let names: Vec<&Value> = report["limits"].as_array().expect("limits").iter().map(|limit| &limit["name"]).collect();
    assert_eq!(names, ["throttling", "capping"]);
    assert_eq!((&report["window"], &report["intervalSeconds"]), (&json!("sliding"), &json!(5)));
}

#[test]
fn unknown_uid_or_bad_traffic_is_rejected() {
    let mut state = new_state();
    let (status, error) = simulate(&mut state, &json!({"traffic": "1x1", "uid": "nobody"}));
    assert_eq!((status, &error["message"]), (StatusCode::NOT_FOUND, &json!("no configuration has the uid nobody")));
    let (status, error) = simulate(&mut state, &json!({"traffic": "1"}));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(error["message"].as_str().expect("a message").starts_with("part 1 of the traffic, `1`"));
    let (status, report) = simulate(&mut state, &json!({"traffic": "1x1"}));
    assert_eq!((status, &report["limits"][0]["name"]), (StatusCode::OK, &json!("default_cap")));
}
