//! The most that limits of a URL may allow.

use super::glob::Glob;
use crate::{Definition, Place};

/// The most that limits of a URL may allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ceiling {
    pub(super) url: Glob,
    /// Calls per second, of a capping limit.
    pub(super) calls_per_second: Option<i64>,
    /// Connections at the same time, a count.
    pub(super) http_connections: Option<i64>,
    /// Calls per second, of a throttling limit.
    pub(super) throughput: Option<i64>,
    pub(super) place: Place,
}

impl Ceiling {
    /// What of a definition is above it.
    pub(super) fn broken_by(&self, definition: &Definition) -> Vec<String> {
        let mut broken = Vec::new();
        for name in definition.names(&["services"]) {
            if let (Some(most), Some(counts)) = (self.calls_per_second, Counts::of(definition, name))
                && !counts.within(most)
            {
                let Counts { calls, period_in_ms } = counts;
                let message = format!("{name} allows {calls} calls in {period_in_ms} ms, more than {most} a second");
                broken.push(message);
            }
            let connections = definition.integer(&["services", name, "maxHttpConnections"]);
            match self.http_connections.map(|most| (most, connections)) {
                Some((most, None)) => {
                    broken.push(format!("{name} sets no maxHttpConnections, and at most {most} are allowed"));
                }
                // What the service makes of a count below 1 is unknown.
                Some((most, Some(count))) if !(1..=most).contains(&count) => {
                    broken.push(format!("{name} has maxHttpConnections {count}, and 1 to {most} are allowed"));
                }
                _ => {}
            }
        }
        let throughput = definition.integer(&["maxThroughput"]);
        let above = self.throughput.zip(throughput).filter(|(most, count)| count > most);
        broken.extend(above.map(|(most, count)| format!("maxThroughput is {count} calls a second, more than {most}")));
        broken
    }
}

/// A whole rating.
#[derive(Clone, Copy)]
struct Counts {
    calls: i64,
    period_in_ms: i64,
}

impl Counts {
    /// None of a draft that lacks a number.
    fn of(definition: &Definition, service: &str) -> Option<Self> {
        let count = |name| definition.integer(&["services", service, "rating", name]);
        Some(Self { calls: count("maxCallsCount")?, period_in_ms: count("periodInMs")? })
    }

    /// Whether it is at most so many calls a second: exactly, since a division would round.
    fn within(self, calls_per_second: i64) -> bool {
        i128::from(self.calls) * 1000 <= i128::from(calls_per_second) * i128::from(self.period_in_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_is_compared_without_rounding() {
        for (calls, period_in_ms, most, within) in [
            (500, 1000, 500, true),
            (501, 1000, 500, false),
            (30_000, 60_000, 500, true),
            (30_001, 60_000, 500, false),
            (1, 3, 333, false),
            (1, 3, 334, true),
            (i64::MAX, 1, i64::MAX, false),
            (i64::MAX, 1000, i64::MAX, true),
            (1, i64::MAX, 1, true),
        ] {
            assert_eq!(Counts { calls, period_in_ms }.within(most), within, "{calls}/{period_in_ms} {most}");
        }
    }
}
