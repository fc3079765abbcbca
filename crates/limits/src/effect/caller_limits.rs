//! The limits that are configured for one kind of caller.

use ajo_core::Api;

use crate::ConfigDefinition;
use crate::rating::Rating;

/// The field of a capping definition for custom actions.
pub(super) const ACTION: &str = "action";
/// The field of a capping definition for external data sources.
pub(super) const DATA_SOURCE: &str = "dataSource";

/// The limits that are configured for one kind of caller, such as custom actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallerLimits {
    pub capping: Option<CallCap>,
    /// Calls per second.
    pub throttling: Option<i64>,
}

/// A capping limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallCap {
    pub calls: i64,
    pub period_in_ms: i64,
    pub max_http_connections: Option<i64>,
}

impl CallCap {
    fn find(definition: &ConfigDefinition, service: &str) -> Option<Self> {
        let Rating { calls, period_in_ms } = Rating::find(definition, service)?;
        let max_http_connections = definition.integer_at(&["services", service, "maxHttpConnections"]);
        Some(Self { calls, period_in_ms, max_http_connections })
    }

    /// Whether it allows fewer calls per second, or as many with fewer connections.
    pub(super) fn is_lower_than(self, other: Self) -> bool {
        let rate = |one: Self, other: Self| i128::from(one.calls) * i128::from(other.period_in_ms);
        let connections = |cap: Self| cap.max_http_connections.unwrap_or(i64::MAX);
        (rate(self, other), connections(self)) < (rate(other, self), connections(other))
    }
}

impl CallerLimits {
    /// The limits of a definition for this kind of caller; `None` if it has none. Throttling applies to custom actions only.
    pub(super) fn find(definition: &ConfigDefinition, service: &str) -> Option<Self> {
        let limits = match definition.api() {
            Api::Capping => Self { capping: CallCap::find(definition, service), throttling: None },
            Api::Throttling if service == ACTION => {
                Self { capping: None, throttling: definition.integer_at(&["maxThroughput"]) }
            }
            Api::Throttling => Self::default(),
        };
        (limits != Self::default()).then_some(limits)
    }
}
