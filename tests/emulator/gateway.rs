//! The emulator's gateway: headers, tokens, organizations and sandboxes, with hand-written requests.

use ajo_auth::Timestamp;
use ajo_emulator::{EmulatorSettings, EmulatorState, GatewayError, RegisteredClient};
use ajo_engine::TOKEN_PATH;
use bytes::Bytes;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const ORG_ID: &str = "AAAA@AdobeOrg";
const OTHER_ORG_ID: &str = "BBBB@AdobeOrg";

fn emulator_state() -> EmulatorState {
    EmulatorState::new(EmulatorSettings {
        clients: vec![
            RegisteredClient::new("client-a", "secret-a", ORG_ID, "openid"),
            RegisteredClient::new("client-b", "secret-b", OTHER_ORG_ID, "openid"),
        ],
        ..EmulatorSettings::default()
    })
}

struct GatewayRequest {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl GatewayRequest {
    /// A call by the first client, with all headers.
    fn authorized(token: &str, method: &'static str, path: &str, body: &Value) -> Self {
        Self {
            method,
            path: format!("/journey/orchestration{path}"),
            headers: vec![
                ("authorization", format!("Bearer {token}")),
                ("x-api-key", "client-a".to_owned()),
                ("x-gw-ims-org-id", ORG_ID.to_owned()),
                ("x-sandbox-name", "prod".to_owned()),
            ],
            body: body.to_string(),
        }
    }

    fn list(token: &str) -> Self {
        Self::authorized(token, "POST", "/list/endpointConfigs", &json!({}))
    }

    fn with_header(mut self, name: &str, value: Option<&str>) -> Self {
        self.headers.retain_mut(|(header, old)| {
            if *header == name { value.inspect(|value| (*value).clone_into(old)).is_some() } else { true }
        });
        self
    }

