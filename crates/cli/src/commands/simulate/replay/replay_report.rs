//! The result of a replay.

use ajo_simulator::{Assumption, ExpectationResult, Minute, ObservedPeriod, TrafficReplay};
use serde::Serialize;

use super::endpoint_limits::EndpointGroup;

/// The result of a replay. The JSON format is stable for a given `version`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplayReport {
    pub(super) version: u32,
    /// The simulated period.
    pub(super) period: MinuteRange,
    /// The period of the export.
    pub(super) export: MinuteRange,
    /// The burst of the upper bound.
    pub(super) burst: u32,
    /// Endpoints that share their limits are one group.
    pub(super) groups: Vec<GroupReplay>,
    pub(super) current: CurrentPrediction,
    pub(super) notes: Vec<String>,
    pub(super) assumptions: Vec<Assumption>,
}

#[derive(Serialize)]
pub(super) struct MinuteRange {
    pub(super) from: Minute,
    pub(super) to: Minute,
}

impl From<ObservedPeriod> for MinuteRange {
    fn from(period: ObservedPeriod) -> Self {
        Self { from: period.first, to: period.last }
    }
}

/// The replay of endpoints that share their limits.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupReplay {
    /// The configurations whose limits apply.
    pub(super) configs: Vec<ConfigOrigin>,
    #[serde(flatten)]
    pub(super) replay: TrafficReplay,
    /// The observed 95th percentile of the queue time, if it was exported.
    pub(super) observed_p95_queue_ms: Option<u64>,
    /// The expectations, compared with the upper bound.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) expectations: Vec<ExpectationResult>,
}

/// A configuration, and where it was found.
#[derive(Clone, Serialize)]
pub(super) struct ConfigOrigin {
    pub(super) config: String,
    /// A position in a file, or a uid.
    pub(super) origin: String,
}

impl ConfigOrigin {
    pub(super) fn from_group(group: &EndpointGroup) -> Vec<Self> {
        let origin = |limit: &crate::commands::simulate::source::SourceLimit| Self {
            config: limit.key.to_string(),
            origin: limit.origin.clone(),
        };
        group.limits.iter().map(origin).collect()
    }
}

/// How far the prediction for the live limits is from the observation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CurrentPrediction {
    /// Where the live limits were read.
    pub(super) source: Option<String>,
    /// Why there is no prediction.
    pub(super) missing: Option<String>,
    pub(super) groups: Vec<GroupPrediction>,
}

/// The prediction for endpoints that share their live limits.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupPrediction {
    pub(super) endpoints: Vec<String>,
    pub(super) configs: Vec<ConfigOrigin>,
    /// Why there is no prediction.
    pub(super) missing: Option<String>,
    pub(super) capped_calls: Option<PredictedValue>,
    pub(super) p95_queue_ms: Option<PredictedValue>,
}

impl GroupPrediction {
    /// Compares a replay under the live limits with the observation.
    pub(super) fn compare(&mut self, replay: &TrafficReplay, observed_p95_queue_ms: Option<u64>) {
        let (lower, upper) = (&replay.lower.adobe, &replay.upper.adobe);
        self.capped_calls = Some(PredictedValue::new(lower.capped_calls, upper.capped_calls, replay.observed.capped));
        let queue = [lower.p95_queue_time_ms, upper.p95_queue_time_ms].map(|millis| millis.unwrap_or(0));
        self.p95_queue_ms = observed_p95_queue_ms.map(|observed| PredictedValue::new(queue[0], queue[1], observed));
    }
}

/// A predicted value with its bounds, and the observed value.
#[derive(Clone, Copy, Serialize)]
pub(super) struct PredictedValue {
    pub(super) lower: u64,
    pub(super) upper: u64,
    pub(super) observed: u64,
}

impl PredictedValue {
    /// The bounds in any order.
    pub(super) fn new(one: u64, other: u64, observed: u64) -> Self {
        Self { lower: one.min(other), upper: one.max(other), observed }
    }
}
