//! The clock of an organization.

use std::time::Duration;

use ajo_engine::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::control::request::parse_body;
use crate::api::request_error::RequestError;
use crate::state::clock::MAX_TIMESTAMP;
use crate::state::organization::Organization;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockUpdate {
    now_millis: Option<u64>,
    speed: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockAdvance {
    seconds: f64,
}

pub(super) fn show(organization: &Organization, now: Timestamp) -> Value {
    let clock = organization.clock();
    json!({"nowMillis": clock.read(now).as_millis(), "speed": clock.speed()})
}

pub(super) fn set(organization: &mut Organization, body: &[u8], now: Timestamp) -> Result<Value, RequestError> {
    let ClockUpdate { now_millis, speed } = parse_body(body)?;
    if now_millis.is_some_and(|millis| millis > MAX_TIMESTAMP.as_millis()) {
        return Err(past_max_timestamp());
    }
    let clock = organization.clock_mut();
    if let Some(speed) = speed {
        clock.set_speed(speed, now).map_err(RequestError::bad_request)?;
    }
    if let Some(millis) = now_millis {
        clock.set(Timestamp::from_millis(millis), now);
    }
    Ok(show(organization, now))
}

pub(super) fn advance(organization: &mut Organization, body: &[u8], now: Timestamp) -> Result<Value, RequestError> {
    let ClockAdvance { seconds } = parse_body(body)?;
    let step = Duration::try_from_secs_f64(seconds)
        .map_err(|_| RequestError::bad_request("`seconds` must be a number from 0 to 1.8e19"))?;
    if organization.clock().read(now).saturating_add(step) > MAX_TIMESTAMP {
        return Err(past_max_timestamp());
    }
    organization.advance(step);
    Ok(show(organization, now))
}

fn past_max_timestamp() -> RequestError {
    RequestError::bad_request(format!(
        "the clock cannot go past {} ms, the end of the year 9999",
        MAX_TIMESTAMP.as_millis()
    ))
}
