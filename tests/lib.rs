//! What the suites share: clients, definitions, and one way to call any of the sixteen operations.
//!
//! The suites are the modules of `suites.rs`, one folder for each subject; `secrets` and `hostile` are targets of their own.

#![expect(clippy::missing_panics_doc, reason = "a test helper panics to fail the test")]

#[path = "properties/properties.rs"]
pub mod properties;

use ajo_core::{
    Api, CappingDefinition, Client, Credentials, DeleteOptions, Error, Operation, Secret, ThrottlingDefinition, Uid,
    Verb,
};
use ajo_emulator::Emulator;
use httpmock::MockServer;
use serde_json::{Value, json};

/// What `World::handle` takes.
pub type HttpRequest = http::Request<bytes::Bytes>;

/// The bounded count of a slow suite, or with `AJO_TEST_FULL=1` the full one.
pub fn sample(bounded: usize, full: usize) -> usize {
    if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { full } else { bounded }
}

/// The organization that the clients of [`client_of`] belong to.
pub const ORG_ID: &str = "A1B2C3@AdobeOrg";

/// A client with a ready-made token, for a fake service at this root.
pub fn client_of(root: &str) -> Client {
    Client::builder()
        .access_token(Secret::new("token-canary"), "client-1", ORG_ID)
        .sandbox("prod")
        .base_url(&format!("{root}/journey/orchestration"))
        .build()
        .expect("a client")
}

/// A server that answers whatever it is asked with this status and body.
pub async fn answering(status: u16, body: &str) -> MockServer {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(status).body(body);
        })
        .await;
    server
}

/// A client with the emulator's own credentials, for one of its sandboxes.
pub fn emulated(emulator: &Emulator, sandbox: &str) -> Client {
    with_credentials(emulator, sandbox, emulator.credentials())
}

/// A client of the emulator with any credentials.
pub fn with_credentials(emulator: &Emulator, sandbox: &str, credentials: Credentials) -> Client {
    Client::builder()
        .credentials(credentials)
        .sandbox(sandbox)
        .base_url(&emulator.base_url())
        .ims_url(&emulator.ims_url())
        .build()
        .expect("a client")
}

/// The vendor's documented sample of a capping definition.
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
pub fn capping() -> CappingDefinition {
    serde_json::from_value(capping_json()).expect("a definition")
}

/// [`throttling_json`] as its type.
pub fn throttling() -> ThrottlingDefinition {
    serde_json::from_value(throttling_json()).expect("a definition")
}

/// An identifier.
pub fn uid(text: &str) -> Uid {
    text.parse().expect("an identifier")
}

/// Calls any operation, with a well-formed definition where it takes one; keeps only the error.
pub async fn call(client: &Client, operation: &Operation, uid: &Uid) -> Result<(), Error> {
    macro_rules! of {
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
                other => panic!("the tests know no call of {other}"),
            }
        }};
    }
    match operation.api {
        Api::Capping => of!(client.capping(), capping()),
        Api::Throttling => of!(client.throttling(), throttling()),
    }
}
