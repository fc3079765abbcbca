//! The clocks, timers, and randomness of JavaScript.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ajo_engine::MonotonicClock;
use js_sys::Array;
use send_wrapper::SendWrapper;

use super::js_timer::JsTimer;
use super::js_value;
use crate::{Runtime, Sleep, Timestamp};

/// The environment of a JavaScript runtime: `Date`, `performance` if available, `setTimeout`, and `Math.random`. The
/// standard library's clocks trap in WebAssembly.
#[derive(Debug, Default)]
pub struct JsRuntime {
    clock: Mutex<MonotonicClock>,
}

impl Runtime for JsRuntime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(to_u64(js_sys::Date::now()))
    }

    fn elapsed(&self) -> Duration {
        let reading = Duration::from_micros(to_u64(clock_millis() * 1000.0));
        // The clock is consistent after every reading, so poisoning does not matter.
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).read(reading)
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        // Without timers, this returns at once.
        Box::pin(SendWrapper::new(async move {
            if let Some(timer) = JsTimer::new(duration) {
                timer.await;
            }
        }))
    }

    fn random(&self) -> u64 {
        let half = || to_u64(js_sys::Math::random() * 4_294_967_296.0) & 0xFFFF_FFFF;
        (half() << 32) | half()
    }
}

/// Milliseconds since an arbitrary fixed point, from the monotonic `performance` if available and from `Date`
/// otherwise.
pub(super) fn clock_millis() -> f64 {
    js_value::get_global("performance")
        .and_then(|performance| js_value::call_method(&performance, "now", &Array::new()))
        .and_then(Result::ok)
        .and_then(|now| now.as_f64())
        .unwrap_or_else(js_sys::Date::now)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates, and NaN is zero")]
const fn to_u64(number: f64) -> u64 {
    number as u64
}
