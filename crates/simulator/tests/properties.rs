//! Simulations of the documented numbers, and properties of any scenario.

use std::collections::BTreeSet;

use ajo_simulator::{
    Assumption, ConfiguredLimits, DefaultCapRules, DefaultCapScope, EndpointFailures, LimitName, MAX_QUEUE_MS,
    Provenance, Scenario, ServiceType, SimulatedEndpoint, SimulationReport, TrafficPattern, WindowKind, simulate,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn capping(calls: u64, period: u64) -> Value {
    let rating = json!({"rating": {"maxCallsCount": calls, "periodInMs": period}});
    json!({"url": "https://a.example/*", "methods": ["GET"], "services": {"action": rating, "dataSource": rating}})
}

fn throttling(calls: u64) -> Value {
    json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": calls})
}

fn scenario(traffic: &str, definitions: &[Value]) -> Scenario {
    Scenario::new(
        traffic.parse().expect("a pattern"),
        ConfiguredLimits::from_definitions(None, definitions).expect("limits"),
    )
}

fn endpoint(latency: u64, failures: &str) -> SimulatedEndpoint {
    SimulatedEndpoint::new(latency, failures.parse().expect("failures")).expect("an endpoint")
}

fn column(report: &SimulationReport, value: impl Fn(&ajo_simulator::ReportRow) -> u64) -> Vec<u64> {
    report.rows.iter().map(value).collect()
}

/// The documented example: with 300 calls in a second, a limit of 200 allows 200 and rejects or queues 100.
#[test]
fn calls_over_limit_are_rejected_or_queued() {
    let capped = simulate(&scenario("300x1", &[capping(200, 1000)]));
    assert_eq!((capped.totals.allowed, capped.totals.rejected, capped.totals.expired), (200, 100, 0));
    assert_eq!(capped.limits[0].exceeded, 100);

    let throttled = simulate(&scenario("300x1", &[throttling(200)]));
    assert_eq!(column(&throttled, |row| row.counts.allowed), [200, 100]);
    assert_eq!(column(&throttled, |row| row.queued), [100, 0]);
    assert_eq!((throttled.totals.served_from_queue, throttled.totals.rejected), (100, 0));
    // The 201st call arrives at 600 ms, and the next window starts at 1000 ms.
    assert_eq!(throttled.longest_wait_ms, 400);
    assert_eq!((throttled.longest_queue, throttled.peak_per_second), (100, 200));
    assert_eq!(throttled.limits[0].exceeded, 100);
}

#[test]
fn each_window_allows_its_rate() {
    // Ten calls in five seconds; three arrive in each of twelve.
    let allowed = |window| {
        let scenario = Scenario { window, ..scenario("3x12", &[capping(10, 5000)]) };
        column(&simulate(&scenario), |row| row.counts.allowed)[..12].to_vec()
    };
    // 3 + 3 + 3 + 1, and from second 5 and second 10 again.
    assert_eq!(allowed(WindowKind::Fixed), [3, 3, 3, 1, 0, 3, 3, 3, 1, 0, 3, 3]);
    // Slots are free again five seconds later: the same pattern.
    assert_eq!(allowed(WindowKind::Sliding), [3, 3, 3, 1, 0, 3, 3, 3, 1, 0, 3, 3]);
    // Ten at first and two more per second: enough for three per second for nine seconds (10 + 2 × 9 = 28), then for two.
    let bucket = allowed(WindowKind::TokenBucket);
    assert_eq!(bucket, [3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2]);
}

/// The windows differ most for a burst across the border of two fixed windows.
#[test]
fn fixed_windows_allow_double_bursts() {
    let allowed = |window| simulate(&Scenario { window, ..scenario("0x4,10x2", &[capping(10, 5000)]) }).totals.allowed;
    // The bucket is full at the first call and refills 3.8 tokens until the last one, 1,900 ms later.
    assert_eq!(WindowKind::ALL.map(allowed), [20, 10, 13]);
}

/// Documented: 300,000 calls in a sliding window of one minute, which can begin at any moment, without a configuration.
#[test]
fn default_cap_slides() {
    // Each of the two clock minutes has 270,000 calls, but the 60 seconds from second 30 have 540,000.
    let report = simulate(&scenario("0x30,9000x60", &[]));
    assert_eq!((report.totals.allowed, report.totals.rejected), (300_000, 240_000));
    let report = simulate(&scenario("5000x120,6000x60", &[]));
    assert_eq!((report.totals.allowed, report.totals.rejected), (900_000, 60_000));
    assert_eq!(column(&report, |row| row.counts.rejected)[..120], [0; 120]);
    assert_eq!((report.limits[0].name, report.limits[0].window), (LimitName::DefaultCap, WindowKind::Sliding));
    let statement = find(&report, "default_cap_per_host").expect("the default cap");
    assert_eq!(statement.provenance, Provenance::Documented);
    assert!(find(&report, "fixed_window").is_none(), "no limit uses the selected window");
}

fn find(report: &SimulationReport, id: &str) -> Option<Assumption> {
    report.assumptions.iter().copied().find(|assumption| assumption.id == id)
}

/// One page says that a greater configuration replaces the default cap, and that only Adobe's support raises it.
#[test]
fn default_cap_has_two_readings() {
    let limited = scenario("6000x120", &[capping(6000, 1000)]);
    let replaced = simulate(&limited);
    assert_eq!(replaced.totals.rejected, 0);
    assert!(find(&replaced, "default_cap_replaced").is_some());
    let default_cap = DefaultCapRules { is_replaced: false, ..limited.default_cap };
    let remaining = simulate(&Scenario { default_cap, ..limited });
    assert_eq!(remaining.totals.rejected, 120_000);
    assert!(find(&remaining, "default_cap_remains").is_some() && find(&remaining, "default_cap_replaced").is_none());
    let lower = simulate(&scenario("1x1", &[capping(4999, 1000)]));
    assert!(find(&lower, "default_cap_replaced").is_none(), "not greater");
}

/// One page says per host, per endpoint, and per domain.
#[test]
fn default_cap_has_three_scopes() {
    for (scope, id, chosen) in [
        (DefaultCapScope::Host, "default_cap_per_host", Some("no_other_endpoint_of_host")),
        (DefaultCapScope::Endpoint, "default_cap_per_endpoint", None),
        (DefaultCapScope::Domain, "default_cap_per_domain", Some("no_other_endpoint_of_domain")),
    ] {
        let default_cap = DefaultCapRules { scope, ..DefaultCapRules::default() };
        let report = simulate(&Scenario { default_cap, ..scenario("1x1", &[]) });
        let ids: Vec<&str> = report.assumptions.iter().map(|it| it.id).filter(|id| !id.contains("timeout")).collect();
        let expected: Vec<&str> =
            std::iter::once(id).chain(chosen).chain(["capping_rejects", "even_arrivals"]).collect();
        assert_eq!(ids, expected);
    }
}

/// Documented: a capping limit should be above the throttling limit of the endpoint, so that it never applies.
#[test]
fn capping_above_throttling_never_applies() {
    for (calls, rejected, is_noted) in [(301, 0, false), (300, 0, true), (250, 13 * 50, true)] {
        let report = simulate(&scenario("400x10", &[throttling(300), capping(calls, 1000)]));
        assert_eq!(report.totals.rejected, rejected);
        assert_eq!(find(&report, "capping_above_throttling").is_some(), is_noted, "{calls}");
    }
}

/// The documented example: 10,000 profiles read at 500 a second need five branches with waits for an endpoint of 100 a second.
#[test]
fn percentage_split_protects_endpoint() {
    let limit = [capping(100, 1000)];
    assert_eq!(simulate(&scenario("500x20", &limit)).totals.rejected, 8000);
    assert_eq!(simulate(&scenario("100x100", &limit)).totals.rejected, 0);
}

/// Documented: step events name the error of a rejected call; two pages name it differently.
#[test]
fn rejected_calls_are_in_step_events() {
    let is_listed =
        |traffic| find(&simulate(&scenario(traffic, &[capping(10, 1000)])), "capped_in_step_events").is_some();
    assert_eq!((is_listed("10x1"), is_listed("11x1")), (false, true));
}

/// The condition of each assumption is true for some scenario.
#[test]
fn every_assumption_can_apply() {
    let action = Some(ServiceType::Action);
    let mut seen = BTreeSet::new();
    let slow_and_failing = endpoint(800, "0.5");
    for (service, definitions) in [
        (action, vec![]),
        (action, vec![capping(6000, 1000)]),
        (action, vec![throttling(300), capping(200, 1000)]),
        (Some(ServiceType::DataSource), vec![]),
    ] {
        for window in WindowKind::ALL {
            for scope in [DefaultCapScope::Host, DefaultCapScope::Endpoint, DefaultCapScope::Domain] {
                let limits = ConfiguredLimits::from_definitions(service, &definitions).expect("limits");
                let report = simulate(&Scenario {
                    window,
                    endpoint: slow_and_failing,
                    default_cap: DefaultCapRules { scope, is_replaced: scope == DefaultCapScope::Host },
                    ..Scenario::new("500x2".parse().expect("a pattern"), limits)
                });
                seen.extend(report.assumptions.iter().map(|it| it.id));
            }
        }
    }
    let all: Vec<&str> = Assumption::all().map(|it| it.id).collect();
    assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), seen);
    assert_eq!(all.len(), seen.len(), "duplicate id");
}

