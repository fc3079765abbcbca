//! What stands before the service in the emulator: headers, tokens, organizations and sandboxes, by hand-made requests.

use ajo_auth::Timestamp;
use ajo_emulator::{Caller, GatewayError, Settings, World};
use ajo_engine::TOKEN_PATH;
use bytes::Bytes;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const ORG: &str = "AAAA@AdobeOrg";
const OTHER_ORG: &str = "BBBB@AdobeOrg";

fn world() -> World {
    World::new(Settings {
        callers: vec![
            Caller::new("client-a", "secret-a", ORG, "openid"),
            Caller::new("client-b", "secret-b", OTHER_ORG, "openid"),
        ],
        ..Settings::default()
    })
}

struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Request {
    /// A call of the first caller with everything it needs.
    fn of(token: &str, method: &'static str, path: &str, body: &Value) -> Self {
        Self {
            method,
            path: format!("/journey/orchestration{path}"),
            headers: vec![
                ("authorization", format!("Bearer {token}")),
                ("x-api-key", "client-a".to_owned()),
                ("x-gw-ims-org-id", ORG.to_owned()),
                ("x-sandbox-name", "prod".to_owned()),
            ],
            body: body.to_string(),
        }
    }

    fn list(token: &str) -> Self {
        Self::of(token, "POST", "/list/endpointConfigs", &json!({}))
    }

    fn with(mut self, name: &str, value: Option<&str>) -> Self {
        self.headers.retain_mut(|(header, old)| {
            if *header == name { value.inspect(|value| (*value).clone_into(old)).is_some() } else { true }
        });
        self
    }

    fn send(&self, world: &mut World, now: Timestamp) -> (u16, Value) {
        let mut request = http_request(self.method, &self.path);
        for (name, value) in &self.headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        *request.body_mut() = Bytes::from(self.body.clone());
        let response = world.handle(&request, now);
        assert!(response.headers().contains_key("x-request-id"), "every answer has a request id");
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
    }
}

fn http_request(method: &str, path: &str) -> ajo_tests::HttpRequest {
    let mut request = ajo_tests::HttpRequest::new(Bytes::new());
    *request.method_mut() = method.parse().expect("a method");
    *request.uri_mut() = path.parse().expect("a path");
    request
}

fn token(world: &mut World, client: &str, secret: &str) -> String {
    let mut request = http_request("POST", TOKEN_PATH);
    let form = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=openid");
    *request.body_mut() = Bytes::from(form);
    let response = world.handle(&request, NOW);
    assert_eq!(response.status(), 200);
    let answer: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("bearer"), &json!(86399)));
    answer["access_token"].as_str().expect("a token").to_owned()
}

#[test]
fn missing_and_wrong_headers_are_answered_as_the_gateway_does() {
    let mut world = world();
    let a = token(&mut world, "client-a", "secret-a");
    let b = token(&mut world, "client-b", "secret-b");
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
        ("x-gw-ims-org-id", Some(OTHER_ORG.to_owned()), 403, "403025", "Profile is not valid"),
        ("x-sandbox-name", None, 400, "400003", "Missing header: x-sandbox-name"),
        ("x-sandbox-name", Some(String::new()), 400, "400003", "Missing header: x-sandbox-name"),
    ];
    for (header, value, status, code, message) in cases {
        let (found, body) = Request::list(&a).with(header, value.as_deref()).send(&mut world, NOW);
        assert_eq!((found, body), (status, json!({"error_code": code, "message": message})), "{header}: {value:?}");
    }
    assert_eq!(Request::list(&a).send(&mut world, NOW), (200, json!({"results": []})));
}

#[test]
fn every_documented_error_of_the_gateway_can_be_had_and_ended() {
    let mut world = world();
    let token = token(&mut world, "client-a", "secret-a");
    let codes: std::collections::BTreeSet<_> = GatewayError::ALL.iter().map(|error| error.code).collect();
    assert_eq!(codes.len(), 19);
    for error in GatewayError::ALL {
        assert_eq!(GatewayError::by_code(error.code), Some(error));
        world.clear_faults();
        world.add_fault(format!("*.*=gateway:{}", error.code).parse().expect("a fault")).expect("room");
        let (status, body) = Request::list(&token).send(&mut world, NOW);
        assert_eq!((status, body), (error.status, json!({"error_code": error.code, "message": error.message})));
    }
    world.clear_faults();
    assert_eq!(Request::list(&token).send(&mut world, NOW).0, 200);
}

