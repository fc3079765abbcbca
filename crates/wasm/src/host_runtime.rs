//! The time and the seed that JavaScript passes with each call.

use std::cell::RefCell;
use std::time::Duration;

use ajo_auth::{ManualRuntime, Runtime as _, Timestamp};
use ajo_engine::StepContext;

struct HostRuntime {
    now_millis: u64,
    elapsed: Duration,
    seed: u64,
}

thread_local! {
    static HOST_RUNTIME: RefCell<HostRuntime> = const { RefCell::new(HostRuntime { now_millis: 0, elapsed: Duration::ZERO, seed: 0 }) };
}

fn with_host_env<T>(access: impl FnOnce(&mut HostRuntime) -> T) -> T {
    HOST_RUNTIME.with_borrow_mut(access)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts saturate, and times need not be exact"
)]
pub(crate) fn set_time(now: f64, elapsed: f64) {
    with_host_env(|host| {
        host.now_millis = now as u64;
        // Stays monotonic even if the clock of the host does not.
        host.elapsed = host.elapsed.max(Duration::from_micros((elapsed * 1000.0) as u64));
    });
}

/// The monotonic time that JavaScript last passed.
pub(crate) fn elapsed() -> Duration {
    with_host_env(|host| host.elapsed)
}

/// Mixes random bits into the seed.
pub(crate) fn add_entropy(high: u32, low: u32) {
    with_host_env(|host| host.seed ^= (u64::from(high) << 32) | u64::from(low));
}

pub(crate) fn random() -> u64 {
    with_host_env(|host| {
        let random = ManualRuntime::new(host.seed).random();
        host.seed = host.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        random
    })
}

/// The time and a random number for one step.
pub(crate) fn snapshot() -> StepContext {
    let random = random();
    with_host_env(|host| StepContext { now: Timestamp::from_millis(host.now_millis), elapsed: host.elapsed, random })
}

/// Milliseconds, rounded up and capped at the maximum of JavaScript timers.
pub(crate) fn timer_millis(duration: Duration) -> u32 {
    const MAX: u32 = i32::MAX as u32;
    let fraction = u64::from(duration.subsec_micros().div_ceil(1000));
    let millis = duration.as_secs().saturating_mul(1000).saturating_add(fraction);
    u32::try_from(millis).map_or(MAX, |millis| millis.min(MAX))
}
