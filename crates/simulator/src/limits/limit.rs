//! A limit on calls.

use std::fmt;

use serde::Serialize;

use crate::limits::window_kind::WindowKind;

/// A limit on calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    pub name: LimitName,
    /// The number of calls allowed …
    pub calls: u64,
    /// … in this period, in milliseconds.
    pub period_ms: u64,
    pub window: WindowKind,
    /// The handling of calls over the limit.
    pub over_limit: OverLimit,
}

impl Limit {
    /// The rate in calls per second.
    #[expect(clippy::cast_precision_loss, reason = "rates are far below 2^52")]
    pub fn calls_per_second(&self) -> f64 {
        self.calls as f64 * 1000.0 / self.period_ms as f64
    }
}

/// The kind of limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitName {
    Throttling,
    Capping,
    /// The default limit of custom actions without a configuration.
    DefaultCap,
    /// The limit of every external data source.
    DataSource,
    /// The limit for slow endpoints.
    SlowEndpoint,
}

impl fmt::Display for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Throttling => "throttling",
            Self::Capping => "capping",
            Self::DefaultCap => "default cap",
            Self::DataSource => "data source cap",
            Self::SlowEndpoint => "slow endpoint cap",
        })
    }
}

/// The handling of calls over a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OverLimit {
    Rejected,
    Queued,
}
