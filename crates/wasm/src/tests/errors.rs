use serde_json::{Value, json};

use super::driver::{CREDENTIALS, Driver, TOKEN};
use crate::action::code;
use crate::core_state::CoreState;
use crate::input::Report;

fn open(options: &str) -> Value {
    serde_json::from_str(&CoreState::new().open(options)).expect("JSON")
}

#[test]
fn open_describes_the_client() {
    assert_eq!(
        open(&format!("{CREDENTIALS}}}")),
        json!({
            "client": 1, "baseUrl": "https://platform.adobe.io/journey/orchestration", "origin": "https://platform.adobe.io", "clientId": "client-1",
            "orgId": "A1@AdobeOrg", "sandbox": "prod", "source": "credentials",
            "tokenUrl": "https://ims-na1.adobelogin.com/ims/token/v3",
        })
    );
    assert_eq!(
        open(
            r#"{"clientId": "client-1", "orgId": "A1@AdobeOrg", "accessToken": true, "baseUrl": "http://localhost:1/"}"#
        ),
        json!({"client": 1, "baseUrl": "http://localhost:1", "origin": "http://localhost:1", "clientId": "client-1", "orgId": "A1@AdobeOrg", "source": "callback"})
    );
}

#[test]
fn invalid_options_are_errors() {
    let token = r#""clientId": "client-1", "orgId": "A1@AdobeOrg", "accessToken": "#;
    for (options, kind, message) in [
        ("", "invalid", "it is not a JSON object"),
        ("[]", "invalid", "it is not a JSON object"),
        (&format!(r#"{{{token}"a b"}}"#), "config", "`accessToken`: the access token is empty"),
        (&format!(r#"{{{token}"t", "sandbox": "PROD"}}"#), "config", "is not a valid sandbox name"),
        (&format!(r#"{{{token}"t", "baseUrl": "http://a.example"}}"#), "config", "invalid base URL: "),
        (&format!(r#"{{{token}"t", "imsUrl": "x"}}"#), "config", "invalid token endpoint: "),
        (r#"{"clientId": "client-1"}"#, "config", ""),
        (r#"{"credentials": "{}"}"#, "config", ""),
    ] {
        let error = &open(options)["failed"];
        assert_eq!(error["kind"], kind, "{options} {error}");
        assert!(error["message"].as_str().is_some_and(|text| text.contains(message)), "{options} {error}");
        assert_eq!(error["retryable"], false);
    }
}

#[test]
fn error_of_the_service_is_complete() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(0);
    let body = format!(r#"{{"error": {{"code": 1451, "message": "deployed {TOKEN}"}}}}"#);
    assert_eq!(driver.respond(call, 500, &body), code::FAILED);
    assert_eq!(
        driver.error(call),
        json!({
            "kind": "api", "code": "1451", "status": 500, "requestId": "id-1", "operation": "capping.list",
            "message": "capping.list failed: the service responded 500, code 1451: deployed [redacted] (request id id-1)",
            "attempts": 1, "elapsedMs": 0, "hint": "undeploy the capping configuration first, or delete it with force",
            "outcome": "refused", "body": r#"{"error": {"code": 1451, "message": "deployed [redacted]"}}"#,
            "authentication": false, "retryable": false,
        })
    );
    assert_eq!(driver.core.call_count(), 0);
}

#[test]
fn token_error_has_its_oauth_code() {
    let mut driver = Driver::new("");
    let call = driver.begin(-4);
    driver.step(call);
    driver.respond(call, 400, r#"{"error": "invalid_scope"}"#);
    let error: Value = serde_json::from_str(&driver.core.take_error(call, "", "")).expect("JSON");
    assert_eq!(
        (&error["kind"], &error["code"], &error["status"]),
        (&"auth".into(), &"invalid_scope".into(), &400.into())
    );
    assert!(error["message"].as_str().is_some_and(|text| text.starts_with("no access token: the token endpoint")));
    assert!(error.get("operation").is_none() && error.get("requestId").is_none());
}

#[test]
fn invalid_body_is_a_decode_error() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(0);
    let report = Report::InvalidBody { status: 200, request_id: Some("id-2"), detail: "it is not JSON".into() };
    assert_eq!(driver.report(call, report), code::FAILED);
    let error = driver.error(call);
    assert_eq!((&error["kind"], &error["requestId"]), (&"decode".into(), &"id-2".into()));
    assert_eq!(
        error["message"],
        "capping.list failed: the service responded 200 with an invalid body: it is not JSON (request id id-2)"
    );
}

#[test]
fn text_functions_return_a_problem() {
    let mut core = CoreState::new();
    assert_eq!(core.encode_definition(1, "{", "A1@AdobeOrg"), None);
    let problem: Value = serde_json::from_str(&core.take_problem("capping.create")).expect("JSON");
    assert_eq!((&problem["kind"], &problem["code"]), (&"buildRequest".into(), &"BUILD_REQUEST".into()));
    assert!(problem["message"].as_str().is_some_and(|text| text.starts_with("capping.create failed: ")), "{problem}");
    assert_eq!(core.encode_definition(99, "{}", ""), None);
    assert_eq!(core.definition_of("capping", "[]"), None);
    let definition = core.definition_of("capping", r#"{"uid": "u", "url": "https://a.example", "later": 1}"#);
    assert_eq!(definition.as_deref(), Some(r#"{"url":"https://a.example","extra":{"later":1}}"#));
    let definition = r#"{"url": "https://a.example/*", "methods": ["GET"], "services": {}}"#;
    assert_eq!(
        core.encode_definition(1, definition, "A1@AdobeOrg").expect("a definition"),
        r#"{"methods":["GET"],"orgId":"A1@AdobeOrg","services":{},"url":"https://a.example/*"}"#
    );
}

#[test]
fn checks_name_the_mistake() {
    assert_eq!(crate::check_uid("a-1"), None);
    assert!(crate::check_uid("a/b").is_some_and(|text| text.contains("not a valid configuration uid")));
    assert_eq!(crate::check_header("x-a", "1"), None);
    assert_eq!(
        crate::check_header("Authorization", "1").as_deref(),
        Some("header `Authorization`: reserved for the client")
    );
    assert!(crate::validate("capping", "{}").contains("ERR_ENDPOINTCONFIG"));
    assert_eq!(crate::redeploy(""), r#"{"call":"get"}"#);
}
