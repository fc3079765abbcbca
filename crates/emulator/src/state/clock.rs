//! The time in an emulated organization.

use std::time::Duration;

use ajo_engine::Timestamp;
use serde::{Deserialize, Serialize};

/// The fastest a clock can run. Chosen here: a day in less than a tenth of a second.
const FASTEST: f64 = 1_000_000.0;

/// 9999-12-30T21:59:59.999Z: the last moment that a timestamp in an answer can name, of those that jiff writes. No clock goes
/// beyond it.
pub const LAST_MOMENT: Timestamp = Timestamp::from_millis(253_402_207_199_999);

/// What time it is for tokens, timestamps, rates and `Retry-After`: real, frozen, moved on in steps, or faster.
///
/// It computes from the real time that it is told, and reads no clock itself.
///
/// ```
/// use std::time::Duration;
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{Clock, LAST_MOMENT, SpeedError};
///
/// let noon = Timestamp::from_millis(43_200_000);
/// let later = Timestamp::from_millis(43_201_000);
/// let mut clock = Clock::default();
/// assert_eq!(clock.read(noon), noon);
/// clock.freeze(noon);
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.read(later), noon.saturating_add(Duration::from_secs(3600)));
///
/// assert_eq!(clock.run_at(-1.0, later), Err(SpeedError));
/// clock.set(noon, later);
/// assert!((clock.read(later), clock.speed()) == (noon, 0.0));
/// clock.run(later);
/// clock.run_at(1000.0, later)?;
/// clock.advance(Duration::MAX);
/// assert_eq!(clock.read(later), LAST_MOMENT);
/// # Ok::<(), SpeedError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// At this real time, in milliseconds since the epoch, …
    real: u64,
    /// … it is this time here.
    here: u64,
    speed: f64,
}

impl Default for Clock {
    /// The real time.
    fn default() -> Self {
        Self { real: 0, here: 0, speed: 1.0 }
    }
}

/// A speed that no clock can have.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a clock runs at a speed from 0 (frozen) to {FASTEST}; 1 is the real speed")]
pub struct SpeedError;

impl Clock {
    /// What time it is here.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a speed is not negative, and beyond the exact range of a float a millisecond does not matter"
    )]
    pub fn read(&self, real: Timestamp) -> Timestamp {
        let passed = real.as_millis().saturating_sub(self.real);
        // The real speed is exact, however long it runs.
        let passed =
            if self.speed.to_bits() == 1.0_f64.to_bits() { passed } else { (passed as f64 * self.speed) as u64 };
        Timestamp::from_millis(self.here.saturating_add(passed)).min(LAST_MOMENT)
    }

    /// How fast it runs; 1 is the real speed, 0 is frozen.
    pub const fn speed(&self) -> f64 {
        self.speed
    }

    /// Stops it where it is.
    pub fn freeze(&mut self, real: Timestamp) {
        self.restart(self.read(real), real, 0.0);
    }

    /// Goes on from where it is, at the real speed.
    pub fn run(&mut self, real: Timestamp) {
        self.restart(self.read(real), real, 1.0);
    }

    /// Goes on from where it is, so many times as fast.
    pub fn run_at(&mut self, speed: f64, real: Timestamp) -> Result<(), SpeedError> {
        if !(0.0..=FASTEST).contains(&speed) {
            return Err(SpeedError);
        }
        self.restart(self.read(real), real, speed);
        Ok(())
    }

    /// Sets it, and goes on at the speed it has.
    pub const fn set(&mut self, here: Timestamp, real: Timestamp) {
        self.restart(here, real, self.speed);
    }

    /// Moves it on at once.
    pub fn advance(&mut self, by: Duration) {
        self.here = Timestamp::from_millis(self.here).saturating_add(by).as_millis();
    }

    const fn restart(&mut self, here: Timestamp, real: Timestamp, speed: f64) {
        *self = Self { real: real.as_millis(), here: here.as_millis(), speed };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn it_can_be_frozen_stepped_hurried_and_let_go_without_a_jump() {
        let mut clock = Clock::default();
        assert_eq!(clock.read(at(100)), at(100));
        clock.freeze(at(100));
        assert_eq!(clock.read(at(500)), at(100));
        clock.advance(Duration::from_secs(10));
        assert_eq!(clock.read(at(500)), at(110));
        clock.run_at(60.0, at(500)).expect("a speed");
        assert_eq!((clock.read(at(500)), clock.read(at(502))), (at(110), at(230)));
        clock.run(at(502));
        assert_eq!((clock.read(at(502)), clock.read(at(503))), (at(230), at(231)));
        clock.set(at(0), at(600));
        assert_eq!(clock.read(at(601)), at(1));
    }

    #[test]
    fn no_other_speed_is_taken_and_no_end_of_time_is_passed() {
        let mut clock = Clock::default();
        for speed in [-1.0, f64::NAN, f64::INFINITY, 1e7] {
            assert_eq!(clock.run_at(speed, at(0)), Err(SpeedError));
        }
        clock.run_at(FASTEST, at(0)).expect("a speed");
        clock.advance(Duration::MAX);
        assert_eq!(clock.read(Timestamp::from_millis(u64::MAX)), LAST_MOMENT);
        clock.set(Timestamp::from_millis(u64::MAX), at(0));
        assert_eq!(clock.read(at(0)), LAST_MOMENT);
    }

    #[test]
    fn a_real_clock_that_goes_back_does_not_turn_it_back() {
        let mut clock = Clock::default();
        clock.freeze(at(100));
        clock.run(at(100));
        assert_eq!(clock.read(at(50)), at(100));
    }
}
