//! The same script of calls produces the same request log in the emulator through every transport: `request_log.json`. The tests in
//! `crates/wasm/npm/test/packed/` compare the JS wrapper with it too.

use ajo_auth::Timestamp;
use ajo_core::{Client, DeleteOptions};
use ajo_emulator::{Emulator, EmulatorSettings, EmulatorState};
use ajo_tests::{capping_definition, capping_json, emulator_client, throttling_definition, throttling_json, uid};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::conformance::npm_steps;

/// A logged request without its random parts.
type LogEntry = (String, String, Option<String>, Option<String>, bool, u16, Vec<String>);

fn request_log(emulator: &EmulatorState, uids: &[String]) -> Vec<LogEntry> {
    let without_uids = |path: &str| uids.iter().fold(path.to_owned(), |path, uid| path.replace(uid, "{uid}"));
    let calls = emulator.calls();
    let entry = |call: &&ajo_emulator::LoggedCall| {
        let (operation, sandbox) = (call.operation.clone(), call.sandbox.clone());
        let has_request_id = call.sent_request_id.is_some();
        (
            call.method.clone(),
            without_uids(&call.path),
            operation,
            sandbox,
            has_request_id,
            call.status,
            call.unknown_fields.clone(),
        )
    };
    calls.iter().filter(|call| call.operation.is_some()).map(|call| entry(&&**call)).collect()
}

async fn run_with_native_client(client: &Client) -> Vec<String> {
    macro_rules! script {
        ($api:expr, $definition:expr) => {{
            let (api, definition) = ($api, $definition);
            let id = api.create(&definition).await.expect("created").uid.to_string();
            let uid = uid(&id);
            api.can_deploy(&uid).await.expect("a result");
            api.deploy(&uid).await.expect("deployed");
            api.get(&uid).await.expect("a configuration");
            api.update(&uid, &definition).await.expect("updated");
            api.list().await.expect("a list");
            api.undeploy(&uid).await.expect("undeployed");
            api.deploy(&uid).await.expect("deployed again");
            api.delete(&uid, DeleteOptions { force: true }).await.expect("deleted");
            api.get(&uid).await.expect_err("deleted");
            id
        }};
    }
    vec![script!(client.capping(), capping_definition()), script!(client.throttling(), throttling_definition())]
}

fn run_with_npm_steps(emulator: &mut EmulatorState) -> Vec<String> {
    let environment: std::collections::BTreeMap<_, _> =
        emulator.environment("http://127.0.0.1:4010").into_iter().collect();
    let client = npm_steps::open_client(&json!({
        "clientId": environment["AJO_CLIENT_ID"], "clientSecrets": [environment["AJO_CLIENT_SECRET"]],
        "orgId": environment["AJO_ORG_ID"], "scopes": environment["AJO_SCOPES"], "sandbox": environment["AJO_SANDBOX"],
        "baseUrl": environment["AJO_BASE_URL"], "imsUrl": environment["AJO_IMS_URL"],
    }));
    let mut call = |operation: String, uid: Option<&str>, definition: &Value, force: bool| {
        let input = json!({"operation": operation, "uid": uid, "force": force});
        npm_steps::run_call(client, &input, definition, |send| emulator_response(emulator, send)).1
    };
    let mut script = |api: &str, definition: &Value| {
        let created = call(format!("{api}.create"), None, definition, false).expect("created");
        let id = created["uid"].as_str().expect("a uid").to_owned();
        for verb in ["canDeploy", "deploy", "get", "update", "list", "undeploy", "deploy", "delete", "get"] {
            let definition = if verb == "update" { definition } else { &Value::Null };
            let uid = (verb != "list").then_some(id.as_str());
            let _ = call(format!("{api}.{verb}"), uid, definition, verb == "delete");
        }
        id
    };
    vec![script("capping", &capping_json()), script("throttling", &throttling_json())]
}

fn emulator_response(emulator: &mut EmulatorState, send: &Value) -> (Value, String) {
    let string = |value: &Value| value.as_str().expect("a string").to_owned();
    let mut request = http::Request::builder().method(string(&send["method"]).as_str()).uri(string(&send["url"]));
    for header in send["headers"].as_array().expect("headers") {
        request = request.header(string(&header[0]), string(&header[1]));
    }
    let body = Bytes::from(send["body"].as_str().unwrap_or_default().to_owned());
    let response = emulator.handle(&request.body(body).expect("a request"), Timestamp::from_millis(1_800_000_000_000));
    let body = String::from_utf8(response.body().to_vec()).expect("UTF-8");
    (json!({"status": response.status().as_u16(), "headers": {}}), body)
}

#[tokio::test]
async fn clients_produce_same_request_log() {
    let emulator = Emulator::builder().start().await.expect("an emulator");
    let uids = run_with_native_client(&emulator_client(&emulator, &emulator.sandbox())).await;
    let native = request_log(&emulator.state(), &uids);

    let mut emulator = EmulatorState::new(EmulatorSettings::default());
    let uids = run_with_npm_steps(&mut emulator);
    assert_eq!(native.len(), 21, "twenty calls and one token request");
    assert_eq!(native, request_log(&emulator, &uids));
    let expected: Vec<LogEntry> = serde_json::from_str(include_str!("request_log.json")).expect("entries");
    assert_eq!(native, expected);
}
