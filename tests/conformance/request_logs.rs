//! The same script of calls produces the same request log in the emulator through every transport: `request_log.json`. A test in
//! `crates/wasm/npm/test` compares the npm package with it.

use ajo_core::{Client, DeleteOptions};
use ajo_emulator::{Emulator, EmulatorState};
use ajo_tests::{capping_definition, emulator_client, throttling_definition, uid};

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

#[tokio::test]
async fn client_produces_the_request_log() {
    let emulator = Emulator::builder().start().await.expect("an emulator");
    let uids = run_with_native_client(&emulator_client(&emulator, &emulator.sandbox())).await;
    let native = request_log(&emulator.state(), &uids);
    assert_eq!(native.len(), 21, "twenty calls and one token request");
    let expected: Vec<LogEntry> = serde_json::from_str(include_str!("request_log.json")).expect("entries");
    assert_eq!(native, expected);
}
