//! The emulated clock of an organization.

use std::time::Duration;

use ajo_engine::Timestamp;
use serde::{Deserialize, Serialize};

/// Maximum speed: a day passes in less than a tenth of a second.
const MAX_SPEED: f64 = 1_000_000.0;

/// 9999-12-30T21:59:59.999Z: the latest time that jiff can format. No clock goes beyond it.
pub const MAX_TIMESTAMP: Timestamp = Timestamp::from_millis(253_402_207_199_999);

/// The clock for tokens, timestamps and `Retry-After`. It can be frozen, set, advanced, or run at another speed.
///
/// It is computed from the real time, which callers pass in.
///
/// ```
/// use std::time::Duration;
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{Clock, MAX_TIMESTAMP, ClockSpeedError};
///
/// let noon = Timestamp::from_millis(43_200_000);
/// let later = Timestamp::from_millis(43_201_000);
/// let mut clock = Clock::default();
/// assert_eq!(clock.read(noon), noon);
/// clock.freeze(noon);
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.read(later), noon.saturating_add(Duration::from_secs(3600)));
///
/// assert_eq!(clock.set_speed(-1.0, later), Err(ClockSpeedError));
/// clock.set(noon, later);
/// assert!((clock.read(later), clock.speed()) == (noon, 0.0));
/// clock.resume(later);
/// clock.set_speed(1000.0, later)?;
/// clock.advance(Duration::MAX);
/// assert_eq!(clock.read(later), MAX_TIMESTAMP);
/// # Ok::<(), ClockSpeedError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// The real time, in milliseconds since the epoch, …
    real_millis: u64,
    /// … at which the emulated time was this.
    emulated_millis: u64,
    speed: f64,
}

impl Default for Clock {
    /// Shows the real time.
    fn default() -> Self {
        Self { real_millis: 0, emulated_millis: 0, speed: 1.0 }
    }
}

/// An invalid clock speed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the clock speed must be from 0 (frozen) to {MAX_SPEED}; 1 is real time")]
pub struct ClockSpeedError;

impl Clock {
    /// The emulated time.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a speed is not negative, and beyond the exact range of a float a millisecond does not matter"
    )]
    pub fn read(&self, real: Timestamp) -> Timestamp {
        let passed = real.as_millis().saturating_sub(self.real_millis);
        // Real-time speed stays exact over any period.
        let passed =
            if self.speed.to_bits() == 1.0_f64.to_bits() { passed } else { (passed as f64 * self.speed) as u64 };
        Timestamp::from_millis(self.emulated_millis.saturating_add(passed)).min(MAX_TIMESTAMP)
    }

    /// The speed; 1 is real time, 0 is frozen.
    pub const fn speed(&self) -> f64 {
        self.speed
    }

    /// Stops the clock.
    pub fn freeze(&mut self, real: Timestamp) {
        self.restart(self.read(real), real, 0.0);
    }

    /// Continues at real-time speed, without a jump.
    pub fn resume(&mut self, real: Timestamp) {
        self.restart(self.read(real), real, 1.0);
    }

    /// Changes the speed, without a jump.
    pub fn set_speed(&mut self, speed: f64, real: Timestamp) -> Result<(), ClockSpeedError> {
        if !(0.0..=MAX_SPEED).contains(&speed) {
            return Err(ClockSpeedError);
        }
        self.restart(self.read(real), real, speed);
        Ok(())
    }

    /// Sets the time, at the same speed.
    pub const fn set(&mut self, org_now: Timestamp, real: Timestamp) {
        self.restart(org_now, real, self.speed);
    }

    /// Moves the time forward.
    pub fn advance(&mut self, by: Duration) {
        self.emulated_millis = Timestamp::from_millis(self.emulated_millis).saturating_add(by).as_millis();
    }

    const fn restart(&mut self, org_now: Timestamp, real: Timestamp, speed: f64) {
        *self = Self { real_millis: real.as_millis(), emulated_millis: org_now.as_millis(), speed };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn freeze_advance_and_speed_do_not_jump() {
        let mut clock = Clock::default();
        assert_eq!(clock.read(at(100)), at(100));
        clock.freeze(at(100));
        assert_eq!(clock.read(at(500)), at(100));
        clock.advance(Duration::from_secs(10));
        assert_eq!(clock.read(at(500)), at(110));
        clock.set_speed(60.0, at(500)).expect("a speed");
        assert_eq!((clock.read(at(500)), clock.read(at(502))), (at(110), at(230)));
        clock.resume(at(502));
        assert_eq!((clock.read(at(502)), clock.read(at(503))), (at(230), at(231)));
        clock.set(at(0), at(600));
        assert_eq!(clock.read(at(601)), at(1));
    }

    #[test]
    fn speed_and_time_are_bounded() {
        let mut clock = Clock::default();
        for speed in [-1.0, f64::NAN, f64::INFINITY, 1e7] {
            assert_eq!(clock.set_speed(speed, at(0)), Err(ClockSpeedError));
        }
        clock.set_speed(MAX_SPEED, at(0)).expect("a speed");
        clock.advance(Duration::MAX);
        assert_eq!(clock.read(Timestamp::from_millis(u64::MAX)), MAX_TIMESTAMP);
        clock.set(Timestamp::from_millis(u64::MAX), at(0));
        assert_eq!(clock.read(at(0)), MAX_TIMESTAMP);
    }

    #[test]
    fn real_clock_going_back_has_no_effect() {
        let mut clock = Clock::default();
        clock.freeze(at(100));
        clock.resume(at(100));
        assert_eq!(clock.read(at(50)), at(100));
    }
}
