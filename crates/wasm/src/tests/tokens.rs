use ajo_engine::SendErrorKind;

use super::driver::{Driver, TOKEN};
use crate::action::{code, flag};
use crate::input::Report;

const TOKEN_ONLY: i32 = -4;

#[test]
fn token_call_ends_with_the_generation() {
    let mut driver = Driver::new("");
    let call = driver.begin(TOKEN_ONLY);
    driver.step(call);
    assert_eq!(driver.issue(call, TOKEN), code::DONE | flag::TOKEN_REQUEST_SUCCEEDED);
    assert_eq!((driver.core.extra(), driver.token()), (1.0, TOKEN.to_owned()));
    let call = driver.begin(TOKEN_ONLY);
    assert_eq!(driver.step(call), code::DONE | flag::ATTEMPT_STARTED);
}

#[test]
fn transient_token_failure_is_retried() {
    let mut driver = Driver::new("");
    let call = driver.begin(TOKEN_ONLY);
    driver.step(call);
    assert_eq!(driver.respond(call, 503, ""), code::WAIT | flag::TOKEN_REQUEST_FAILED);
    driver.millis += driver.core.millis();
    assert_eq!(driver.step(call), code::REQUEST_TOKEN | flag::ATTEMPT_STARTED);
    assert_eq!(driver.issue(call, TOKEN), code::DONE | flag::TOKEN_REQUEST_SUCCEEDED);
}

#[test]
fn refused_token_request_is_final() {
    let mut driver = Driver::new("");
    let call = driver.begin(0);
    driver.step(call);
    let action = driver.report(call, Report::SendFailed(SendErrorKind::Refused, "no permission".into()));
    assert_eq!(action, code::FAILED | flag::TOKEN_REQUEST_FAILED);
    let error = driver.error(call);
    assert_eq!((&error["code"], &error["retryable"]), (&"FETCH_REFUSED".into(), &false.into()));
    assert!(error.get("requestId").is_none());
}

#[test]
fn second_secret_is_tried_after_a_rejection() {
    let mut driver = Driver::open(
        r#"{"clientId": "client-1", "clientSecrets": ["p8e-secret-1", "p8e-secret-2"], "orgId": "A1@AdobeOrg", "scopes": "openid"}"#,
    );
    let call = driver.begin(0);
    driver.step(call);
    let action = driver.respond(call, 400, r#"{"error": "invalid_client"}"#);
    assert_eq!(action, code::REQUEST_TOKEN | flag::TOKEN_REQUEST_FAILED);
    assert!(driver.core.token_request_body(call).contains("p8e-secret-2"));
}

#[test]
fn cold_callers_make_one_request() {
    let mut driver = Driver::new("");
    let calls: Vec<u32> = (0..100).map(|_| driver.begin(0)).collect();
    let actions: Vec<u32> = calls.iter().map(|call| driver.step(*call) & 0xFF).collect();
    assert_eq!(actions[0], code::REQUEST_TOKEN);
    assert!(actions[1..].iter().all(|action| *action == code::WAIT));
    assert_eq!((driver.core.millis(), driver.core.extra()), (20.0, 0.0));
    driver.issue(calls[0], TOKEN);
    assert!(calls[1..].iter().all(|call| driver.step(*call) == code::SEND));
}

#[test]
fn cancelled_call_leaves_the_request_to_others() {
    let mut driver = Driver::new("");
    let (first, second) = (driver.begin(0), driver.begin(0));
    driver.step(first);
    assert_eq!(driver.step(second) & 0xFF, code::WAIT);
    let moment = driver.moment();
    driver.core.cancel(first, moment);
    assert_eq!(driver.step(second), code::REQUEST_TOKEN);
}

#[test]
fn invalidate_asks_for_another_token() {
    let mut driver = Driver::new("");
    let call = driver.begin(TOKEN_ONLY);
    driver.step(call);
    driver.issue(call, TOKEN);
    let now = driver.moment().now;
    assert!(driver.core.invalidate(driver.client, 1.0, now));
    let call = driver.begin(TOKEN_ONLY);
    assert_eq!(driver.step(call), code::REQUEST_TOKEN | flag::ATTEMPT_STARTED);
    driver.issue(call, "token-second-one");
    driver.core.mark_rejected(driver.client, 2.0, now);
    assert!(!driver.core.invalidate(driver.client, 2.0, now), "a third token would not help");
    assert!(!driver.core.invalidate(77, 2.0, now));
}

#[test]
fn static_token_is_sent_without_a_request() {
    let mut driver = Driver::open(r#"{"clientId": "client-1", "orgId": "A1@AdobeOrg", "accessToken": "Bearer eyJ.x"}"#);
    let call = driver.begin(0);
    assert_eq!(driver.step(call), code::SEND | flag::ATTEMPT_STARTED);
    assert_eq!((driver.core.extra(), driver.token()), (0.0, "eyJ.x".to_owned()));
    assert_eq!(driver.respond(call, 401, ""), code::FAILED);
}

#[test]
fn callback_is_called_for_each_attempt() {
    let options = r#"{"clientId": "client-1", "orgId": "A1@AdobeOrg", "accessToken": true}"#;
    let mut driver = Driver::open(options);
    let call = driver.begin(0);
    assert_eq!(driver.step(call), code::CALLBACK | flag::ATTEMPT_STARTED);
    assert_eq!(driver.report(call, Report::TokenReturned(TOKEN.into())), code::SEND);
    assert_eq!((driver.core.extra(), driver.token()), (1.0, TOKEN.to_owned()));
    assert_eq!(driver.respond(call, 401, ""), code::CALLBACK);
    let failed = Report::CallbackFailed { timed_out: false, detail: "no vault".into() };
    assert_eq!(driver.report(call, failed), code::FAILED);
    let error = driver.error(call);
    assert_eq!(error["message"], "capping.list failed: no access token: the access token function failed: no vault");
    let call = driver.begin(0);
    driver.step(call);
    assert_eq!(driver.report(call, Report::TokenReturned("a\nb".into())), code::FAILED);
    assert_eq!(driver.error(call)["kind"], "auth");
}
