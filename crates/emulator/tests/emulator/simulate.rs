//! `POST /_emulator/simulate`: traffic through what is deployed.

use ajo_emulator::{AuthMode, Settings, World};
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

fn world() -> World {
    World::new(Settings { auth: AuthMode::Off, ..Settings::default() })
}

fn send(world: &mut World, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let body = Bytes::from(body.to_string());
    let request = Request::builder().method(method).uri(path).header("x-sandbox-name", "prod").body(body);
    let answer = world.handle(&request.expect("a request"), Timestamp::from_millis(0));
    (answer.status(), serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
}

fn service(world: &mut World, method: &str, path: &str, body: &Value) -> Value {
    let (status, answer) = send(world, method, &format!("/journey/orchestration/{path}"), body);
    assert!(status.is_success(), "{status} {answer}");
    answer
}

fn simulate(world: &mut World, body: &Value) -> (StatusCode, Value) {
    send(world, "POST", "/_emulator/simulate", body)
}

fn capping(calls: u64) -> Value {
    json!({
        "url": "https://api.example.org/*",
        "methods": ["GET"],
        "services": {"action": {"rating": {"maxCallsCount": calls, "periodInMs": 1000}}},
    })
}

#[test]
fn what_is_deployed_limits_and_what_is_only_saved_does_not() {
    let mut world = world();
    let uid = service(&mut world, "POST", "endpointConfigs", &capping(200))["uid"].clone();
    let path = format!("endpointConfigs/{}", uid.as_str().expect("a uid"));
    let (status, refused) = simulate(&mut world, &json!({"traffic": "300x10", "uid": uid}));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refused["message"], format!("{} is not deployed, so it limits nothing", uid.as_str().expect("a uid")));

    service(&mut world, "POST", &format!("{path}/deploy"), &json!({}));
    service(&mut world, "PUT", &path, &capping(100));
    let (status, report) = simulate(&mut world, &json!({"traffic": "300x10", "uid": uid}));
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&report["totals"]["allowed"], &report["totals"]["rejected"]), (&json!(2000), &json!(1000)));
    assert_eq!(report["version"], 1);
}

#[test]
fn throttling_and_a_definition_of_capping_can_be_played_together() {
    let mut world = world();
    let throttling = json!({"urlPattern": "https://api.example.org/*", "methods": ["GET"], "maxThroughput": 300});
    let uid = service(&mut world, "POST", "throttlingConfigs", &throttling)["uid"].clone();
    let path = format!("throttlingConfigs/{}", uid.as_str().expect("a uid"));
    service(&mut world, "POST", &format!("{path}/deploy"), &json!({}));
    let (_, report) = simulate(
        &mut world,
        &json!({"traffic": "400x10", "uid": uid, "definition": capping(250), "window": "sliding", "rows": 5}),
    );
    let names: Vec<&Value> = report["limits"].as_array().expect("limits").iter().map(|limit| &limit["name"]).collect();
    assert_eq!(names, ["throttling", "capping"]);
    assert_eq!((&report["window"], &report["intervalSeconds"]), (&json!("sliding"), &json!(5)));
}

#[test]
fn a_uid_that_nobody_has_and_traffic_that_cannot_be_read_are_refused() {
    let mut world = world();
    let (status, refused) = simulate(&mut world, &json!({"traffic": "1x1", "uid": "nobody"}));
    assert_eq!((status, &refused["message"]), (StatusCode::NOT_FOUND, &json!("no configuration has the uid nobody")));
    let (status, refused) = simulate(&mut world, &json!({"traffic": "1"}));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["message"].as_str().expect("a message").starts_with("part 1 of the traffic, `1`"));
    let (status, report) = simulate(&mut world, &json!({"traffic": "1x1"}));
    assert_eq!((status, &report["limits"][0]["name"]), (StatusCode::OK, &json!("default_cap")));
}
