use ajo_engine::SendErrorKind;

use super::driver::{Driver, TOKEN};
use crate::action::{code, flag};
use crate::input::Report;

/// Indexes of the operation table.
const LIST: i32 = 0;
const CREATE: i32 = 1;
const DELETE: i32 = 4;

#[test]
fn second_call_sends_at_once() {
    let mut driver = Driver::new("");
    let first = driver.begin(LIST);
    assert_eq!(driver.step(first), code::REQUEST_TOKEN | flag::ATTEMPT_STARTED);
    assert_eq!(driver.core.millis(), 10_000.0);
    assert_eq!(
        driver.core.token_request_body(first),
        "grant_type=client_credentials&client_id=client-1&client_secret=p8e-secret-1&scope=openid"
    );
    assert_eq!(driver.issue(first, TOKEN), code::SEND | flag::TOKEN_REQUEST_SUCCEEDED);
    assert_eq!((driver.core.millis(), driver.core.extra()), (30_000.0, 1.0));
    assert_eq!(driver.token(), TOKEN);
    assert_eq!(driver.report(first, Report::Succeeded), code::DONE);
    let second = driver.begin(LIST);
    assert_eq!(driver.step(second), code::SEND | flag::ATTEMPT_STARTED);
    assert_eq!(driver.report(second, Report::Succeeded), code::DONE);
    assert_eq!((driver.core.extra(), driver.core.call_count()), (0.0, 0));
}

#[test]
fn unauthorized_request_is_replayed_once() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(LIST);
    assert_eq!(driver.respond(call, 401, ""), code::REQUEST_TOKEN, "no new attempt");
    assert_eq!(driver.issue(call, "token-second-one"), code::SEND | flag::TOKEN_REQUEST_SUCCEEDED);
    assert_eq!((driver.core.extra(), driver.token()), (2.0, "token-second-one".to_owned()));
    assert_eq!(driver.respond(call, 401, ""), code::FAILED);
    let error = driver.error(call);
    assert_eq!(
        (&error["status"], &error["attempts"], &error["authentication"]),
        (&401.into(), &1.into(), &true.into())
    );
}

#[test]
fn unavailable_service_is_retried() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(LIST);
    for _ in 0..2 {
        assert_eq!(driver.respond(call, 503, ""), code::WAIT);
        assert_eq!(driver.core.extra(), 1.0, "the wait before a retry");
        assert_eq!(driver.step(call), code::SEND | flag::ATTEMPT_STARTED);
    }
    assert_eq!(driver.respond(call, 503, ""), code::FAILED);
    let error = driver.error(call);
    assert_eq!(
        (&error["attempts"], &error["outcome"], &error["retryable"]),
        (&3.into(), &"unknown".into(), &true.into())
    );
}

#[test]
fn retry_after_is_waited_for() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(CREATE);
    let report = Report::Response {
        status: 429,
        request_id: None,
        retry_after: Some("7".into()),
        debug_id: None,
        body: Some(String::new()),
    };
    assert_eq!(driver.report(call, report), code::WAIT);
    assert_eq!(driver.core.millis(), 7000.0);
}

#[test]
fn max_attempts_limits_the_retries() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(LIST);
    assert_eq!(driver.report(call, Report::Succeeded), code::DONE);
    let call = driver.begin_with(LIST, 0.0, 0.0, 1);
    assert_eq!(driver.step(call), code::SEND | flag::ATTEMPT_STARTED);
    assert_eq!(driver.respond(call, 503, ""), code::FAILED);
}

#[test]
fn limits_of_the_call_are_used() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(LIST);
    driver.report(call, Report::Succeeded);
    let call = driver.begin_with(LIST, 1500.5, 0.0, 0);
    driver.step(call);
    assert_eq!(driver.core.millis(), 1501.0);
    let call = driver.begin_with(LIST, 0.0, 2000.0, 0);
    driver.millis += 500.0;
    driver.step(call);
    assert_eq!(driver.core.millis(), 1500.0, "the rest of the call's time");
}

#[test]
fn lost_create_is_not_retried() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(CREATE);
    assert_eq!(driver.report(call, Report::SendFailed(SendErrorKind::Disconnected, "reset".into())), code::FAILED);
    let error = driver.error(call);
    assert_eq!((&error["kind"], &error["outcome"]), (&"disconnected".into(), &"unknown".into()));
}

#[test]
fn refused_request_is_never_retried() {
    let mut driver = Driver::new("");
    for operation in [LIST, CREATE, DELETE, -1, -2, -3] {
        let call = driver.begin_sending(operation);
        let report = Report::send_failed(4, "this runtime has no fetch".into());
        assert_eq!(driver.report(call, report), code::FAILED);
        let error = driver.error(call);
        assert_eq!((&error["kind"], &error["code"]), (&"refused".into(), &"FETCH_REFUSED".into()));
        assert_eq!((&error["outcome"], &error["retryable"]), (&"failed".into(), &false.into()));
        assert_eq!(error["message"], "capping.list failed: not sent: this runtime has no fetch");
    }
}

#[test]
fn repeated_delete_is_already_applied() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(DELETE);
    assert_eq!(driver.report(call, Report::SendFailed(SendErrorKind::Timeout, "late".into())), code::WAIT);
    driver.step(call);
    assert_eq!(driver.respond(call, 404, ""), code::DONE);
    assert_eq!(driver.core.extra(), 1.0);
}

#[test]
fn other_requests_are_retried_by_method() {
    for (operation, after_lost_response) in [(-1, code::WAIT), (-2, code::WAIT), (-3, code::FAILED)] {
        let mut driver = Driver::new("");
        let call = driver.begin_sending(operation);
        let action = driver.report(call, Report::SendFailed(SendErrorKind::Disconnected, "reset".into()));
        assert_eq!(action, after_lost_response, "{operation}");
    }
}

#[test]
fn unknown_operations_and_clients_are_zero() {
    let mut driver = Driver::new("");
    for operation in [16, -5, i32::MAX, i32::MIN] {
        assert_eq!(driver.begin(operation), 0, "{operation}");
    }
    driver.client = 9;
    assert_eq!(driver.begin(0), 0);
    assert_eq!(driver.step(0), code::FAILED);
    assert_eq!(driver.error(0)["kind"], "internal");
}

#[test]
fn closed_client_finishes_its_calls() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(LIST);
    driver.core.close(driver.client);
    assert_eq!(driver.begin(LIST), 0);
    assert_eq!(driver.report(call, Report::Succeeded), code::DONE);
    assert_eq!(driver.token(), "", "the client is gone");
}

#[test]
fn call_numbers_are_not_reused() {
    let mut driver = Driver::new("");
    let first = driver.begin_sending(LIST);
    driver.report(first, Report::Succeeded);
    let second = driver.begin(LIST);
    assert_ne!(first, second);
    let moment = driver.moment();
    driver.core.cancel(second, moment);
    driver.core.cancel(second, moment);
    assert_eq!((driver.step(second), driver.core.call_count()), (code::FAILED, 0));
    assert_eq!(driver.begin(LIST), 3);
}

#[test]
fn wrong_report_ends_the_call() {
    let mut driver = Driver::new("");
    let call = driver.begin(LIST);
    driver.step(call);
    assert_eq!(driver.report(call, Report::Succeeded), code::FAILED, "it waits for a token");
    let error = driver.error(call);
    assert_eq!((&error["kind"], &error["code"]), (&"internal".into(), &"INTERNAL".into()));
    let next = driver.begin(LIST);
    assert_eq!(driver.step(next), code::REQUEST_TOKEN | flag::ATTEMPT_STARTED, "the lease is free");
}
