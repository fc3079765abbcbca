use serde_json::Value;

use super::driver::{Driver, TOKEN};
use crate::action::{code, flag};
use crate::input::Report;

const STORE: &str = r#", "tokenStore": true"#;
const LOCKS: &str = r#", "tokenStore": true, "storeLocks": true"#;

/// An entry that another process wrote.
fn entry() -> String {
    let mut driver = Driver::new(STORE);
    let call = driver.begin(0);
    driver.step(call);
    driver.report(call, Report::Stored(None));
    driver.issue(call, TOKEN);
    driver.core.store_entry(call)
}

#[test]
fn token_is_loaded_from_the_store() {
    let mut driver = Driver::new(STORE);
    let call = driver.begin(0);
    assert_eq!(driver.step(call), code::READ_STORE | flag::ATTEMPT_STARTED);
    assert_eq!((driver.core.millis(), driver.core.store_key(call).len()), (500.0, 64));
    assert_eq!(driver.report(call, Report::Stored(Some(entry()))), code::SEND | flag::LOADED_FROM_STORE);
    assert_eq!(driver.token(), TOKEN);
}

#[test]
fn new_token_is_written_to_the_store() {
    let mut driver = Driver::new(STORE);
    let call = driver.begin(0);
    driver.step(call);
    assert_eq!(driver.report(call, Report::Stored(None)), code::REQUEST_TOKEN);
    assert_eq!(driver.issue(call, TOKEN), code::WRITE_STORE | flag::TOKEN_REQUEST_SUCCEEDED);
    assert_eq!(driver.core.extra(), 3600.0);
    assert!(driver.core.store_entry(call).contains(TOKEN));
    assert_eq!(driver.report(call, Report::StoreWritten), code::SEND);
    assert_eq!(driver.core.store_entry(call), "");
}

#[test]
fn invalid_entry_is_reported() {
    let mut driver = Driver::new(STORE);
    let call = driver.begin(0);
    driver.step(call);
    assert_eq!(driver.report(call, Report::Stored(Some("{}".into()))), code::REQUEST_TOKEN | flag::INVALID_ENTRY);
    let problem: Value = serde_json::from_str(&driver.core.take_problem("")).expect("JSON");
    assert_eq!(
        problem["message"],
        "the token store has an invalid entry: the entry does not have the format of version 1"
    );
}

#[test]
fn unresponsive_store_rests() {
    let mut driver = Driver::new(STORE);
    let call = driver.begin(0);
    driver.step(call);
    assert_eq!(driver.report(call, Report::StoreTimeout), code::REQUEST_TOKEN);
    assert_eq!(driver.issue(call, TOKEN), code::SEND | flag::TOKEN_REQUEST_SUCCEEDED, "it is not written");
}

#[test]
fn failing_store_is_used_again() {
    let mut driver = Driver::new(STORE);
    let call = driver.begin(0);
    driver.step(call);
    assert_eq!(driver.report(call, Report::StoreFailed), code::REQUEST_TOKEN);
    assert_eq!(driver.issue(call, TOKEN), code::WRITE_STORE | flag::TOKEN_REQUEST_SUCCEEDED);
    assert_eq!(driver.report(call, Report::StoreFailed), code::SEND);
}

#[test]
fn lock_is_held_during_the_token_request() {
    let mut driver = Driver::new(LOCKS);
    let call = driver.begin(0);
    driver.step(call);
    assert_eq!(driver.report(call, Report::Stored(None)), code::LOCK_STORE);
    assert_eq!(driver.core.extra(), 12.0);
    assert_eq!(driver.report(call, Report::StoreLocked(4711.0)), code::READ_STORE);
    assert_eq!(driver.report(call, Report::Stored(None)), code::REQUEST_TOKEN);
    assert_eq!(driver.issue(call, TOKEN), code::WRITE_STORE | flag::TOKEN_REQUEST_SUCCEEDED);
    assert_eq!(driver.report(call, Report::StoreWritten), code::UNLOCK_STORE);
    assert_eq!(driver.core.extra(), 4711.0);
    assert_eq!(driver.report(call, Report::StoreWritten), code::SEND);
}

#[test]
fn busy_lock_is_waited_for() {
    let mut driver = Driver::new(LOCKS);
    let call = driver.begin(0);
    driver.step(call);
    driver.report(call, Report::Stored(None));
    assert_eq!(driver.report(call, Report::StoreBusy), code::WAIT);
    assert_eq!((driver.core.millis(), driver.core.extra()), (100.0, 0.0));
    assert_eq!(driver.step(call), code::READ_STORE);
    assert_eq!(driver.report(call, Report::Stored(Some(entry()))), code::SEND | flag::LOADED_FROM_STORE);
}

#[test]
fn failed_lock_is_not_needed() {
    for report in [Report::StoreFailed, Report::StoreTimeout] {
        let mut driver = Driver::new(LOCKS);
        let call = driver.begin(0);
        driver.step(call);
        driver.report(call, Report::Stored(None));
        assert_eq!(driver.report(call, report), code::REQUEST_TOKEN);
    }
}
