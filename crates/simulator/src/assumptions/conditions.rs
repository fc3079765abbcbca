//! Whether an assumption applies to a simulation.

use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::limits::configured_limits::{
    DATA_SOURCE_CALLS, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS, SLOW_ENDPOINT_LATENCY_MS, ServiceType,
};
use crate::limits::connections::ConnectionsSource;
use crate::limits::default_cap::DefaultCapScope;
use crate::limits::limit::{LimitName, OverLimit};
use crate::limits::window_kind::WindowKind;
use crate::report::call_counts::CallCounts;
use crate::report::simulation_report::LimitUse;
use crate::scenario::Scenario;
use crate::simulation_mode::SimulationMode;
use crate::traffic::arrivals::Arrivals;

/// A simulation and its results.
pub(super) struct SimulationConditions<'s> {
    pub(super) scenario: &'s Scenario,
    pub(super) mode: SimulationMode,
    pub(super) limits: &'s [LimitUse],
    pub(super) totals: &'s CallCounts,
}

impl SimulationConditions<'_> {
    fn find(&self, name: LimitName) -> Option<&LimitUse> {
        self.limits.iter().find(|limit| limit.limit.name == name)
    }

    pub(super) fn has(&self, name: LimitName) -> bool {
        self.find(name).is_some()
    }

    /// Whether a limit uses the selected window. The default cap and the limit of slow endpoints always slide.
    pub(super) fn counts_with(&self, window: WindowKind) -> bool {
        let uses_it = |limit: &LimitUse| !matches!(limit.limit.name, LimitName::DefaultCap | LimitName::SlowEndpoint);
        self.scenario.window == window && self.limits.iter().any(uses_it)
    }

    pub(super) fn has_default_cap(&self, scope: DefaultCapScope) -> bool {
        self.has(LimitName::DefaultCap) && self.scenario.default_cap.scope == scope
    }

    /// Whether a limit allows a higher rate than the default cap of custom actions.
    pub(super) fn exceeds_default_cap(&self) -> bool {
        let mut configured = [LimitName::Throttling, LimitName::Capping].into_iter().filter_map(|name| self.find(name));
        !self.has(LimitName::DataSource)
            && configured.any(|limit| is_greater(limit, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS))
    }

    pub(super) fn has_raised_data_source(&self) -> bool {
        self.has(LimitName::DataSource) && self.scenario.data_source_calls != DATA_SOURCE_CALLS
    }

    /// Whether some requests are slower than the documented threshold, and some are not.
    pub(super) fn is_partly_slow(&self) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "it is small")]
        let is_slow = |share| self.scenario.endpoint.latency.quantile(share) > SLOW_ENDPOINT_LATENCY_MS as f64 * 1000.0;
        self.scenario.limits.service() == ServiceType::Action && is_slow(0.999) && !is_slow(0.0)
    }

    pub(super) fn is_throttled(&self) -> bool {
        self.has(LimitName::Throttling)
    }

    fn caps(&self) -> impl Iterator<Item = &LimitUse> {
        self.limits.iter().filter(|limit| limit.limit.over_limit == OverLimit::Rejected)
    }

    pub(super) fn has_cap(&self) -> bool {
        self.caps().next().is_some()
    }

    pub(super) fn has_several_caps(&self) -> bool {
        self.caps().count() > 1
    }

    pub(super) fn exceeds_cap(&self) -> bool {
        self.caps().any(|limit| limit.exceeded > 0)
    }

    /// Whether capping does not allow a higher rate than throttling.
    pub(super) fn has_low_capping(&self) -> bool {
        self.find(LimitName::Throttling).zip(self.find(LimitName::Capping)).is_some_and(|(throttling, capping)| {
            !is_greater(capping, throttling.limit.calls, throttling.limit.period_ms)
        })
    }

    pub(super) fn can_fail(&self) -> bool {
        self.scenario.endpoint.failures.is_possible()
    }

    pub(super) fn can_retry(&self) -> bool {
        self.can_fail() && self.scenario.endpoint.is_retried()
    }

    pub(super) fn has_connections(&self) -> bool {
        self.scenario.limits.connections(self.scenario.connections).is_some()
    }

    pub(super) fn connections_are(&self, source: ConnectionsSource) -> bool {
        let connections = self.scenario.limits.connections(self.scenario.connections);
        connections.is_some_and(|connections| connections.source == source)
    }

    pub(super) fn has_capacity(&self) -> bool {
        self.scenario.endpoint.capacity != EndpointCapacity::Unlimited
    }

    pub(super) fn arrivals(&self) -> Arrivals {
        self.mode.arrivals(self.scenario.arrivals)
    }

    /// Whether the latency is given as percentiles.
    pub(super) fn has_latency_percentiles(&self) -> bool {
        self.scenario.endpoint.latency.to_string().starts_with('p')
    }
}

/// Whether the rate of a limit is greater than a number of calls in a period.
fn is_greater(limit: &LimitUse, calls: u64, period_ms: u64) -> bool {
    u128::from(limit.limit.calls) * u128::from(period_ms) > u128::from(calls) * u128::from(limit.limit.period_ms)
}
