//! The limits that apply to a scenario.

use crate::limits::configured_limits::{
    DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS, SLOW_ENDPOINT_CALLS, SLOW_ENDPOINT_LATENCY_MS, SLOW_ENDPOINT_PERIOD_MS,
    ServiceType,
};
use crate::limits::limit::{Limit, LimitName, OverLimit};
use crate::limits::window_kind::WindowKind;
use crate::scenario::Scenario;

const SECOND_MS: u64 = 1000;

/// The limits that apply to a call, in order. Each allows at least one call. Inferred: throttling applies before capping.
pub(crate) fn effective_limits(scenario: &Scenario) -> Vec<Limit> {
    let limit = |name, calls: u64, period_ms, window| {
        let over_limit = if name == LimitName::Throttling { OverLimit::Queued } else { OverLimit::Rejected };
        Limit { name, calls: calls.max(1), period_ms, window, over_limit }
    };
    let Scenario { limits: configured, window, .. } = scenario;
    let mut limits = Vec::new();
    if let Some(calls) = configured.throttling() {
        limits.push(limit(LimitName::Throttling, calls, SECOND_MS, *window));
    }
    if let Some((calls, period)) = configured.capping() {
        limits.push(limit(LimitName::Capping, calls, period, *window));
    }
    match configured.service() {
        ServiceType::Action => {
            if limits.is_empty() || !scenario.default_cap.is_replaced {
                let (calls, period) = (DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS);
                limits.push(limit(LimitName::DefaultCap, calls, period, WindowKind::Sliding));
            }
            #[expect(clippy::cast_precision_loss, reason = "it is small")]
            let slow = scenario.endpoint.latency.mean() > SLOW_ENDPOINT_LATENCY_MS as f64 * 1000.0;
            if slow {
                let (calls, period) = (SLOW_ENDPOINT_CALLS, SLOW_ENDPOINT_PERIOD_MS);
                limits.push(limit(LimitName::SlowEndpoint, calls, period, WindowKind::Sliding));
            }
        }
        ServiceType::DataSource => {
            limits.push(limit(LimitName::DataSource, scenario.data_source_calls, SECOND_MS, *window));
        }
    }
    limits
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::limits::configured_limits::ConfiguredLimits;
    use crate::limits::test_definitions::{capping, throttling};

    fn applicable_limits(
        service: Option<ServiceType>,
        definitions: &[Value],
        latency: u64,
    ) -> Vec<(LimitName, u64, u64)> {
        let limits = ConfiguredLimits::from_definitions(service, definitions).expect("limits");
        let mut scenario = Scenario::new("1x1".parse().expect("a pattern"), limits);
        scenario.endpoint.latency = latency.to_string().parse().expect("a latency");
        effective_limits(&scenario).iter().map(|limit| (limit.name, limit.calls, limit.period_ms)).collect()
    }

    #[test]
    fn documented_limits_apply() {
        use LimitName::{Capping, DataSource, DefaultCap, SlowEndpoint, Throttling};
        let cases = [
            (None, vec![], 750, vec![(DefaultCap, 300_000, 60_000)]),
            (None, vec![], 751, vec![(DefaultCap, 300_000, 60_000), (SlowEndpoint, 150_000, 30_000)]),
            (Some(ServiceType::DataSource), vec![], 751, vec![(DataSource, 15, 1000)]),
            (None, vec![capping("action", 7)], 1, vec![(Capping, 7, 500)]),
            (None, vec![capping("dataSource", 7)], 1, vec![(Capping, 7, 500), (DataSource, 15, 1000)]),
            (Some(ServiceType::Action), vec![capping("dataSource", 7)], 1, vec![(DefaultCap, 300_000, 60_000)]),
            (None, vec![throttling()], 751, vec![(Throttling, 400, 1000), (SlowEndpoint, 150_000, 30_000)]),
            (None, vec![capping("action", 7), throttling()], 1, vec![(Throttling, 400, 1000), (Capping, 7, 500)]),
            (None, vec![capping("dataSource", 7), throttling()], 1, vec![(Throttling, 400, 1000)]),
        ];
        for (service, definitions, latency, expected) in cases {
            assert_eq!(applicable_limits(service, &definitions, latency), expected, "{service:?} {definitions:?}");
        }
    }

    #[test]
    fn default_cap_and_slow_endpoints_slide() {
        let limits = ConfiguredLimits::from_definitions(None, &[throttling()]).expect("limits");
        let mut scenario = Scenario::new("1x1".parse().expect("a pattern"), limits);
        scenario.endpoint.latency = "1000".parse().expect("a latency");
        scenario.window = WindowKind::TokenBucket;
        scenario.default_cap.is_replaced = false;
        let windows: Vec<_> = effective_limits(&scenario).iter().map(|limit| (limit.name, limit.window)).collect();
        assert_eq!(
            windows,
            [
                (LimitName::Throttling, WindowKind::TokenBucket),
                (LimitName::DefaultCap, WindowKind::Sliding),
                (LimitName::SlowEndpoint, WindowKind::Sliding)
            ]
        );
    }

    #[test]
    fn limits_allow_at_least_one_call() {
        let limits = ConfiguredLimits::default().with_throttling(0);
        let mut scenario = Scenario::new("1x1".parse().expect("a pattern"), limits);
        assert_eq!(effective_limits(&scenario)[0].calls, 1);
        scenario.limits = ConfiguredLimits::from_definitions(Some(ServiceType::DataSource), &[]).expect("limits");
        scenario.data_source_calls = 0;
        assert_eq!(effective_limits(&scenario)[0].calls, 1);
    }
}
