//! A maximum for the limits of a URL.

use super::glob::Glob;
use crate::{ConfigDefinition, EffectMetric, SourceLocation};

/// A maximum for the limits of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MaximumRule {
    pub(super) url: Glob,
    /// Calls per second of a capping limit.
    pub(super) max_calls_per_second: Option<i64>,
    /// Concurrent connections of a capping limit.
    pub(super) max_http_connections: Option<i64>,
    /// Calls per second of a throttling limit.
    pub(super) max_throughput: Option<i64>,
    /// Maximums of the effect on observed traffic.
    pub(super) effects: Vec<EffectMaximum>,
    pub(super) location: SourceLocation,
}

/// A maximum of the effect of a change on observed traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EffectMaximum {
    pub(super) metric: EffectMetric,
    /// In the unit of the metric.
    pub(super) maximum: u64,
}

impl MaximumRule {
    /// The violations of a definition.
    pub(super) fn violations(&self, definition: &ConfigDefinition) -> Vec<String> {
        let mut violations = Vec::new();
        for name in definition.field_names_at(&["services"]) {
            if let (Some(max), Some(rate)) = (self.max_calls_per_second, CallRate::from_rating(definition, name))
                && !rate.is_within(max)
            {
                let CallRate { calls, period_in_ms } = rate;
                violations.push(format!(
                    "{name} allows {calls} calls in {period_in_ms} ms, but the maximum is {max} per second"
                ));
            }
            let connections = definition.integer_at(&["services", name, "maxHttpConnections"]);
            match self.max_http_connections.map(|max| (max, connections)) {
                Some((max, None)) => {
                    violations.push(format!("{name} must set maxHttpConnections, and the maximum is {max}"));
                }
                // How the service treats a count below 1 is unknown.
                Some((max, Some(count))) if !(1..=max).contains(&count) => {
                    violations.push(format!("{name} sets maxHttpConnections to {count}, but it must be 1 to {max}"));
                }
                _ => {}
            }
        }
        let throughput = definition.integer_at(&["maxThroughput"]);
        let exceeded = self.max_throughput.zip(throughput).filter(|(max, count)| count > max);
        violations.extend(
            exceeded.map(|(max, count)| format!("maxThroughput is {count}, but the maximum is {max} per second")),
        );
        violations
    }
}

/// A complete rating.
#[derive(Clone, Copy)]
struct CallRate {
    calls: i64,
    period_in_ms: i64,
}

impl CallRate {
    /// The rating of a service; `None` if a draft has no complete one.
    fn from_rating(definition: &ConfigDefinition, service: &str) -> Option<Self> {
        let count = |name| definition.integer_at(&["services", service, "rating", name]);
        Some(Self { calls: count("maxCallsCount")?, period_in_ms: count("periodInMs")? })
    }

    /// Whether the rate is at most `calls_per_second`. Multiplies instead of dividing, which would round.
    fn is_within(self, calls_per_second: i64) -> bool {
        i128::from(self.calls) * 1000 <= i128::from(calls_per_second) * i128::from(self.period_in_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rating_is_compared_exactly() {
        for (calls, period_in_ms, max, within) in [
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
            assert_eq!(CallRate { calls, period_in_ms }.is_within(max), within, "{calls}/{period_in_ms} {max}");
        }
    }
}
