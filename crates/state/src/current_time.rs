//! The time of the system clock.

use std::time::SystemTime;

use jiff::Timestamp;

/// The system clock shows a time that RFC 3339 cannot express.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system clock is set to a time outside the years 0 to 9999; set it to the current time")]
pub struct ClockError;

/// The current time of the system clock. Unlike [`Timestamp::now`], it does not panic after the year 9999.
///
/// ```
/// assert!(ajo_state::current_time()? > jiff::Timestamp::UNIX_EPOCH);
/// # Ok::<(), ajo_state::ClockError>(())
/// ```
pub fn current_time() -> Result<Timestamp, ClockError> {
    to_timestamp(SystemTime::now())
}

fn to_timestamp(time: SystemTime) -> Result<Timestamp, ClockError> {
    Timestamp::try_from(time).ok().filter(|time| *time >= YEAR_0).ok_or(ClockError)
}

/// 0000-01-01T00:00:00Z; years before it have a sign, which RFC 3339 does not allow.
const YEAR_0: Timestamp = Timestamp::constant(-62_167_219_200, 0);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn clock_outside_rfc3339_is_an_error() {
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let before = |seconds: u64| SystemTime::UNIX_EPOCH - Duration::from_secs(seconds);
        assert_eq!(to_timestamp(at(0)), Ok(Timestamp::UNIX_EPOCH));
        assert_eq!(to_timestamp(at(253_402_207_199)).expect("9999").to_string(), "9999-12-30T21:59:59Z");
        assert_eq!(to_timestamp(before(62_167_219_200)).expect("year 0").to_string(), "0000-01-01T00:00:00Z");
        for time in [at(253_402_207_201), at(253_402_300_800), at(1 << 60), before(62_167_219_201), before(1 << 60)] {
            assert_eq!(to_timestamp(time), Err(ClockError), "{time:?}");
        }
    }
}
