//! The effect of a change on observed traffic, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value_range::ValueRange;

/// The exports from which the effects of a plan were computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedTraffic {
    /// The files.
    pub files: Vec<String>,
    /// The first simulated minute.
    pub from: String,
    /// The last simulated minute.
    pub to: String,
    /// The observed calls in this period.
    pub calls: u64,
    /// For the upper bounds, calls arrive this many times faster than their average.
    pub burst: u32,
}

/// The effect of a change on observed traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrafficEffect {
    /// The observed endpoints that the change concerns, in groups that share their limits.
    pub endpoints: Vec<EndpointEffect>,
    /// Effects that could not be computed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<EffectCaveat>,
}

/// The effect on observed endpoints that share their limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndpointEffect {
    /// The endpoints.
    pub urls: Vec<String>,
    /// The effect of the limits that are live now; absent if the service does not return one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<LimitEffect>,
    /// The effect of the limits after the plan; absent if the service does not return one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<LimitEffect>,
}

/// The effect of limits on traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LimitEffect {
    /// Rejected calls in the minute with the most.
    pub rejected_per_minute: ValueRange,
    /// The 95th percentile of the time in the throttling queue, in milliseconds.
    pub p95_wait_ms: ValueRange,
    /// Calls dropped after 6 hours in the throttling queue.
    pub dropped: ValueRange,
    /// Calls that took longer than the timeout.
    pub timed_out: ValueRange,
}

/// Why an effect could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum EffectCaveat {
    /// The export has no calls to endpoints that the change concerns.
    NoObservedCalls,
    /// The limit for external data sources changes, and exports contain custom actions only.
    CustomActionsOnly,
}

impl EffectCaveat {
    /// The note in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoObservedCalls => "no observed calls",
            Self::CustomActionsOnly => "unknown for data sources: exports contain custom actions only",
        }
    }
}
