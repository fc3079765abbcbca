//! A caller of a world: everything a call needs, and what comes back.

pub(crate) mod cases;

use ajo_emulator::{Fault, Settings, World};
use ajo_engine::TOKEN_PATH;
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

pub(crate) const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A world, a token for its first caller, and the time.
pub(crate) struct Caller {
    pub(crate) world: World,
    pub(crate) now: Timestamp,
    pub(crate) token: String,
    pub(crate) sandbox: String,
}

impl Caller {
    pub(crate) fn new() -> Self {
        Self::of(Settings::default())
    }

    pub(crate) fn of(settings: Settings) -> Self {
        let mut caller =
            Self { world: World::new(settings), now: START, token: String::new(), sandbox: "prod".to_owned() };
        caller.log_in();
        caller
    }

    /// Fetches a token as the first caller.
    pub(crate) fn log_in(&mut self) {
        let (status, body) = self.ask_for_token();
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().expect("a token").clone_into(&mut self.token);
    }

    pub(crate) fn ask_for_token(&mut self) -> (u16, Value) {
        let caller = &self.world.settings().callers[0];
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
            caller.client_id,
            caller.secrets[0].expose(),
            caller.scopes
        );
        let request = Request::post(TOKEN_PATH).body(Bytes::from(form)).expect("a request");
        read(&self.world.handle(&request, self.now))
    }

    /// A request with all headers.
    pub(crate) fn request(&self, method: &str, path: &str, body: &Value) -> Request<Bytes> {
        let caller = &self.world.settings().callers[0];
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        Request::builder()
            .method(method)
            .uri(format!("/journey/orchestration{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("x-api-key", &caller.client_id)
            .header("x-gw-ims-org-id", caller.org_id.as_str())
            .header("x-sandbox-name", &self.sandbox)
            .header("content-type", "application/json")
            .body(body)
            .expect("a request")
    }

    pub(crate) fn send(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.world.handle(request, self.now)
    }

    pub(crate) fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(method, path, body);
        read(&self.send(&request))
    }

    /// A request of the control API.
    pub(crate) fn control(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder().method(method).uri(format!("/_emulator{path}")).body(body).expect("a request");
        read(&self.send(&request))
    }

    pub(crate) fn fault(&mut self, fault: &str) {
        self.world.add_fault(fault.parse::<Fault>().expect("a fault")).expect("room");
    }

    pub(crate) fn choose(&mut self, switch: &str, side: &str) {
        self.world.switches_mut().choose(switch, side).expect("a side");
    }

    /// A new capping configuration.
    pub(crate) fn create(&mut self) -> String {
        let (status, body) = self.call("POST", "/endpointConfigs", &capping());
        assert_eq!(status, 200, "{body}");
        body["uid"].as_str().expect("a uid").to_owned()
    }

    /// The throttling configuration.
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

pub(crate) fn read(response: &Response<Bytes>) -> (u16, Value) {
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

pub(crate) fn capping() -> Value {
    json!({
        "url": "https://api.example.org/data/2.5/weather",
        "methods": ["GET"],
        "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
    })
}

pub(crate) fn throttling() -> Value {
    json!({"urlPattern": "https://partner.example.com/*", "methods": ["POST", "PUT"], "maxThroughput": 400})
}
