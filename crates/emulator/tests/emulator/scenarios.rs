//! Failures in the middle of a workflow: expired tokens, concurrent edits, and wrong credentials.

use std::time::Duration;

use crate::support::{TestClient, capping, parse_response};
use ajo_emulator::{AuthMode, ConcurrentEdit, EmulatorSettings, Mutation};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::HeaderValue;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

#[test]
fn token_expires_during_apply() {
    let mut client = TestClient::with_settings(EmulatorSettings {
        token_lifetime: Duration::from_secs(60),
        ..EmulatorSettings::default()
    });
    let uid = client.create();
    client.state.default_organization_mut().advance(Duration::from_millis(59_999));
    let deploy = format!("/endpointConfigs/{uid}/deploy");
    assert_eq!(client.call("GET", &format!("/endpointConfigs/{uid}/canDeploy"), &NONE).0, 200);
    client.state.default_organization_mut().advance(Duration::from_millis(1));
    let (status, body) = client.call("POST", &deploy, &NONE);
    assert_eq!((status, &body["error_code"]), (401, &json!("401013")));
    client.authenticate();
    assert_eq!(client.call("POST", &deploy, &NONE).0, 204);
}

#[test]
fn tokens_have_adobe_claims() {
    let client = TestClient::new();
    let parts: Vec<&str> = client.token.split('.').collect();
    let decoded = |part: &str| -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    assert_eq!((parts.len(), decoded(parts[0])["alg"].as_str()), (3, Some("RS256")));
    let claims = decoded(parts[1]);
    assert_eq!((&claims["expires_in"], &claims["client_id"]), (&json!("86399000"), &json!("emulator-client")));
    assert_eq!(claims["created_at"], crate::support::START.as_millis().to_string());
}

#[test]
fn concurrent_edit_changes_metadata() {
    let mut client = TestClient::new();
    let uid = client.create();
    let before = client.capping(&uid)["metadata"].clone();
    client.now = client.now.saturating_add(Duration::from_secs(1));
    let mut edited = capping();
    edited["methods"] = json!(["PUT"]);
    client.state.default_organization_mut().add_concurrent_edit(ConcurrentEdit {
        before: "capping.get".parse().expect("a target"),
        uid: Some(uid.clone()),
        mutation: Mutation::Edit,
        definition: edited.as_object().cloned(),
        by: "other-user".to_owned(),
    });
    let seen = client.capping(&uid);
    assert_eq!((&seen["methods"], &seen["metadata"]["lastModifiedBy"]), (&json!(["PUT"]), &json!("other-user")));
    assert_ne!(seen["metadata"]["lastModifiedAt"], before["lastModifiedAt"]);
    assert_eq!(seen["metadata"]["createdBy"], before["createdBy"]);
    assert!(client.state.default_organization().concurrent_edits().is_empty(), "it applies once");
}

#[test]
fn concurrent_edits_can_deploy_and_delete() {
    let mut client = TestClient::new();
    let uid = client.create();
    let other = client.create();
    let before_get = |mutation: &str, client: &mut TestClient| {
        let body = json!({"before": "*.get", "uid": uid, "mutation": mutation, "by": "intruder"});
        assert_eq!(client.control("POST", "/concurrent-edits", &body).0, 200);
        client.capping(&other);
        client.call("GET", &format!("/endpointConfigs/{uid}"), &NONE)
    };
    assert_eq!(before_get("deploy", &mut client).1["result"]["state"], "deployed");
    assert_eq!(before_get("undeploy", &mut client).1["result"]["state"], "created");
    assert_eq!(before_get("delete", &mut client).0, 404);
    let uid = client.create_throttling();
    let body = json!({"before": "throttling.deploy", "mutation": "delete"});
    client.control("POST", "/concurrent-edits", &body);
    assert_eq!(client.call("POST", &format!("/throttlingConfigs/{uid}/deploy"), &NONE).0, 404);
}

#[test]
fn auth_modes_differ() {
    let settings = |auth| EmulatorSettings { auth, ..EmulatorSettings::default() };
    let status = |auth, change: &dyn Fn(&mut http::HeaderMap)| {
        let mut client = TestClient::with_settings(settings(auth));
        let mut request = client.request("POST", "/list/endpointConfigs", &json!({}));
        change(request.headers_mut());
        parse_response(&client.send(&request)).0
    };
    let set = |name: &'static str, value: &'static str| {
        move |headers: &mut http::HeaderMap| {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    for (auth, expected) in [
        (AuthMode::Strict, [401, 403, 403, 200]),
        (AuthMode::Lenient, [200, 200, 200, 200]),
        (AuthMode::Off, [200, 200, 200, 200]),
    ] {
        let seen = [
            status(auth, &set("authorization", "Bearer made-up")),
            status(auth, &set("x-api-key", "nobody")),
            status(auth, &set("x-gw-ims-org-id", "NOBODY@AdobeOrg")),
            status(auth, &|_| {}),
        ];
        assert_eq!(seen, expected, "{auth}");
    }
    let without = |name: &'static str| move |headers: &mut http::HeaderMap| drop(headers.remove(name));
    for (name, status_without) in
        [("authorization", 403), ("x-api-key", 403), ("x-gw-ims-org-id", 400), ("x-sandbox-name", 400)]
    {
        assert_eq!(status(AuthMode::Lenient, &without(name)), status_without, "{name}");
        assert_eq!(status(AuthMode::Off, &without(name)), 200, "{name}");
    }
}

#[test]
fn missing_required_scope_is_rejected() {
    let mut client = TestClient::with_settings(EmulatorSettings {
        required_scopes: vec!["read_organizations".to_owned()],
        ..EmulatorSettings::default()
    });
    assert_eq!(client.call("POST", "/list/endpointConfigs", &json!({})).0, 200);
    let mut client = TestClient::with_settings(EmulatorSettings {
        required_scopes: vec!["admin".to_owned()],
        ..EmulatorSettings::default()
    });
    let (status, body) = client.call("POST", "/list/endpointConfigs", &json!({}));
    assert_eq!((status, &body["error_code"]), (403, &json!("403011")));
}

#[test]
fn configs_and_tokens_are_limited() {
    let mut settings = EmulatorSettings::default();
    (settings.limits.configs, settings.limits.tokens) = (3, 5);
    let mut client = TestClient::with_settings(settings);
    for expected in [200, 200, 200, 507] {
        assert_eq!(client.call("POST", "/endpointConfigs", &capping()).0, expected);
    }
    for _ in 0..20 {
        client.authenticate();
        assert_eq!(client.call("POST", "/list/endpointConfigs", &json!({})).0, 200, "the newest token is valid");
    }
    assert_eq!(client.control("GET", "", &NONE).1["tokens"], 5);
}
