//! Properties of any scenario.

use ajo_simulator::{
    Arrivals, CappedCall, ConfiguredLimits, EndpointCapacity, EndpointFailures, LimitName, NoConnection, Scenario,
    SimulatedEndpoint, SimulationMode, TrafficPattern, WindowKind, simulate,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{capping, exact, throttling};

fn any_endpoint() -> impl Strategy<Value = SimulatedEndpoint> {
    let failures = prop_oneof![
        Just(EndpointFailures::Probability(0.0)),
        (0.0..=1.0).prop_map(EndpointFailures::Probability),
        (0_u8..5).prop_map(EndpointFailures::FirstAttempts)
    ];
    let latency = prop_oneof![
        (1_u64..3000).prop_map(|latency| latency.to_string()),
        (1_u64..900).prop_map(|mean| format!("exp:{mean}")),
        Just("p50=80,p95=300,p99=900".to_owned()),
    ];
    let capacity = prop_oneof![
        Just(EndpointCapacity::Unlimited),
        (1_u32..900).prop_map(EndpointCapacity::RequestsPerSecond),
        (1_u32..200).prop_map(EndpointCapacity::Servers),
    ];
    let status = prop::sample::select(vec![503_u16, 404]);
    (latency, failures, capacity, status).prop_map(|(latency, failures, capacity, failure_status)| {
        let latency = latency.parse().expect("a latency");
        SimulatedEndpoint { latency, failures, failure_status, capacity }
    })
}

fn any_scenario() -> impl Strategy<Value = Scenario> {
    let pattern =
        prop::collection::vec(0_u32..1200, 1..20).prop_map(|calls| TrafficPattern::new(calls).expect("a pattern"));
    let limits = prop_oneof![
        Just(vec![]),
        (1_u64..900, prop_oneof![Just(1000_u64), 1_u64..9000]).prop_map(|(calls, period)| vec![capping(calls, period)]),
        (200_u64..900).prop_map(|calls| vec![throttling(calls)]),
        (200_u64..900, 1_u64..900).prop_map(|(rate, calls)| vec![throttling(rate), capping(calls, 1000)]),
    ];
    let window = prop::sample::select(WindowKind::ALL.to_vec());
    let unknown = (any::<bool>(), any::<bool>(), any::<bool>(), 0_u64..2000);
    let rest = (prop::option::of(1_u32..200), 1_u64..=6, any::<u64>(), unknown);
    (pattern, limits, window, any_endpoint(), rest).prop_map(
        |(pattern, definitions, window, endpoint, (connections, timeout_seconds, seed, unknown))| {
            let (rejects, retries_capped, is_random, retry_delay_ms) = unknown;
            let limits = ConfiguredLimits::from_definitions(None, &definitions).expect("limits");
            Scenario {
                window,
                endpoint,
                connections,
                timeout_seconds,
                retry_delay_ms,
                no_connection: if rejects { NoConnection::Reject } else { NoConnection::Wait },
                capped_call: if retries_capped { CappedCall::Retried } else { CappedCall::Final },
                arrivals: if is_random { Arrivals::Poisson } else { Arrivals::Even },
                seed,
                ..Scenario::new(pattern, limits)
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Every offered call has exactly one outcome, in both modes.
    #[test]
    fn calls_are_conserved(scenario in any_scenario()) {
        for mode in SimulationMode::ALL {
            let report = simulate(&scenario, mode).expect("a report");
            let totals = report.totals;
            prop_assert_eq!(totals.offered, totals.ended(), "{}", mode);
            if scenario.arrivals == Arrivals::Even {
                prop_assert_eq!(totals.offered, scenario.offered_calls());
            }
            prop_assert!(totals.throttled <= totals.offered);
            prop_assert!(totals.sent - totals.retried <= totals.offered);
            prop_assert!(totals.retried <= 3 * totals.offered);
            prop_assert_eq!(report.rows.last().map(|row| row.waiting), Some(0));
            let mut sum = ajo_simulator::CallCounts::default();
            for row in &report.rows {
                sum += row.counts;
                // At no moment have more calls ended, or do more wait, than were offered.
                prop_assert!(sum.ended() + row.waiting <= sum.offered, "{}", mode);
            }
            prop_assert_eq!(sum, totals);
        }
    }

    #[test]
    fn no_second_exceeds_its_limit(scenario in any_scenario()) {
        let report = exact(&scenario);
        // Requests can wait for a connection after their slot, so only unlimited connections keep the limit of each second.
        let has_wait = report.connection_wait.max > 0.0;
        for limit in report.limits.iter().map(|it| &it.limit).filter(|limit| limit.period_ms == 1000 && !has_wait) {
            // A bucket can be full at the start of a second and refill once within it.
            let max = if limit.window == WindowKind::TokenBucket { 2 * limit.calls } else { limit.calls };
            prop_assert!(report.peak_per_second <= max, "{:?}: {}", limit, report.peak_per_second);
        }
    }

    /// Without unknown behavior, a rejected call is one that a cap counted.
    #[test]
    fn rejected_calls_exceed_a_cap(scenario in any_scenario()) {
        let final_only = Scenario { capped_call: CappedCall::Final, no_connection: NoConnection::Wait, ..scenario };
        let report = exact(&final_only);
        let over_caps = report.limits.iter().filter(|it| it.limit.name != LimitName::Throttling);
        prop_assert_eq!(over_caps.map(|it| it.exceeded).sum::<u64>(), report.totals.rejected);
    }

    #[test]
    fn higher_limit_allows_no_fewer_calls(
        calls in prop::collection::vec(0_u32..1200, 1..40),
        limit in 1_u64..900, more in 0_u64..300, period in 1_u64..9000, window in prop::sample::select(WindowKind::ALL.to_vec()),
    ) {
        let totals = |definition: Value| {
            let limits = ConfiguredLimits::from_definitions(None, &[definition]).expect("limits");
            let traffic = TrafficPattern::new(calls.clone()).expect("a pattern");
            exact(&Scenario { window, ..Scenario::new(traffic, limits) }).totals
        };
        prop_assert!(totals(capping(limit + more, period)).sent >= totals(capping(limit, period)).sent);
        prop_assert!(totals(throttling(200 + limit)).dropped <= totals(throttling(200)).dropped);
    }
}
