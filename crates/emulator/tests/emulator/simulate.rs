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
    assert_eq!((&report["totals"]["sent"], &report["totals"]["rejected"]), (&json!(2000), &json!(1000)));
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

#[test]
fn request_selects_every_option() {
    let mut state = new_state();
    let body = json!({
        "journeys": [{"name": "welcome", "traffic": "100x2"}, {"name": "order", "traffic": [50, 0]}],
        "arrivals": "poisson",
        "definition": capping(200),
        "service": "action",
        "mode": "cohort",
        "window": "token_bucket",
        "connections": 30,
        "latency": "p50=80,p95=300,p99=900",
        "failures": "first:1",
        "failureStatus": 429,
        "servers": 40,
        "timeoutSeconds": 20,
        "retryDelayMs": 50,
        "otherCalls": "10x2",
        "dataSourceCap": 20,
        "noConnection": "reject",
        "cappedCall": "retried",
        "expect": ["rejected = 0", "p95_latency < 10ms"],
        "seed": 7,
        "rows": 1,
    });
    let (status, report) = simulate(&mut state, &body);
    assert_eq!(status, StatusCode::OK, "{report}");
    let echoed = ["service", "mode", "window", "arrivals", "timeoutSeconds", "retryDelayMs", "seed"];
    assert_eq!(
        echoed.map(|field| report[field].clone()),
        [json!("action"), json!("cohort"), json!("token_bucket"), json!("even"), json!(20), json!(50), json!(7)]
    );
    // Cohort mode has even arrivals.
    let endpoint = json!({
        "latency": "p50=80,p95=300,p99=900", "failures": "first:1", "failureStatus": 429, "capacity": {"servers": 40},
    });
    assert_eq!(report["endpoint"], endpoint);
    assert_eq!(report["connections"]["count"], 30);
    let assumptions = report["assumptions"].to_string();
    assert!(assumptions.contains("no_connection_reject") && assumptions.contains("journeys_share_limits"));
    let expectations = report["expectations"].as_array().expect("expectations");
    assert_eq!((expectations.len(), &expectations[1]["met"]), (2, &json!(false)));
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(1));
}

#[test]
fn invalid_option_is_named() {
    let mut state = new_state();
    let long = json!((0..51).map(|number| json!({"name": number.to_string(), "traffic": "1x1"})).collect::<Vec<_>>());
    for (fields, expected) in [
        (json!({}), "either traffic or journeys is required"),
        (json!({"traffic": "1x1", "journeys": []}), "either traffic or journeys is required"),
        (json!({"journeys": []}), "either traffic or journeys is required"),
        (json!({"journeys": long}), "at most 50 journeys can be simulated"),
        (json!({"traffic": "1x1", "servers": 1, "capacity": 1}), "the endpoint has either a capacity or servers"),
        (json!({"traffic": "1x1", "servers": 0}), "the endpoint needs at least one server"),
        (json!({"traffic": "1x1", "latency": "fast"}), "the latency must be from 0.001 to 600000 ms"),
        (json!({"traffic": "1x1", "latency": -1}), "the latency must be from 0.001 to 600000 ms"),
        (json!({"traffic": "1x1", "failureStatus": 200}), "the status of failures must be from 400 to 599"),
        (json!({"traffic": "1x1", "timeoutSeconds": 31}), "timeoutSeconds must be from 1 to 30"),
        (json!({"traffic": "1x1", "retryDelayMs": 30_001}), "retryDelayMs must be at most 30000"),
        (json!({"traffic": "1x1", "connections": 0}), "connections must be at least 1"),
        (json!({"traffic": "1x1", "service": "dataSource", "dataSourceCap": 0}), "dataSourceCap must be at least 1"),
        (json!({"traffic": "1x1", "expect": ["lost = 0"]}), "the expectation `lost = 0` has an unknown metric"),
        (json!({"traffic": "1x1", "otherCalls": "x"}), "part 1 of the traffic, `x`"),
        (json!({"traffic": "1x1", "latencyMs": 5}), "invalid body: unknown field `latencyMs`"),
    ] {
        let (status, error) = simulate(&mut state, &fields);
        let message = error["message"].as_str().expect("a message");
        assert!(status == StatusCode::BAD_REQUEST && message.starts_with(expected), "{fields}: {message}");
    }
}

/// 90 million calls would take longer than 2 seconds one by one.
#[test]
fn long_simulation_is_refused() {
    let mut state = new_state();
    let (status, error) = simulate(&mut state, &json!({"traffic": "90000x1000", "mode": "exact"}));
    assert_eq!(
        (status, &error["message"]),
        (
            StatusCode::BAD_REQUEST,
            &json!("the simulation takes longer than 2 seconds; use the mode `cohort`, or less traffic")
        )
    );
}

/// A field of the request overrides the quirk.
#[test]
fn quirk_is_the_default() {
    let mut state = new_state();
    let mut body = json!({"traffic": "10x1", "connections": 1, "latency": 500, "timeoutSeconds": 1});
    let mut counts = |body: &Value| {
        state.quirks_mut().set("no_connection", "reject").expect("a variant");
        let totals = &simulate(&mut state, body).1["totals"];
        [totals["rejected"].clone(), totals["timedOut"].clone()]
    };
    assert_eq!(counts(&body), [json!(8), json!(0)]);
    body["noConnection"] = json!("wait");
    assert_eq!(counts(&body), [json!(0), json!(8)]);
}
