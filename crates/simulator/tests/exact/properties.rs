//! Properties of any scenario.

use ajo_simulator::{
    Arrivals, CallCounts, CappedCall, DefaultCapScope, EndpointCapacity, EndpointFailures, Journey, LimitName,
    NoConnection, Scenario, SimulationMode, TrafficPattern, WindowKind, simulate,
};
use proptest::prelude::*;

use crate::support::{capping, scenario, throttling};

fn any_pattern() -> impl Strategy<Value = TrafficPattern> {
    prop::collection::vec(0_u32..600, 1..12).prop_map(|calls| TrafficPattern::new(calls).expect("a pattern"))
}

/// Journeys, limits, and the calls to other endpoints.
fn any_traffic() -> impl Strategy<Value = Scenario> {
    let definitions = prop_oneof![
        Just(vec![]),
        (1_u64..900, prop_oneof![Just(1000_u64), 1_u64..9000]).prop_map(|(calls, period)| vec![capping(calls, period)]),
        Just(vec![throttling()]),
        (1_u64..300).prop_map(|calls| vec![throttling(), capping(calls, 1000)]),
    ];
    let other_calls = prop::option::of(prop::sample::select(vec!["100x9", "299900x1", "300000x1"]));
    let scope = prop::sample::select(vec![DefaultCapScope::Host, DefaultCapScope::Endpoint, DefaultCapScope::Domain]);
    let window = prop::sample::select(WindowKind::ALL.to_vec());
    (prop::collection::vec(any_pattern(), 1..4), definitions, other_calls, scope, window, any::<[bool; 2]>()).prop_map(
        |(patterns, definitions, other_calls, scope, window, [is_replaced, is_random])| {
            let mut scenario = Scenario { window, ..scenario(&definitions) };
            let journeys = patterns.into_iter().enumerate();
            let named = |(index, pattern)| Journey { name: format!("journey {index}"), pattern };
            scenario.journeys = journeys.map(named).collect();
            scenario.arrivals = if is_random { Arrivals::Poisson } else { Arrivals::Even };
            scenario.other_calls = other_calls.map(|pattern| pattern.parse().expect("a pattern"));
            scenario.default_cap.scope = scope;
            scenario.default_cap.is_replaced = is_replaced;
            scenario
        },
    )
}

fn any_scenario() -> impl Strategy<Value = Scenario> {
    let failures = prop_oneof![
        (0.0..=1.0).prop_map(EndpointFailures::Probability),
        (0_u8..5).prop_map(EndpointFailures::FirstAttempts)
    ];
    let latency = prop::sample::select(vec!["1", "300", "exp:300", "p50=80,p95=300,p99=900", "1500", "exp:4000"]);
    let capacity = prop_oneof![
        Just(EndpointCapacity::Unlimited),
        (1_u32..900).prop_map(EndpointCapacity::RequestsPerSecond),
        (1_u32..200).prop_map(EndpointCapacity::Servers),
    ];
    let times = (1_u64..=6, prop_oneof![Just(0_u64), 0_u64..5000]);
    let others = (prop::option::of(1_u32..200), any::<u64>(), any::<[bool; 3]>());
    (any_traffic(), failures, latency, capacity, times, others).prop_map(
        |(mut scenario, failures, latency, capacity, times, (connections, seed, [rejects, retries, is_final]))| {
            (scenario.timeout_seconds, scenario.retry_delay_ms) = times;
            (scenario.connections, scenario.seed) = (connections, seed);
            scenario.no_connection = if rejects { NoConnection::Reject } else { NoConnection::Wait };
            scenario.capped_call = if retries { CappedCall::Retried } else { CappedCall::Final };
            let endpoint = &mut scenario.endpoint;
            (endpoint.failures, endpoint.capacity) = (failures, capacity);
            endpoint.latency = latency.parse().expect("a latency");
            endpoint.failure_status = if is_final { 404 } else { 503 };
            scenario
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Each call has exactly one outcome, in total and in each journey.
    #[test]
    fn calls_are_conserved(scenario in any_scenario()) {
        let report = simulate(&scenario, SimulationMode::Exact).expect("a report");
        let totals = report.totals;
        let each_journey = report.journeys.iter().map(|journey| journey.counts);
        for counts in each_journey.chain([totals]) {
            prop_assert_eq!(counts.offered, counts.ended());
            prop_assert!(counts.throttled <= counts.offered && counts.sent - counts.retried <= counts.offered);
        }
        if !report.journeys.is_empty() {
            let mut sum = CallCounts::default();
            report.journeys.iter().for_each(|journey| sum += journey.counts);
            prop_assert_eq!(sum, totals);
        }
        if scenario.arrivals == Arrivals::Even {
            prop_assert_eq!(totals.offered, scenario.offered_calls());
        }
        let mut sum = CallCounts::default();
        for row in &report.rows {
            sum += row.counts;
            prop_assert!(sum.ended() + row.waiting <= sum.offered);
        }
        prop_assert_eq!(sum, totals);
        prop_assert_eq!(report.rows.last().map(|row| row.waiting), Some(0));
    }

    /// Each duration belongs to one call or request.
    #[test]
    fn durations_are_complete(scenario in any_scenario()) {
        let report = simulate(&scenario, SimulationMode::Exact).expect("a report");
        let totals = report.totals;
        let is_throttled = report.limits.iter().any(|limit| limit.limit.name == LimitName::Throttling);
        prop_assert_eq!(report.throttling_wait.count, if is_throttled { totals.offered - totals.dropped } else { 0 });
        prop_assert_eq!(report.connection_wait.count, totals.sent);
        prop_assert_eq!(report.latency.count, totals.succeeded);
        #[expect(clippy::cast_precision_loss, reason = "seconds")]
        let timeout = (scenario.timeout_seconds * 1000) as f64;
        prop_assert!(report.latency.max <= timeout && report.connection_wait.max <= timeout);
    }
}