/// Documented: 15 calls per second, in addition to configured limits.
#[test]
fn data_source_gets_15_calls_per_second() {
    for definitions in [vec![], vec![capping(1000, 1000)]] {
        let limits = ConfiguredLimits::from_definitions(Some(ServiceType::DataSource), &definitions).expect("limits");
        let report = simulate(&Scenario::new("20x10".parse().expect("a pattern"), limits));
        assert_eq!((report.totals.allowed, report.totals.rejected), (150, 50));
    }
}

/// Documented: an endpoint slower than 0.75 seconds gets at most 150,000 calls in a sliding window of 30 seconds.
#[test]
fn slow_endpoint_gets_150000_calls_in_30_s() {
    let with_latency = |latency| {
        let slow = Scenario { endpoint: endpoint(latency, "0"), ..scenario("10000x30", &[capping(10_000, 1000)]) };
        simulate(&slow).totals
    };
    assert_eq!((with_latency(750).allowed, with_latency(750).rejected), (300_000, 0));
    assert_eq!((with_latency(751).allowed, with_latency(751).rejected), (150_000, 150_000));
}

/// Documented: with 100 slots per second and two retries per call, the rate drops to about 30 calls per second, because each
/// call uses three slots.
#[test]
fn two_retries_leave_a_third_of_the_rate() {
    let at = |rate: u32| {
        let limited = scenario(&format!("{rate}x60"), &[capping(100, 1000)]);
        simulate(&Scenario { endpoint: endpoint(200, "first:2"), ..limited }).totals
    };
    let just = at(33);
    assert_eq!((just.allowed, just.succeeded, just.retries), (33 * 60, 33 * 60, 2 * 33 * 60));
    let more = at(36);
    assert!(more.retries_rejected > 0 && more.failed == more.retries_rejected, "{more:?}");
}