#[test]
fn every_answer_has_the_date_of_the_worlds_own_clock() {
    let mut world = world();
    for (now, date) in [
        (784_111_777_999, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (u64::MAX, "Thu, 30 Dec 9999 21:59:59 GMT"),
    ] {
        for path in [TOKEN_PATH, "/journey/orchestration/list/endpointConfigs", "/nowhere"] {
            let response = world.handle(&http_request("POST", path), Timestamp::from_millis(now));
            assert_eq!(response.headers()["date"], date);
        }
    }
}

#[test]
fn a_token_is_good_until_it_expires() {
    let mut world = world();
    let token = token(&mut world, "client-a", "secret-a");
    let end = Timestamp::from_millis(NOW.as_millis() + 86_399_000);
    let before = Timestamp::from_millis(end.as_millis() - 1);
    assert_eq!(Request::list(&token).send(&mut world, before).0, 200);
    let (status, body) = Request::list(&token).send(&mut world, end);
    assert_eq!((status, &body["error_code"]), (401, &json!("401013")));
}

#[test]
fn a_sandbox_that_does_not_exist_is_an_internal_error() {
    let mut world = world();
    let token = token(&mut world, "client-a", "secret-a");
    for name in ["nowhere", "Prod"] {
        let (status, body) = Request::list(&token).with("x-sandbox-name", Some(name)).send(&mut world, NOW);
        assert_eq!(
            (status, &body["error"]["code"], &body["error"]["family"]),
            (500, &json!(4000), &json!("INTERNAL_ERROR"))
        );
    }
}

#[test]
fn the_token_host_refuses_what_is_not_in_the_form() {
    let mut world = world();
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
        let response = world.handle(&request, NOW);
        let body: Value = serde_json::from_slice(response.body()).expect("JSON");
        assert_eq!((response.status().as_u16(), body["error"].as_str()), (400, Some(error)), "{form}");
        assert_eq!(body.get("error_description").and_then(Value::as_str), description, "{form}");
        assert!(response.headers().contains_key("x-debug-id"));
    }
}

#[test]
fn organizations_and_sandboxes_are_kept_apart() {
    let mut world = world();
    let a = token(&mut world, "client-a", "secret-a");
    let b = token(&mut world, "client-b", "secret-b");
    let (status, created) =
        Request::of(&a, "POST", "/endpointConfigs", &ajo_tests::capping_json()).send(&mut world, NOW);
    assert_eq!(status, 200);
    let path = format!("/endpointConfigs/{}", created["uid"].as_str().expect("a uid"));
    let get = |token: &str| Request::of(token, "GET", &path, &Value::Null);
    let of_b = |request: Request| request.with("x-api-key", Some("client-b")).with("x-gw-ims-org-id", Some(OTHER_ORG));
    assert_eq!(get(&a).send(&mut world, NOW).0, 200);
    assert_eq!(get(&a).with("x-sandbox-name", Some("dev")).send(&mut world, NOW).0, 404);
    assert_eq!(of_b(get(&b)).send(&mut world, NOW).0, 404);

    let throttle = |token: &str| Request::of(token, "POST", "/throttlingConfigs", &ajo_tests::throttling_json());
    assert_eq!(throttle(&a).send(&mut world, NOW).0, 200);
    assert_eq!(throttle(&a).send(&mut world, NOW).0, 400);
    assert_eq!(of_b(throttle(&b)).send(&mut world, NOW).0, 200);
}

#[test]
fn both_methods_of_can_deploy_are_answered_and_a_list_needs_no_body() {
    let mut world = world();
    let token = token(&mut world, "client-a", "secret-a");
    let (_, created) =
        Request::of(&token, "POST", "/endpointConfigs", &ajo_tests::capping_json()).send(&mut world, NOW);
    let path = format!("/endpointConfigs/{}/canDeploy", created["uid"].as_str().expect("a uid"));
    for method in ["GET", "POST"] {
        let (status, body) = Request::of(&token, method, &path, &json!({})).send(&mut world, NOW);
        assert_eq!((status, body), (200, json!({"canDeploy": {"validationStatus": "ok"}})), "{method}");
    }
    for (body, status) in [("", 200), ("{}", 200), ("[]", 500), ("nonsense", 500)] {
        let mut request = Request::list(&token);
        body.clone_into(&mut request.body);
        assert_eq!(request.send(&mut world, NOW).0, status, "{body}");
    }
}

#[test]
fn unknown_paths_and_methods_say_so() {
    let mut world = world();
    let token = token(&mut world, "client-a", "secret-a");
    let (status, body) = Request::of(&token, "GET", "/nothing", &json!({})).send(&mut world, NOW);
    assert_eq!(status, 404);
    assert!(body["message"].as_str().expect("a message").contains("has nothing at /journey/orchestration/nothing"));
    let (status, body) = Request::of(&token, "PATCH", "/endpointConfigs", &json!({})).send(&mut world, NOW);
    assert_eq!((status, body), (405, json!({"message": "the method is not allowed here; allowed: POST"})));
}
