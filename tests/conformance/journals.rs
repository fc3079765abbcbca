//! The same script of calls leaves the same in the emulator's journal, whichever driver makes them: journal.json. The npm package's
//! shell is held to it too, in `crates/wasm/npm/test/packed/`.

use ajo_auth::Timestamp;
use ajo_core::{Client, DeleteOptions};
use ajo_emulator::{Emulator, Settings, World};
use ajo_tests::{capping, capping_json, emulated, throttling, throttling_json, uid};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::conformance::steps;

/// What a journal says of a call, without what is by chance.
type Entry = (String, String, Option<String>, Option<String>, bool, u16, Vec<String>);

fn journal(world: &World, uids: &[String]) -> Vec<Entry> {
    let anonymous = |path: &str| uids.iter().fold(path.to_owned(), |path, uid| path.replace(uid, "{uid}"));
    let calls = world.calls();
    let entry = |call: &&ajo_emulator::Call| {
        let (operation, sandbox) = (call.operation.clone(), call.sandbox.clone());
        let has_id = call.sent_request_id.is_some();
        (call.method.clone(), anonymous(&call.path), operation, sandbox, has_id, call.status, call.unread.clone())
    };
    calls.iter().filter(|call| call.operation.is_some()).map(|call| entry(&&**call)).collect()
}

async fn by_native(client: &Client) -> Vec<String> {
    macro_rules! script {
        ($api:expr, $definition:expr) => {{
            let (api, definition) = ($api, $definition);
            let id = api.create(&definition).await.expect("created").uid.to_string();
            let it = uid(&id);
            api.can_deploy(&it).await.expect("a verdict");
            api.deploy(&it).await.expect("deployed");
            api.get(&it).await.expect("it");
            api.update(&it, &definition).await.expect("updated");
            api.list().await.expect("a list");
            api.undeploy(&it).await.expect("undeployed");
            api.deploy(&it).await.expect("deployed again");
            api.delete(&it, DeleteOptions { force: true }).await.expect("deleted");
            api.get(&it).await.expect_err("gone");
            id
        }};
    }
    vec![script!(client.capping(), capping()), script!(client.throttling(), throttling())]
}

fn by_steps(world: &mut World) -> Vec<String> {
    let environment: std::collections::BTreeMap<_, _> =
        world.environment("http://127.0.0.1:4010").into_iter().collect();
    let client = steps::open(&json!({
        "clientId": environment["AJO_CLIENT_ID"], "clientSecrets": [environment["AJO_CLIENT_SECRET"]],
        "orgId": environment["AJO_ORG_ID"], "scopes": environment["AJO_SCOPES"], "sandbox": environment["AJO_SANDBOX"],
        "baseUrl": environment["AJO_BASE_URL"], "imsUrl": environment["AJO_IMS_URL"],
    }));
    let mut call = |operation: String, uid: Option<&str>, definition: &Value, force: bool| {
        let input = json!({"operation": operation, "uid": uid, "force": force});
        steps::call(client, &input, definition, |send| respond(world, send)).1
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

fn respond(world: &mut World, send: &Value) -> (Value, String) {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut request = http::Request::builder().method(text(&send["method"]).as_str()).uri(text(&send["url"]));
    for header in send["headers"].as_array().expect("headers") {
        request = request.header(text(&header[0]), text(&header[1]));
    }
    let body = Bytes::from(send["body"].as_str().unwrap_or_default().to_owned());
    let response = world.handle(&request.body(body).expect("a request"), Timestamp::from_millis(1_800_000_000_000));
    let body = String::from_utf8(response.body().to_vec()).expect("text");
    (json!({"status": response.status().as_u16(), "headers": {}}), body)
}

#[tokio::test]
async fn the_emulator_sees_the_same_calls_of_both_drivers() {
    let emulator = Emulator::builder().start().await.expect("an emulator");
    let uids = by_native(&emulated(&emulator, &emulator.sandbox())).await;
    let native = journal(&emulator.world(), &uids);

    let mut world = World::new(Settings::default());
    let uids = by_steps(&mut world);
    assert_eq!(native.len(), 21, "twenty calls and one for a token");
    assert_eq!(native, journal(&world, &uids));
    let expected: Vec<Entry> = serde_json::from_str(include_str!("journal.json")).expect("entries");
    assert_eq!(native, expected);
}