/// Documented: at most three retries after the first call.
#[test]
fn call_has_at_most_four_attempts() {
    let totals =
        |failures: &str| simulate(&Scenario { endpoint: endpoint(100, failures), ..scenario("10x1", &[]) }).totals;
    assert_eq!((totals("first:3").succeeded, totals("first:3").retries), (10, 30));
    assert_eq!((totals("first:4").failed, totals("first:4").retries), (10, 30));
    assert_eq!((totals("1").failed, totals("1").retries), (10, 30));
}

/// The documented example of a 5-second timeout: a longer call is canceled and not retried; one that fails after 2 seconds has
/// 3 seconds left for retries.
#[test]
fn timeout_covers_call_and_retries() {
    let run = |latency, failures| {
        let five = Scenario { timeout_seconds: 5, endpoint: endpoint(latency, failures), ..scenario("1x1", &[]) };
        simulate(&five)
    };
    assert_eq!(run(4900, "0").totals.succeeded, 1);
    assert_eq!(run(5000, "0").totals.succeeded, 1);
    let too_slow = run(5100, "first:1");
    assert_eq!((too_slow.totals.timed_out, too_slow.totals.retries), (1, 0));
    assert_eq!(column(&too_slow, |row| row.counts.timed_out), [0, 0, 0, 0, 0, 1]);
    assert_eq!((run(2000, "first:1").totals.succeeded, run(2000, "first:1").totals.retries), (1, 1));
    // Fails at 2 s and 4 s; the third attempt is canceled at 5 s.
    assert_eq!((run(2000, "first:2").totals.timed_out, run(2000, "first:2").totals.retries), (1, 2));
}

