//! A clock that never goes back, from one that may.

use core::time::Duration;

/// Turns the readings of a clock that may jump back, such as the fake timers of a test, into one that never does.
///
/// A reading before the last one is a new start: the time goes on from where it was. So no time limit ends later than by its own length
/// after the jump.
#[derive(Clone, Copy, Debug, Default)]
pub struct MonotonicClock {
    last_reading: Duration,
    elapsed: Duration,
}

impl MonotonicClock {
    /// A clock that has not been read.
    pub const fn new() -> Self {
        Self { last_reading: Duration::ZERO, elapsed: Duration::ZERO }
    }

    /// Takes a reading and returns the time, which is never before an earlier one.
    pub fn read(&mut self, reading: Duration) -> Duration {
        self.elapsed = self.elapsed.saturating_add(reading.saturating_sub(self.last_reading));
        self.last_reading = reading;
        self.elapsed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn jump_back_is_a_new_start() {
        let mut clock = MonotonicClock::new();
        let times = [10, 3610, 11, 13].map(|reading| clock.read(seconds(reading)));
        assert_eq!(times, [10, 3610, 3610, 3612].map(seconds), "an hour ahead and back, then two seconds pass");
    }

    proptest! {
        /// The time never goes back, and advances as the readings do.
        #[test]
        fn time_never_goes_back(readings in prop::collection::vec(any::<Duration>(), 1..50)) {
            let (mut clock, mut last) = (MonotonicClock::new(), (Duration::ZERO, Duration::ZERO));
            for reading in readings {
                let time = clock.read(reading);
                prop_assert_eq!(time, last.1.saturating_add(reading.saturating_sub(last.0)));
                prop_assert!(time >= last.1);
                last = (reading, time);
            }
        }
    }
}
