//! What goes wrong in the middle of something: tokens that end, somebody else's edits, callers that are not who they say.

use std::time::Duration;

use crate::support::{Caller, capping, read};
use ajo_emulator::{AuthMode, Deed, Interference, Settings};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::HeaderValue;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

#[test]
fn the_token_expires_in_the_middle_of_an_apply() {
    let mut caller = Caller::of(Settings { token_lifetime: Duration::from_secs(60), ..Settings::default() });
    let uid = caller.create();
    caller.world.first_mut().advance(Duration::from_millis(59_999));
    let deploy = format!("/endpointConfigs/{uid}/deploy");
    assert_eq!(caller.call("GET", &format!("/endpointConfigs/{uid}/canDeploy"), &NONE).0, 200);
    caller.world.first_mut().advance(Duration::from_millis(1));
    let (status, body) = caller.call("POST", &deploy, &NONE);
    assert_eq!((status, &body["error_code"]), (401, &json!("401013")));
    caller.log_in();
    assert_eq!(caller.call("POST", &deploy, &NONE).0, 204);
}

#[test]
fn tokens_have_the_shape_and_the_claims_of_adobes() {
    let caller = Caller::new();
    let parts: Vec<&str> = caller.token.split('.').collect();
    let decoded = |part: &str| -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    assert_eq!((parts.len(), decoded(parts[0])["alg"].as_str()), (3, Some("RS256")));
    let claims = decoded(parts[1]);
    assert_eq!((&claims["expires_in"], &claims["client_id"]), (&json!("86399000"), &json!("emulator-client")));
    assert_eq!(claims["created_at"], crate::support::START.as_millis().to_string());
}

#[test]
fn somebody_else_edits_between_two_calls_and_the_marker_shows_it() {
    let mut caller = Caller::new();
    let uid = caller.create();
    let before = caller.capping(&uid)["metadata"].clone();
    caller.now = caller.now.saturating_add(Duration::from_secs(1));
    let mut theirs = capping();
    theirs["methods"] = json!(["PUT"]);
    caller.world.first_mut().interfere(Interference {
        before: "capping.get".parse().expect("a target"),
        uid: Some(uid.clone()),
        does: Deed::Edit,
        definition: theirs.as_object().cloned(),
        by: "somebody-else".to_owned(),
    });
    let seen = caller.capping(&uid);
    assert_eq!((&seen["methods"], &seen["metadata"]["lastModifiedBy"]), (&json!(["PUT"]), &json!("somebody-else")));
    assert_ne!(seen["metadata"]["lastModifiedAt"], before["lastModifiedAt"]);
    assert_eq!(seen["metadata"]["createdBy"], before["createdBy"]);
    assert!(caller.world.first().interferences().is_empty(), "it happens once");
}

#[test]
fn somebody_else_can_deploy_undeploy_and_delete() {
    let mut caller = Caller::new();
    let uid = caller.create();
    let other = caller.create();
    let before_get = |does: &str, caller: &mut Caller| {
        let body = json!({"before": "*.get", "uid": uid, "does": does, "by": "intruder"});
        assert_eq!(caller.control("POST", "/interferences", &body).0, 200);
        caller.capping(&other);
        caller.call("GET", &format!("/endpointConfigs/{uid}"), &NONE)
    };
    assert_eq!(before_get("deploy", &mut caller).1["result"]["state"], "deployed");
    assert_eq!(before_get("undeploy", &mut caller).1["result"]["state"], "created");
    assert_eq!(before_get("delete", &mut caller).0, 404);
    let uid = caller.create_throttling();
    let body = json!({"before": "throttling.deploy", "does": "delete"});
    caller.control("POST", "/interferences", &body);
    assert_eq!(caller.call("POST", &format!("/throttlingConfigs/{uid}/deploy"), &NONE).0, 404);
}

#[test]
fn authentication_can_be_strict_lenient_or_off() {
    let settings = |auth| Settings { auth, ..Settings::default() };
    let status = |auth, change: &dyn Fn(&mut http::HeaderMap)| {
        let mut caller = Caller::of(settings(auth));
        let mut request = caller.request("POST", "/list/endpointConfigs", &json!({}));
        change(request.headers_mut());
        read(&caller.send(&request)).0
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
    for (name, refused) in
        [("authorization", 403), ("x-api-key", 403), ("x-gw-ims-org-id", 400), ("x-sandbox-name", 400)]
    {
        assert_eq!(status(AuthMode::Lenient, &without(name)), refused, "{name}");
        assert_eq!(status(AuthMode::Off, &without(name)), 200, "{name}");
    }
}

#[test]
fn a_token_without_a_scope_that_is_required_is_refused() {
    let mut caller =
        Caller::of(Settings { required_scopes: vec!["read_organizations".to_owned()], ..Settings::default() });
    assert_eq!(caller.call("POST", "/list/endpointConfigs", &json!({})).0, 200);
    let mut caller = Caller::of(Settings { required_scopes: vec!["admin".to_owned()], ..Settings::default() });
    let (status, body) = caller.call("POST", "/list/endpointConfigs", &json!({}));
    assert_eq!((status, &body["error_code"]), (403, &json!("403011")));
}

#[test]
fn there_is_an_end_to_configurations_and_tokens() {
    let mut settings = Settings::default();
    (settings.limits.configs, settings.limits.tokens) = (3, 5);
    let mut caller = Caller::of(settings);
    for expected in [200, 200, 200, 507] {
        assert_eq!(caller.call("POST", "/endpointConfigs", &capping()).0, expected);
    }
    for _ in 0..20 {
        caller.log_in();
        assert_eq!(caller.call("POST", "/list/endpointConfigs", &json!({})).0, 200, "the newest is good");
    }
    assert_eq!(caller.control("GET", "", &NONE).1["tokens"], 5);
}
