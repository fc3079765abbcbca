//! Shared helpers of the suites: clients, definitions, and a function that calls any of the sixteen operations.
//!
//! Each suite is a folder and a module of `suites.rs`. `secrets` and `hostile` are separate test targets.

#![expect(clippy::missing_panics_doc, reason = "a test helper panics to fail the test")]

#[path = "properties/properties.rs"]
pub mod properties;

use ajo_core::{
    Api, CallError, CappingDefinition, Client, Credentials, DeleteOptions, Operation, Secret, ThrottlingDefinition,
    Uid, Verb,
};
use ajo_emulator::Emulator;
use httpmock::MockServer;
use serde_json::{Value, json};

/// The request type of `EmulatorState::handle`.
pub type HttpRequest = http::Request<bytes::Bytes>;

/// The number of samples in a slow suite: `bounded`, or `full` with `AJO_TEST_FULL=1`.
pub fn sample_count(bounded: usize, full: usize) -> usize {
    if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { full } else { bounded }
}

/// The organization of the clients from [`client_for`].
pub const ORG_ID: &str = "A1B2C3@AdobeOrg";

/// A client with a static token, for a mock service at this root URL.
pub fn client_for(root: &str) -> Client {
    Client::builder()
        .access_token(Secret::new("token-canary"), "client-1", ORG_ID)
        .sandbox("prod")
        .base_url(&format!("{root}/journey/orchestration"))
        .build()
        .expect("a client")
}

/// A server that responds to any request with this status and body.
pub async fn mock_server_with(status: u16, body: &str) -> MockServer {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(status).body(body);
        })
        .await;
    server
}

/// A client of the emulator with its default credentials.
pub fn emulator_client(emulator: &Emulator, sandbox: &str) -> Client {
    emulator_client_with(emulator, sandbox, emulator.credentials())
}

/// A client of the emulator with these credentials.
pub fn emulator_client_with(emulator: &Emulator, sandbox: &str, credentials: Credentials) -> Client {
    let builder = Client::builder().emulator(&emulator.ims_url());
    builder.credentials(credentials).sandbox(sandbox).build().expect("a client")
}

/// The vendor's documented sample capping definition.
pub fn capping_json() -> Value {
    json!({
        "url": "https://api.example.org/data/2.5/weather",
        "methods": ["GET"],
        "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
    })
}

/// A throttling definition.
pub fn throttling_json() -> Value {
    json!({"name": "partner-api", "urlPattern": "https://partner.example.com/*", "methods": ["POST", "PUT"], "maxThroughput": 400})
}

/// [`capping_json`] as its type.
pub fn capping_definition() -> CappingDefinition {
    serde_json::from_value(capping_json()).expect("a definition")
}

/// [`throttling_json`] as its type.
pub fn throttling_definition() -> ThrottlingDefinition {
    serde_json::from_value(throttling_json()).expect("a definition")
}

/// Parses a uid.
pub fn uid(text: &str) -> Uid {
    text.parse().expect("an identifier")
}

/// Calls any operation, with a valid definition if it needs one.
pub async fn run_operation(client: &Client, operation: &Operation, uid: &Uid) -> Result<(), CallError> {
    macro_rules! call_verb {
        ($api:expr, $definition:expr) => {{
            let api = $api;
            match operation.verb {
                Verb::List => api.list().await.map(drop),
                Verb::Create => api.create(&$definition).await.map(drop),
                Verb::Get => api.get(uid).await.map(drop),
                Verb::Update => api.update(uid, &$definition).await.map(drop),
                Verb::Delete => api.delete(uid, DeleteOptions::default()).await,
                Verb::CanDeploy => api.can_deploy(uid).await.map(drop),
                Verb::Deploy => api.deploy(uid).await,
                Verb::Undeploy => api.undeploy(uid).await,
                other => panic!("run_operation does not support {other}"),
            }
        }};
    }
    match operation.api {
        Api::Capping => call_verb!(client.capping(), capping_definition()),
        Api::Throttling => call_verb!(client.throttling(), throttling_definition()),
    }
}

/// Compiles and runs the programs of the page for Rust developers.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct RustPage;