/// Documented: a timeout is from 1 to 30 seconds.
#[test]
fn timeout_is_clamped() {
    let run = |timeout_seconds| {
        let slow = Scenario { timeout_seconds, endpoint: endpoint(600_000, "0"), ..scenario("1x1", &[]) };
        let report = simulate(&slow);
        (report.timeout_seconds, report.totals.timed_out, report.rows.len())
    };
    assert_eq!([run(0), run(1), run(30), run(31)], [(1, 1, 2), (1, 1, 2), (30, 1, 31), (30, 1, 31)]);
}

/// Documented: queued for up to 6 hours, then dropped.
#[test]
fn call_is_dropped_after_six_hours() {
    // 400 calls per second arrive for six and a half hours and 200 are served, so a call of second T is served in second 2 T
    // after waiting T seconds. Calls of the last 1,800 seconds would wait longer than six hours: half of them are served after
    // six hours, and half are dropped.
    let report = simulate(&scenario("400x23400", &[throttling(200)]));
    let totals = report.totals;
    assert_eq!(totals.allowed + totals.expired, 400 * 23_400);
    assert_eq!(report.longest_wait_ms, MAX_QUEUE_MS);
    assert_eq!(report.longest_queue, 200 * 23_400);
    assert!(totals.expired.abs_diff(200 * 1800) <= 200, "{totals:?}");
    // Calls are served without a pause while any wait.
    let served = column(&report, |row| row.counts.allowed);
    assert!(served[..45_000].iter().all(|served| *served == 200));
}

#[test]
fn retries_precede_the_queue() {
    // 300 per second with a limit of 200: with one retry per call, 100 calls per second end and 200 slots are used.
    let queued = Scenario { endpoint: endpoint(1000, "first:1"), ..scenario("300x60", &[throttling(200)]) };
    let report = simulate(&queued);
    let totals = report.totals;
    assert_eq!((totals.succeeded, totals.retries, totals.retries_rejected), (18_000, 18_000, 0));
    assert_eq!(report.peak_per_second, 200);
    // All 36,000 slots are used in 180 seconds, plus the latency of the last calls.
    assert!((181..=182).contains(&report.rows.len()), "{}", report.rows.len());
}

#[test]
fn throttling_applies_before_capping() {
    let report = simulate(&scenario("400x10", &[throttling(300), capping(250, 1000)]));
    // Of 4,000 calls, 300 per second leave the queue, and capping allows 250 of them.
    assert_eq!(column(&report, |row| row.counts.endpoint_calls())[..13], [250; 13]);
    assert_eq!((report.totals.rejected, report.totals.expired), (13 * 50, 0));
    assert!(report.assumptions.iter().any(|it| it.statement == "throttling applies before capping"));
}

#[test]
fn seed_determines_report() {
    let run = |seed| {
        let endpoint = endpoint(300, "0.3");
        simulate(&Scenario { seed, endpoint, ..scenario("500x30", &[capping(400, 1000)]) })
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).rows, run(2).rows);
}

/// A day at the full rate of journeys, with retries; an hour in debug builds, unless `AJO_TEST_FULL=1` is set. Only release
/// builds measure the time, as the best of three.
#[test]
fn day_is_simulated_within_a_second() {
    let is_debug = cfg!(debug_assertions);
    let full = std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1");
    let seconds = if is_debug && !full { 3_600 } else { 86_400 };
    let traffic = format!("5000x{seconds}");
    let day = Scenario { endpoint: endpoint(300, "0.01"), ..scenario(&traffic, &[throttling(4000)]) };
    let run = || {
        let start = std::time::Instant::now();
        assert_eq!(simulate(&day).totals.offered, 5_000 * seconds);
        start.elapsed()
    };
    let times = if is_debug { 1 } else { 3 };
    let best = (0..times).map(|_| run()).min().expect("a time");
    assert!(is_debug || best.as_millis() < 1000, "{best:?}");
}

#[test]
fn report_json_lists_assumptions() {
    let report = simulate(&scenario("3x1", &[capping(2, 1000)]));
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["window"], "fixed");
    assert_eq!(json["endpoint"], json!({"latencyMs": 100, "failures": "0"}));
    assert_eq!(
        json["limits"],
        json!([{"name": "capping", "calls": 2, "periodMs": 1000, "window": "fixed", "overLimit": "rejected", "exceeded": 1}])
    );
    assert_eq!(json["assumptions"][0]["provenance"], "inferred");
    assert_eq!(json["rows"][0]["rejected"], 1);
    assert_eq!(json["rows"][0]["second"], 0);
}

