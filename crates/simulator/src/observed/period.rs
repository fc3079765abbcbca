//! The simulated part of an export, and its traffic.

use crate::observed::endpoint::ObservedEndpoint;
use crate::observed::minute::{MINUTES_PER_DAY, Minute};
use crate::observed::values::ObservedCalls;
use crate::traffic::pattern::TrafficPattern;
use crate::traffic::pattern_error::{MAX_CALLS_PER_SECOND, MAX_SECONDS};

#[cfg(test)]
mod tests;

/// Default burst of the upper bound. Chosen: an export does not say how calls spread over a minute.
pub const DEFAULT_BURST: u32 = 3;

/// Maximum burst.
pub const MAX_BURST: u32 = 10;

const SECONDS_PER_MINUTE: usize = 60;
const _: () = assert!(MAX_SECONDS == MINUTES_PER_DAY as usize * SECONDS_PER_MINUTE);

/// Consecutive minutes, at most a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedPeriod {
    pub first: Minute,
    pub last: Minute,
}

/// A period that cannot be simulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObservedPeriodError {
    #[error("the export has no column SPAN, so it does not say when the calls were made; export the calls per minute")]
    NoMinutes,
    #[error("the period from {from} to {to} has no rows; the export has rows from {first} to {last}")]
    Empty { from: Minute, to: Minute, first: Minute, last: Minute },
    #[error("the period from {from} to {to} is longer than a day; simulate one day at a time")]
    TooLong { from: Minute, to: Minute },
}

impl ObservedPeriod {
    /// Selects the period from `from` to `to`, both included. One of them alone selects up to a day. Without both, the period is
    /// the whole export if it is not longer than a day, else the day of the minute with the most calls, from 00:00 to 23:59.
    pub fn select(
        endpoints: &[ObservedEndpoint<ObservedCalls>],
        from: Option<Minute>,
        to: Option<Minute>,
    ) -> Result<Self, ObservedPeriodError> {
        let all = Self::from_endpoints(endpoints).ok_or(ObservedPeriodError::NoMinutes)?;
        let day = MINUTES_PER_DAY - 1;
        let period = match (from, to) {
            (None, None) if all.minutes() <= MINUTES_PER_DAY => all,
            (None, None) => {
                let first = busiest_minute(endpoints).unwrap_or(all.first).start_of_day();
                Self { first, last: first.plus(day) }
            }
            (Some(first), None) => Self { first, last: first.plus(day).min(all.last.max(first)) },
            (None, Some(last)) => Self { first: last.minus(day).max(all.first.min(last)), last },
            (Some(first), Some(last)) => Self { first, last },
        };
        let (from, to) = (period.first, period.last);
        if endpoints.iter().all(|endpoint| endpoint.minutes_in(period).is_empty()) {
            return Err(ObservedPeriodError::Empty { from, to, first: all.first, last: all.last });
        }
        if period.minutes() > MINUTES_PER_DAY {
            return Err(ObservedPeriodError::TooLong { from, to });
        }
        Ok(period)
    }

    /// The period from the first to the last row of an export.
    pub fn from_endpoints<T>(endpoints: &[ObservedEndpoint<T>]) -> Option<Self> {
        let first =
            endpoints.iter().filter_map(|endpoint| endpoint.minutes.first()).map(|(minute, _)| *minute).min()?;
        let last = endpoints.iter().filter_map(|endpoint| endpoint.minutes.last()).map(|(minute, _)| *minute).max()?;
        Some(Self { first, last })
    }

    /// The number of minutes.
    pub const fn minutes(self) -> u32 {
        (self.last.number() + 1).saturating_sub(self.first.number())
    }

    /// The calls to these endpoints per second. The calls of a minute arrive `burst` times faster than their average, from 1 to
    /// [`MAX_BURST`]: 1 spreads them evenly, which is a lower bound for the effect of limits. With a higher one, every second
    /// minute has its calls at its start, and the minute before it at its end, so that the bursts of two minutes meet, also those
    /// of the two neighbors with the most calls. A second has at most [`MAX_CALLS_PER_SECOND`] calls; only the sum of several
    /// endpoints can have more.
    #[expect(clippy::missing_panics_doc, reason = "the length and the calls are bounded")]
    pub fn traffic(self, endpoints: &[&ObservedEndpoint<ObservedCalls>], burst: u32) -> TrafficPattern {
        let mut minutes = vec![0; self.minutes().clamp(1, MINUTES_PER_DAY) as usize];
        for (minute, calls) in endpoints.iter().flat_map(|endpoint| endpoint.minutes_in(self)) {
            if let Some(sum) = minutes.get_mut((minute.number() - self.first.number()) as usize) {
                *sum += calls.total;
            }
        }
        let late = busiest_pair(&minutes) % 2;
        let mut calls = Vec::with_capacity(minutes.len() * SECONDS_PER_MINUTE);
        for (index, total) in minutes.iter().enumerate() {
            let start = calls.len();
            calls.extend((0..SECONDS_PER_MINUTE as u64).map(|second| calls_in_second(*total, second, burst)));
            if burst > 1 && index % 2 == late {
                calls[start..].reverse();
            }
        }
        TrafficPattern::new(calls).expect("the length and the calls are bounded")
    }
}

impl<T> ObservedEndpoint<T> {
    /// The rows in a period.
    pub fn minutes_in(&self, period: ObservedPeriod) -> &[(Minute, T)] {
        let from = self.minutes.partition_point(|(minute, _)| *minute < period.first);
        let to = self.minutes.partition_point(|(minute, _)| *minute <= period.last);
        &self.minutes[from..to.max(from)]
    }
}

/// The calls in one second of a minute that starts with its burst.
fn calls_in_second(total: u64, second: u64, burst: u32) -> u32 {
    let until = |second: u64| {
        let calls = u128::from(total) * u128::from(second) * u128::from(burst.clamp(1, MAX_BURST)) / 60;
        calls.min(u128::from(total))
    };
    u32::try_from(until(second + 1) - until(second)).unwrap_or(u32::MAX).min(MAX_CALLS_PER_SECOND)
}

/// The first of the two neighboring minutes with the most calls.
fn busiest_pair(minutes: &[u64]) -> usize {
    let pairs = minutes.windows(2).map(|pair| pair[0] + pair[1]).enumerate();
    // The first one wins.
    pairs.max_by_key(|(index, calls)| (*calls, usize::MAX - index)).map_or(0, |(index, _)| index)
}

/// The minute with the most calls of all endpoints together; the first one, if several have as many.
fn busiest_minute(endpoints: &[ObservedEndpoint<ObservedCalls>]) -> Option<Minute> {
    let mut calls = std::collections::BTreeMap::new();
    for (minute, values) in endpoints.iter().flat_map(|endpoint| &endpoint.minutes) {
        *calls.entry(*minute).or_insert(0) += values.total;
    }
    calls.into_iter().rev().max_by_key(|(_, calls)| *calls).map(|(minute, _)| minute)
}
