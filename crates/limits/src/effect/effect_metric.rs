//! The numbers of an effect, and their text.

use ajo_engine::text::group_thousands;

use super::traffic_effect::LimitEffect;
use super::value_range::ValueRange;

/// A number of a [`LimitEffect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectMetric {
    RejectedPerMinute,
    P95Wait,
    Dropped,
    TimedOut,
}

impl EffectMetric {
    pub const ALL: [Self; 4] = [Self::RejectedPerMinute, Self::P95Wait, Self::Dropped, Self::TimedOut];

    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RejectedPerMinute => "rejected per minute at peak",
            Self::P95Wait => "p95 wait",
            Self::Dropped => "dropped",
            Self::TimedOut => "timed out",
        }
    }

    /// Calls, or milliseconds for [`Self::P95Wait`].
    pub const fn value(self, effect: &LimitEffect) -> ValueRange {
        match self {
            Self::RejectedPerMinute => effect.rejected_per_minute,
            Self::P95Wait => effect.p95_wait_ms,
            Self::Dropped => effect.dropped,
            Self::TimedOut => effect.timed_out,
        }
    }

    /// The text of a value, such as `1,240`, `310–1,240`, or `38 s`.
    ///
    /// ```
    /// use ajo_limits::{EffectMetric, ValueRange};
    ///
    /// assert_eq!(EffectMetric::RejectedPerMinute.format(ValueRange::between(310, 1240)), "310–1,240");
    /// assert_eq!(EffectMetric::P95Wait.format(ValueRange::between(38_000, 38_000)), "38 s");
    /// ```
    pub fn format(self, range: ValueRange) -> String {
        let text = if self == Self::P95Wait { format_millis } else { group_thousands };
        let (lower, upper) = (text(range.lower), text(range.upper));
        if lower == upper { upper } else { format!("{lower}–{upper}") }
    }
}

/// Rounded up, so that a value above a maximum has another text than the maximum.
fn format_millis(millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match millis {
        0 => "0".to_owned(),
        1..1000 => format!("{millis} ms"),
        _ if seconds <= 120 => format!("{seconds} s"),
        _ if hours < 2 => format!("{minutes} min {} s", seconds % 60),
        _ => format!("{hours} h {} min", minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_units_and_separators() {
        let text = |metric: EffectMetric, lower, upper| metric.format(ValueRange { lower, upper });
        for (lower, upper, expected) in
            [(0, 0, "0"), (999, 999, "999"), (1000, 1000, "1,000"), (0, 12_345_678, "0–12,345,678")]
        {
            assert_eq!(text(EffectMetric::Dropped, lower, upper), expected);
        }
        for (millis, expected) in [
            (0, "0"),
            (1, "1 ms"),
            (1000, "1 s"),
            (60_001, "61 s"),
            (120_000, "120 s"),
            (150_000, "2 min 30 s"),
            (7_200_000, "2 h 0 min"),
            (21_240_000, "5 h 54 min"),
        ] {
            assert_eq!(text(EffectMetric::P95Wait, millis, millis), expected);
        }
        assert_eq!(text(EffectMetric::P95Wait, 450, 38_000), "450 ms–38 s");
    }
}
