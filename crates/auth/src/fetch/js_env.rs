//! Clocks, timers, and randomness of JavaScript.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use js_sys::Array;
use send_wrapper::SendWrapper;

use super::script;
use super::timer::Timer;
use crate::{Sleep, Surroundings, Timestamp};

/// The clocks, timers and chance of JavaScript: `Date`, `performance` where there is one, `setTimeout`, `Math.random`. The
/// standard library's clocks trap on WebAssembly.
#[derive(Debug, Default)]
pub struct System {
    /// The latest time that was told, in microseconds: a clock that is set back does not take it back.
    latest: AtomicU64,
}

impl Surroundings for System {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(whole(js_sys::Date::now()))
    }

    fn elapsed(&self) -> Duration {
        let now = whole(clock_millis() * 1000.0);
        Duration::from_micros(self.latest.fetch_max(now, Ordering::Relaxed).max(now))
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        // Where there are no timers, it is over at once.
        Box::pin(SendWrapper::new(async move {
            if let Some(timer) = Timer::new(duration) {
                timer.await;
            }
        }))
    }

    fn random(&self) -> u64 {
        let half = || whole(js_sys::Math::random() * 4_294_967_296.0) & 0xFFFF_FFFF;
        (half() << 32) | half()
    }
}

/// Milliseconds since some fixed point: by `performance`, which is not set back, else by `Date`.
pub(super) fn clock_millis() -> f64 {
    script::global("performance")
        .and_then(|performance| script::call(&performance, "now", &Array::new()))
        .and_then(Result::ok)
        .and_then(|now| now.as_f64())
        .unwrap_or_else(js_sys::Date::now)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates, and NaN is zero")]
const fn whole(number: f64) -> u64 {
    number as u64
}
