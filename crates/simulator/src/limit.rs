//! One limit on the way of a call.

use std::fmt;

use serde::Serialize;

use crate::window::Window;

/// One limit on the way of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// Which one.
    pub name: LimitName,
    /// So many calls …
    pub calls: u64,
    /// … in so many milliseconds.
    pub period_ms: u64,
    /// How they are counted.
    pub window: Window,
    /// What becomes of calls over it.
    pub over: Over,
    /// How many were over it: calls that it rejected or queued, each once, and retries that it rejected.
    pub exceeded: u64,
}

/// The limits that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitName {
    /// The throttling configuration.
    Throttling,
    /// The capping configuration.
    Capping,
    /// The cap of custom actions for which nothing is configured.
    DefaultCap,
    /// That of every external data source.
    DataSource,
    /// That of the service of slow endpoints.
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

/// What becomes of calls over a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// They are rejected.
    Rejected,
    /// They wait.
    Queued,
}
