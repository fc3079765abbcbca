//! A client with its own emulator.

pub(crate) mod cases;

use ajo_emulator::{EmulatorSettings, EmulatorState, Fault};
use ajo_engine::TOKEN_PATH;
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

pub(crate) const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// An emulator, a token for its first client, and the time.
pub(crate) struct TestClient {
    pub(crate) state: EmulatorState,
    pub(crate) now: Timestamp,
    pub(crate) token: String,
    pub(crate) sandbox: String,
}

impl TestClient {
    pub(crate) fn new() -> Self {
        Self::with_settings(EmulatorSettings::default())
    }

    pub(crate) fn with_settings(settings: EmulatorSettings) -> Self {
        let mut client =
            Self { state: EmulatorState::new(settings), now: START, token: String::new(), sandbox: "prod".to_owned() };
        client.authenticate();
        client
    }

    /// Fetches a token for the first client.
    pub(crate) fn authenticate(&mut self) {
        let (status, body) = self.request_token();
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().expect("a token").clone_into(&mut self.token);
    }

    pub(crate) fn request_token(&mut self) -> (u16, Value) {
        let client = &self.state.settings().clients[0];
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
            client.client_id,
            client.secrets[0].expose(),
            client.scopes
        );
        let request = Request::post(TOKEN_PATH).body(Bytes::from(form)).expect("a request");
        parse_response(&self.state.handle(&request, self.now))
    }

    /// A request with all headers.
    pub(crate) fn request(&self, method: &str, path: &str, body: &Value) -> Request<Bytes> {
        let client = &self.state.settings().clients[0];
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        Request::builder()
            .method(method)
            .uri(format!("/journey/orchestration{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("x-api-key", &client.client_id)
            .header("x-gw-ims-org-id", client.org_id.as_str())
            .header("x-sandbox-name", &self.sandbox)
            .header("content-type", "application/json")
            .body(body)
            .expect("a request")
    }

    pub(crate) fn send(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.state.handle(request, self.now)
    }

    pub(crate) fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(method, path, body);
        parse_response(&self.send(&request))
    }

    /// Sends a request to the control API.
    pub(crate) fn control(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder().method(method).uri(format!("/_emulator{path}")).body(body).expect("a request");
        parse_response(&self.send(&request))
    }

    pub(crate) fn add_fault(&mut self, fault: &str) {
        self.state.add_fault(fault.parse::<Fault>().expect("a fault")).expect("room");
    }

    pub(crate) fn set_quirk(&mut self, quirk: &str, variant: &str) {
        self.state.quirks_mut().set(quirk, variant).expect("a variant");
    }

    /// Creates a capping configuration and returns its uid.
    pub(crate) fn create(&mut self) -> String {
        let (status, body) = self.call("POST", "/endpointConfigs", &capping());
        assert_eq!(status, 200, "{body}");
        body["uid"].as_str().expect("a uid").to_owned()
    }

    /// Creates the throttling configuration and returns its uid.
    pub(crate) fn create_throttling(&mut self) -> String {
        let (status, body) = self.call("POST", "/throttlingConfigs", &throttling());
        assert_eq!(status, 200, "{body}");
        body["uid"].as_str().expect("a uid").to_owned()
    }

    pub(crate) fn capping(&mut self, uid: &str) -> Value {
        let (status, mut body) = self.call("GET", &format!("/endpointConfigs/{uid}"), &Value::Null);
        assert_eq!(status, 200, "{body}");
        body["result"].take()
    }
}

pub(crate) fn parse_response(response: &Response<Bytes>) -> (u16, Value) {
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

pub(crate) fn capping() -> Value {
    json!({
        "url": "https://api.example.org/data/2.5/weather",
        "methods": ["GET"],
        "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
    })
}

pub(crate) fn throttling() -> Value {
    json!({"urlPattern": "https://partner.example.com/*", "methods": ["POST", "PUT"], "maxThroughput": 400})
}
