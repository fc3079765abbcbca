//! The time and randomness that JavaScript passes with each call.

use std::cell::RefCell;
use std::time::Duration;

use ajo_auth::{Simulated, Surroundings as _, Timestamp};
use ajo_engine::Moment;

struct Host {
    now_millis: u64,
    elapsed: Duration,
    seed: u64,
}

thread_local! {
    static HOST: RefCell<Host> = const { RefCell::new(Host { now_millis: 0, elapsed: Duration::ZERO, seed: 0 }) };
}

fn with<T>(what: impl FnOnce(&mut Host) -> T) -> T {
    HOST.with_borrow_mut(what)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast saturates, and time is no exact count"
)]
pub(crate) fn set_time(now: f64, elapsed: f64) {
    with(|host| {
        host.now_millis = now as u64;
        // It never goes back, whatever the clock does.
        host.elapsed = host.elapsed.max(Duration::from_micros((elapsed * 1000.0) as u64));
    });
}

/// Time since a fixed point, as it was last passed.
pub(crate) fn elapsed() -> Duration {
    with(|host| host.elapsed)
}

/// Adds randomness.
pub(crate) fn stir(high: u32, low: u32) {
    with(|host| host.seed ^= (u64::from(high) << 32) | u64::from(low));
}

pub(crate) fn random() -> u64 {
    with(|host| {
        let random = Simulated::new(host.seed).random();
        host.seed = host.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        random
    })
}

/// The time and a random number, for one step.
pub(crate) fn moment() -> Moment {
    let random = random();
    with(|host| Moment { now: Timestamp::from_millis(host.now_millis), elapsed: host.elapsed, random })
}

/// Whole milliseconds, rounded up, as many as a timer of JavaScript takes.
pub(crate) fn millis(duration: Duration) -> u32 {
    const LONGEST: u32 = i32::MAX as u32;
    let part = u64::from(duration.subsec_micros().div_ceil(1000));
    let millis = duration.as_secs().saturating_mul(1000).saturating_add(part);
    u32::try_from(millis).map_or(LONGEST, |millis| millis.min(LONGEST))
}