    fn send(&self, state: &mut EmulatorState, now: Timestamp) -> (u16, Value) {
        let mut request = http_request(self.method, &self.path);
        for (name, value) in &self.headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        *request.body_mut() = Bytes::from(self.body.clone());
        let response = state.handle(&request, now);
        assert!(response.headers().contains_key("x-request-id"), "every response has a request id");
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
    }
}

fn http_request(method: &str, path: &str) -> ajo_tests::HttpRequest {
    let mut request = ajo_tests::HttpRequest::new(Bytes::new());
    *request.method_mut() = method.parse().expect("a method");
    *request.uri_mut() = path.parse().expect("a path");
    request
}

fn request_token(state: &mut EmulatorState, client: &str, secret: &str) -> String {
    let mut request = http_request("POST", TOKEN_PATH);
    let form = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=openid");
    *request.body_mut() = Bytes::from(form);
    let response = state.handle(&request, NOW);
    assert_eq!(response.status(), 200);
    let response: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!((&response["token_type"], &response["expires_in"]), (&json!("bearer"), &json!(86399)));
    response["access_token"].as_str().expect("a token").to_owned()
}

#[test]
fn invalid_headers_get_gateway_errors() {
    let mut state = emulator_state();
    let a = request_token(&mut state, "client-a", "secret-a");
    let b = request_token(&mut state, "client-b", "secret-b");
    let bearer = |token: &str| format!("Bearer {token}");
    let cases: [(&str, Option<String>, u16, &str, &str); 11] = [
        ("x-api-key", None, 403, "403000", "Api Key is required"),
        ("x-api-key", Some("nobody".to_owned()), 403, "403003", "Api Key is invalid"),
        ("authorization", None, 403, "403010", "Oauth token is missing"),
        ("authorization", Some(bearer("made-up")), 401, "401013", "Oauth token is not valid"),
        ("authorization", Some(a.clone()), 401, "401013", "Oauth token is not valid"),
        ("authorization", Some(bearer(&b)), 403, "403025", "Profile is not valid"),
        ("x-api-key", Some("client-b".to_owned()), 403, "403025", "Profile is not valid"),
        ("x-gw-ims-org-id", None, 400, "400003", "Missing header: x-gw-ims-org-id"),
        ("x-gw-ims-org-id", Some(OTHER_ORG_ID.to_owned()), 403, "403025", "Profile is not valid"),
        ("x-sandbox-name", None, 400, "400003", "Missing header: x-sandbox-name"),
        ("x-sandbox-name", Some(String::new()), 400, "400003", "Missing header: x-sandbox-name"),
    ];
    for (header, value, status, code, message) in cases {
        let (found, body) = GatewayRequest::list(&a).with_header(header, value.as_deref()).send(&mut state, NOW);
        assert_eq!((found, body), (status, json!({"error_code": code, "message": message})), "{header}: {value:?}");
    }
    assert_eq!(GatewayRequest::list(&a).send(&mut state, NOW), (200, json!({"results": []})));
}

#[test]
fn every_gateway_error_can_be_injected() {
    let mut state = emulator_state();
    let token = request_token(&mut state, "client-a", "secret-a");
    let codes: std::collections::BTreeSet<_> = GatewayError::ALL.iter().map(|error| error.code).collect();
    assert_eq!(codes.len(), 19);
    for error in GatewayError::ALL {
        assert_eq!(GatewayError::from_code(error.code), Some(error));
        state.clear_faults();
        state.add_fault(format!("*.*=gateway:{}", error.code).parse().expect("a fault")).expect("room");
        let (status, body) = GatewayRequest::list(&token).send(&mut state, NOW);
        assert_eq!((status, body), (error.status, json!({"error_code": error.code, "message": error.message})));
    }
    state.clear_faults();
    assert_eq!(GatewayRequest::list(&token).send(&mut state, NOW).0, 200);
}

#[test]
fn date_header_follows_emulated_clock() {
    let mut state = emulator_state();
    for (now, date) in [
        (784_111_777_999, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (u64::MAX, "Thu, 30 Dec 9999 21:59:59 GMT"),
    ] {
        for path in [TOKEN_PATH, "/journey/orchestration/list/endpointConfigs", "/nowhere"] {
            let response = state.handle(&http_request("POST", path), Timestamp::from_millis(now));
            assert_eq!(response.headers()["date"], date);
        }
    }
}

#[test]
fn token_is_valid_until_it_expires() {
    let mut state = emulator_state();
    let token = request_token(&mut state, "client-a", "secret-a");
    let end = Timestamp::from_millis(NOW.as_millis() + 86_399_000);
    let before = Timestamp::from_millis(end.as_millis() - 1);
    assert_eq!(GatewayRequest::list(&token).send(&mut state, before).0, 200);
    let (status, body) = GatewayRequest::list(&token).send(&mut state, end);
    assert_eq!((status, &body["error_code"]), (401, &json!("401013")));
}

#[test]
fn unknown_sandbox_is_internal_error() {
    let mut state = emulator_state();
    let token = request_token(&mut state, "client-a", "secret-a");
    for name in ["nowhere", "Prod"] {
        let (status, body) =
            GatewayRequest::list(&token).with_header("x-sandbox-name", Some(name)).send(&mut state, NOW);
        assert_eq!(
            (status, &body["error"]["code"], &body["error"]["family"]),
            (500, &json!(4000), &json!("INTERNAL_ERROR"))
        );
    }
}

#[test]
fn token_request_must_be_in_the_form() {
    let mut state = emulator_state();
    let good = "grant_type=client_credentials&client_id=client-a&client_secret=secret-a&scope=openid";
    let cases = [
        ("", good, "unsupported_grant_type", None),
        ("grant_type=jwt", "", "unsupported_grant_type", None),
        ("grant_type=client_credentials", "", "invalid_client", Some("invalid client_id parameter")),
        (
            "grant_type=client_credentials&client_id=client-a",
            "",
            "invalid_client",
            Some("invalid client_secret parameter"),
        ),
        ("grant_type=client_credentials&client_id=client-a&client_secret=secret-a", "", "invalid_scope", None),
        (
            "grant_type=client_credentials&client_id=client-a&client_secret=secret-a&scope=openid,admin",
            "",
            "invalid_scope",
            None,
        ),
    ];
    for (form, query, error, description) in cases {
        let mut request = http_request("POST", &format!("{TOKEN_PATH}?{query}"));
        *request.body_mut() = Bytes::from(form);
        let response = state.handle(&request, NOW);
        let body: Value = serde_json::from_slice(response.body()).expect("JSON");
        assert_eq!((response.status().as_u16(), body["error"].as_str()), (400, Some(error)), "{form}");
        assert_eq!(body.get("error_description").and_then(Value::as_str), description, "{form}");
        assert!(response.headers().contains_key("x-debug-id"));
    }
}

#[test]
fn organizations_and_sandboxes_are_separate() {
    let mut state = emulator_state();
    let a = request_token(&mut state, "client-a", "secret-a");
    let b = request_token(&mut state, "client-b", "secret-b");
    let (status, created) =
        GatewayRequest::authorized(&a, "POST", "/endpointConfigs", &ajo_tests::capping_json()).send(&mut state, NOW);
    assert_eq!(status, 200);
    let path = format!("/endpointConfigs/{}", created["uid"].as_str().expect("a uid"));
    let get = |token: &str| GatewayRequest::authorized(token, "GET", &path, &Value::Null);
    let as_client_b = |request: GatewayRequest| {
        request.with_header("x-api-key", Some("client-b")).with_header("x-gw-ims-org-id", Some(OTHER_ORG_ID))
    };
    assert_eq!(get(&a).send(&mut state, NOW).0, 200);
    assert_eq!(get(&a).with_header("x-sandbox-name", Some("dev")).send(&mut state, NOW).0, 404);
    assert_eq!(as_client_b(get(&b)).send(&mut state, NOW).0, 404);

    let throttle =
        |token: &str| GatewayRequest::authorized(token, "POST", "/throttlingConfigs", &ajo_tests::throttling_json());
    assert_eq!(throttle(&a).send(&mut state, NOW).0, 200);
    assert_eq!(throttle(&a).send(&mut state, NOW).0, 400);
    assert_eq!(as_client_b(throttle(&b)).send(&mut state, NOW).0, 200);
}

#[test]
fn can_deploy_allows_both_methods() {
    let mut state = emulator_state();
    let token = request_token(&mut state, "client-a", "secret-a");
    let (_, created) = GatewayRequest::authorized(&token, "POST", "/endpointConfigs", &ajo_tests::capping_json())
        .send(&mut state, NOW);
    let path = format!("/endpointConfigs/{}/canDeploy", created["uid"].as_str().expect("a uid"));
    for method in ["GET", "POST"] {
        let (status, body) = GatewayRequest::authorized(&token, method, &path, &json!({})).send(&mut state, NOW);
        assert_eq!((status, body), (200, json!({"canDeploy": {"validationStatus": "ok"}})), "{method}");
    }
    for (body, status) in [("", 200), ("{}", 200), ("[]", 500), ("nonsense", 500)] {
        let mut request = GatewayRequest::list(&token);
        body.clone_into(&mut request.body);
        assert_eq!(request.send(&mut state, NOW).0, status, "{body}");
    }
}

#[test]
fn unknown_paths_and_methods_are_rejected() {
    let mut state = emulator_state();
    let token = request_token(&mut state, "client-a", "secret-a");
    let nothing = GatewayRequest::authorized(&token, "GET", "/nothing", &json!({}));
    assert_eq!(nothing.send(&mut state, NOW), (404, Value::Null), "HTML");
    state.quirks_mut().set("unknown_route", "json").expect("a variant");
    let (status, body) = nothing.send(&mut state, NOW);
    assert_eq!(status, 404);
    assert!(body["message"].as_str().expect("a message").contains("has nothing at /journey/orchestration/nothing"));
    let (status, body) =
        GatewayRequest::authorized(&token, "PATCH", "/endpointConfigs", &json!({})).send(&mut state, NOW);
    assert_eq!((status, body), (405, json!({"message": "method not allowed; expected POST"})));
}
