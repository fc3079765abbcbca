//! Token requests as published samples and other clients send them.

use crate::support::{START, parse_response};
use ajo_emulator::{AuthMode, EmulatorSettings, EmulatorState};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";
const SCOPES: &str = "openid,AdobeID,read_organizations,additional_info.projectedProductContext";

fn new_state(auth: AuthMode) -> EmulatorState {
    EmulatorState::new(EmulatorSettings { auth, ..EmulatorSettings::default() })
}

fn post(state: &mut EmulatorState, path: &str, content_type: &str, body: &str) -> (u16, Value) {
    let request = Request::post(path).header("content-type", content_type).body(Bytes::from(body.to_owned()));
    parse_response(&state.handle(&request.expect("a request"), START))
}

fn multipart(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!("--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    fields.iter().map(part).collect::<String>() + "--XyZ--\r\n"
}

#[test]
fn published_sample_works() {
    let mut state = new_state(AuthMode::Strict);
    let rest = format!("client_secret=emulator-secret&grant_type=client_credentials&scope={SCOPES}");
    for path in ["/ims/token/v3", "/ims/token/v2"] {
        let (status, body) = post(&mut state, &format!("{path}?client_id=emulator-client"), FORM, &rest);
        assert_eq!(status, 200, "{path}: {body}");
        assert!(body["access_token"].is_string());
        // The form has precedence; a secret in a URL is not accepted, because URLs are logged.
        let (_, body) =
            post(&mut state, &format!("{path}?client_id=emulator-client"), FORM, &format!("client_id=x&{rest}"));
        assert_eq!(body["error_description"], "invalid client_id parameter");
        let query = format!("{path}?client_id=emulator-client&client_secret=emulator-secret");
        let (_, body) = post(&mut state, &query, FORM, "grant_type=client_credentials&scope=openid");
        assert_eq!(body["error_description"], "invalid client_secret parameter");
        assert_eq!(state.calls().last().expect("a call").unknown_fields, ["?client_secret"]);
        let request = Request::get(path).body(Bytes::new()).expect("a request");
        assert_eq!(state.handle(&request, START).status(), 405);
    }
    assert!(state.calls().iter().all(|call| call.operation.as_deref() == Some("token") || call.status == 405));
}

#[test]
fn multipart_form_works() {
    let mut state = new_state(AuthMode::Strict);
    let body = multipart(&[
        ("grant_type", "client_credentials"),
        ("client_id", "emulator-client"),
        ("client_secret", "emulator-secret"),
        ("scope", SCOPES),
        ("extra", "1"),
    ]);
    let (status, response) = post(&mut state, "/ims/token/v3", "multipart/form-data; boundary=XyZ", &body);
    assert_eq!(status, 200, "{response}");
    assert_eq!(state.calls()[0].unknown_fields, ["/extra"]);
    let (status, response) = post(&mut state, "/ims/token/v3", "multipart/form-data; boundary=other", &body);
    assert_eq!((status, &response["error"]), (400, &json!("unsupported_grant_type")));
}

#[test]
fn other_media_types_are_named() {
    let mut state = new_state(AuthMode::Strict);
    for content_type in ["application/json", "text/plain; charset=utf-8", "application/xml"] {
        let (status, body) = post(&mut state, "/ims/token/v3", content_type, r#"{"grant_type": "client_credentials"}"#);
        assert_eq!((status, &body["error"]), (400, &json!("invalid_request")));
        let description = body["error_description"].as_str().expect("a description");
        let media_type = content_type.split(';').next().expect("a type");
        assert!(description.ends_with(&format!("multipart/form-data, not {media_type}")), "{description}");
    }
}

#[test]
fn any_accepts_your_own_credential() {
    let mut state = new_state(AuthMode::Any);
    let form = "grant_type=client_credentials&client_id=my-client&client_secret=my-secret&scope=openid,my_scope";
    let (status, body) = post(&mut state, "/ims/token/v3", FORM, form);
    assert_eq!(status, 200, "{body}");
    let token = body["access_token"].as_str().expect("a token").to_owned();
    let call = |state: &mut EmulatorState, token: &str, key: &str, org: &str| {
        let mut request = Request::post("/journey/orchestration/endpointConfigs")
            .header("authorization", format!("Bearer {token}"))
            .header("x-sandbox-name", "prod")
            .body(Bytes::from(crate::support::capping().to_string()))
            .expect("a request");
        for (name, value) in [("x-api-key", key), ("x-gw-ims-org-id", org)] {
            if !value.is_empty() {
                request.headers_mut().insert(name, value.parse().expect("a value"));
            }
        }
        parse_response(&state.handle(&request, START))
    };
    let (status, created) = call(&mut state, &token, "my-client", "MYORG@AdobeOrg");
    assert_eq!((status, &created["createdElement"]["orgId"]), (200, &json!("MYORG@AdobeOrg")), "{created}");
    // Still checked: the headers, the token, and that it belongs to the API key.
    assert_eq!(call(&mut state, &token, "", "MYORG@AdobeOrg").0, 403);
    assert_eq!(call(&mut state, &token, "my-client", "").0, 400);
    assert_eq!(call(&mut state, "made-up", "my-client", "MYORG@AdobeOrg").0, 401);
    assert_eq!(call(&mut state, &token, "other-client", "MYORG@AdobeOrg").0, 403);
    for missing in ["client_id", "client_secret", "scope"] {
        let form = form.split('&').filter(|field| !field.starts_with(missing)).collect::<Vec<_>>().join("&");
        assert_eq!(post(&mut state, "/ims/token/v3", FORM, &form).0, 400, "{missing}");
    }
    // A reset revokes the tokens of unregistered clients, too.
    let request = Request::post("/_emulator/reset").body(Bytes::new()).expect("a request");
    assert_eq!(state.handle(&request, START).status(), 200);
    assert_eq!(call(&mut state, &token, "my-client", "MYORG@AdobeOrg").0, 401);
}

#[test]
fn off_accepts_every_client() {
    let mut state = new_state(AuthMode::Off);
    for form in [
        "grant_type=client_credentials&client_id=my-client&client_secret=my-secret&scope=openid,my_scope",
        "grant_type=client_credentials&client_id=my-client&client_secret=x",
        "grant_type=client_credentials",
    ] {
        let (status, body) = post(&mut state, "/ims/token/v3", FORM, form);
        assert_eq!(status, 200, "{form}: {body}");
    }
    for auth in [AuthMode::Lenient, AuthMode::Strict] {
        let form = "grant_type=client_credentials&client_id=my-client&client_secret=my-secret&scope=openid";
        assert_eq!(post(&mut new_state(auth), "/ims/token/v3", FORM, form).0, 400, "{auth}");
    }
}
