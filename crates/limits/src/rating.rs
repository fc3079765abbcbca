//! The rate of a capping definition.

use crate::ConfigDefinition;

/// The rate that a capping definition allows one service.
pub(crate) struct Rating {
    pub(crate) calls: i64,
    pub(crate) period_in_ms: i64,
}

impl Rating {
    /// The rating of this service; `None` if the definition has none, or an incomplete one.
    pub(crate) fn find(definition: &ConfigDefinition, service: &str) -> Option<Self> {
        let number = |field| definition.integer_at(&["services", service, "rating", field]);
        Some(Self { calls: number("maxCallsCount")?, period_in_ms: number("periodInMs")? })
    }

    /// Whether the rate is above this many calls per second.
    pub(crate) fn exceeds(&self, calls_per_second: i64) -> bool {
        i128::from(self.calls) * 1000 > i128::from(calls_per_second) * i128::from(self.period_in_ms)
    }
}
