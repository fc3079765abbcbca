//! The clock of an organization.

use std::time::Duration;

use ajo_engine::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::control::refusal::Refused;
use crate::api::control::request::read_body;
use crate::state::clock::LAST_MOMENT;
use crate::state::organization::Organization;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Setting {
    now_millis: Option<u64>,
    speed: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    seconds: f64,
}

pub(super) fn show(organization: &Organization, now: Timestamp) -> Value {
    let clock = organization.clock();
    json!({"nowMillis": clock.read(now).as_millis(), "speed": clock.speed()})
}

pub(super) fn set(organization: &mut Organization, body: &[u8], now: Timestamp) -> Result<Value, Refused> {
    let Setting { now_millis, speed } = read_body(body)?;
    if now_millis.is_some_and(|millis| millis > LAST_MOMENT.as_millis()) {
        return Err(beyond_the_end());
    }
    let clock = organization.clock_mut();
    if let Some(speed) = speed {
        clock.run_at(speed, now).map_err(Refused::bad)?;
    }
    if let Some(millis) = now_millis {
        clock.set(Timestamp::from_millis(millis), now);
    }
    Ok(show(organization, now))
}

pub(super) fn advance(organization: &mut Organization, body: &[u8], now: Timestamp) -> Result<Value, Refused> {
    let Step { seconds } = read_body(body)?;
    let step = Duration::try_from_secs_f64(seconds)
        .map_err(|_| Refused::bad("seconds is a number of seconds from 0 to 1.8e19"))?;
    if organization.clock().read(now).saturating_add(step) > LAST_MOMENT {
        return Err(beyond_the_end());
    }
    organization.advance(step);
    Ok(show(organization, now))
}

fn beyond_the_end() -> Refused {
    Refused::bad(format!("a clock goes to {} ms, at the end of the year 9999, and no further", LAST_MOMENT.as_millis()))
}