fn any_scenario() -> impl Strategy<Value = Scenario> {
    let pattern =
        prop::collection::vec(0_u32..1200, 1..40).prop_map(|calls| TrafficPattern::new(calls).expect("a pattern"));
    let limits = prop_oneof![
        Just(vec![]),
        (1_u64..900, prop_oneof![Just(1000_u64), 1_u64..9000]).prop_map(|(calls, period)| vec![capping(calls, period)]),
        (200_u64..900).prop_map(|calls| vec![throttling(calls)]),
        (200_u64..900, 1_u64..900).prop_map(|(rate, calls)| vec![throttling(rate), capping(calls, 1000)]),
    ];
    let failures = prop_oneof![
        Just(EndpointFailures::Probability(0.0)),
        (0.0..=1.0).prop_map(EndpointFailures::Probability),
        (0_u8..5).prop_map(EndpointFailures::FirstAttempts)
    ];
    let window = prop::sample::select(WindowKind::ALL.to_vec());
    (pattern, limits, window, 1_u64..3000, failures, 1_u64..=6, any::<u64>()).prop_map(
        |(pattern, definitions, window, latency, failures, timeout_seconds, seed)| Scenario {
            window,
            timeout_seconds,
            seed,
            endpoint: SimulatedEndpoint::new(latency, failures).expect("an endpoint"),
            ..Scenario::new(pattern, ConfiguredLimits::from_definitions(None, &definitions).expect("limits"))
        },
    )
}

proptest! {
    #[test]
    fn calls_are_conserved(scenario in any_scenario()) {
        let report = simulate(&scenario);
        let totals = report.totals;
        let offered: u64 = scenario.pattern.calls().iter().map(|calls| u64::from(*calls)).sum();
        prop_assert_eq!(totals.offered, offered);
        prop_assert_eq!(totals.offered, totals.allowed + totals.rejected + totals.expired);
        prop_assert_eq!(totals.allowed, totals.succeeded + totals.failed + totals.timed_out);
        prop_assert!(totals.served_from_queue <= totals.allowed);
        prop_assert!(totals.retries <= 3 * totals.allowed);
        // The same holds at every moment, including waiting calls.
        let mut waiting = 0;
        for row in &report.rows {
            let counts = row.counts;
            waiting += counts.offered;
            waiting -= counts.allowed + counts.rejected + counts.expired;
            prop_assert_eq!(waiting, row.queued);
        }
        prop_assert_eq!(report.rows.last().map(|row| row.queued), Some(0));
        let exceeded: u64 = report.limits.iter().filter(|it| it.name != LimitName::Throttling).map(|it| it.exceeded).sum();
        prop_assert_eq!(exceeded, totals.rejected + totals.retries_rejected);
    }

    #[test]
    fn no_second_exceeds_its_limit(scenario in any_scenario()) {
        let report = simulate(&scenario);
        for limit in report.limits.iter().filter(|limit| limit.period_ms == 1000) {
            // A bucket can be full at the start of a second and refill once within it.
            let max = if limit.window == WindowKind::TokenBucket { 2 * limit.calls } else { limit.calls };
            prop_assert!(report.peak_per_second <= max, "{:?}: {}", limit, report.peak_per_second);
        }
    }

    #[test]
    fn higher_limit_allows_no_fewer_calls(
        calls in prop::collection::vec(0_u32..1200, 1..40),
        limit in 1_u64..900, more in 0_u64..300, period in 1_u64..9000, window in prop::sample::select(WindowKind::ALL.to_vec()),
    ) {
        let allowed = |definition: Value| {
            let limits = ConfiguredLimits::from_definitions(None, &[definition]).expect("limits");
            simulate(&Scenario { window, ..Scenario::new(TrafficPattern::new(calls.clone()).expect("a pattern"), limits) }).totals
        };
        prop_assert!(allowed(capping(limit + more, period)).allowed >= allowed(capping(limit, period)).allowed);
        prop_assert!(allowed(throttling(200 + limit)).expired <= allowed(throttling(200)).expired);
    }
}
