use super::driver::{Driver, TOKEN};
use crate::action::{code, flag};
use crate::input::Report;

const HOUR: f64 = 3_600_000.0;

#[test]
fn jump_back_is_a_new_start() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(0);
    driver.report(call, Report::Succeeded);
    // Fake timers jump ahead, then the real ones go on.
    driver.millis += HOUR;
    let call = driver.begin_with(0, 0.0, 2000.0, 0);
    driver.millis -= HOUR;
    assert_eq!(driver.step(call), code::SEND | flag::ATTEMPT_STARTED);
    assert_eq!(driver.core.millis(), 2000.0, "not an hour longer");
    driver.millis += 1500.0;
    assert_eq!(driver.respond(call, 503, ""), code::WAIT);
    driver.step(call);
    assert_eq!(driver.core.millis(), 500.0);
    driver.millis += 500.0;
    assert_eq!(driver.respond(call, 503, ""), code::FAILED, "the call's time is over");
}

#[test]
fn abandoned_call_is_dropped_after_its_grace() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(0);
    let waiting = driver.begin(0);
    driver.millis += 30_000.0 + 120_000.0;
    let _ = driver.begin(0);
    assert_eq!(driver.core.call_count(), 2, "the one that has not been stepped is dropped");
    assert_eq!(driver.step(waiting), code::FAILED);
    driver.millis += 20_000.0;
    let _ = driver.begin(0);
    assert_eq!(driver.report(call, Report::Succeeded), code::FAILED);
    let error = driver.error(call);
    assert_eq!((&error["code"], &error["outcome"]), (&"TIMEOUT".into(), &"unknown".into()));
    assert!(
        error["message"].as_str().is_some_and(|text| text.starts_with("capping.list failed: the call was abandoned"))
    );
}

#[test]
fn abandoned_token_request_blocks_nobody() {
    let mut driver = Driver::new("");
    let first = driver.begin(0);
    driver.step(first);
    driver.millis += 4000.0;
    let second = driver.begin(0);
    assert_eq!(driver.step(second), code::REQUEST_TOKEN | flag::ATTEMPT_STARTED, "the lease has expired");
    driver.issue(second, TOKEN);
    assert_eq!(driver.core.call_count(), 2);
}

#[test]
fn elapsed_time_of_a_call_is_reported() {
    let mut driver = Driver::new("");
    let call = driver.begin_sending(1);
    driver.millis += 250.0;
    driver.respond(call, 400, "");
    driver.millis += 9000.0;
    assert_eq!(driver.error(call)["elapsedMs"], 250);
}
