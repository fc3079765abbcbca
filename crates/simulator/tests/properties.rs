//! Traffic through limits: the documented numbers, and properties of any scenario.

use ajo_simulator::{
    Basis, Endpoint, Failures, LONGEST_QUEUE_MS, LimitName, Limits, Pattern, Report, Scenario, Service, Window,
    simulate,
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
    Scenario::new(traffic.parse().expect("a pattern"), Limits::of(None, definitions).expect("limits"))
}

fn endpoint(latency: u64, failures: &str) -> Endpoint {
    Endpoint::new(latency, failures.parse().expect("failures")).expect("an endpoint")
}

fn column(report: &Report, value: impl Fn(&ajo_simulator::Row) -> u64) -> Vec<u64> {
    report.rows.iter().map(value).collect()
}

/// The documented example: of 300 calls in a second, a limit of 200 lets 200 through and rejects 100, or queues them.
#[test]
fn two_hundred_of_three_hundred_pass_and_the_rest_is_rejected_or_queued() {
    let capped = simulate(&scenario("300x1", &[capping(200, 1000)]));
    assert_eq!((capped.totals.allowed, capped.totals.rejected, capped.totals.expired), (200, 100, 0));
    assert_eq!(capped.limits[0].exceeded, 100);

    let throttled = simulate(&scenario("300x1", &[throttling(200)]));
    assert_eq!(column(&throttled, |row| row.counts.allowed), [200, 100]);
    assert_eq!(column(&throttled, |row| row.queued), [100, 0]);
    assert_eq!((throttled.totals.served_from_queue, throttled.totals.rejected), (100, 0));
    // The 201st call comes at 600 ms, and the next window begins at 1000 ms.
    assert_eq!(throttled.longest_wait_ms, 400);
    assert_eq!((throttled.longest_queue, throttled.peak_per_second), (100, 200));
    assert_eq!(throttled.limits[0].exceeded, 100);
}

#[test]
fn each_window_lets_through_what_it_says() {
    // Ten calls in five seconds; three come in each of twelve.
    let allowed = |window| {
        let scenario = Scenario { window, ..scenario("3x12", &[capping(10, 5000)]) };
        column(&simulate(&scenario), |row| row.counts.allowed)[..12].to_vec()
    };
    // 3 + 3 + 3 + 1, and from second 5 and second 10 again.
    assert_eq!(allowed(Window::Fixed), [3, 3, 3, 1, 0, 3, 3, 3, 1, 0, 3, 3]);
    // What was taken comes back five seconds later: the same rhythm.
    assert_eq!(allowed(Window::Sliding), [3, 3, 3, 1, 0, 3, 3, 3, 1, 0, 3, 3]);
    // Ten at first and two more a second: enough for three a second during nine seconds (10 + 2 × 9 = 28), then for two.
    let bucket = allowed(Window::TokenBucket);
    assert_eq!(bucket, [3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2]);
}

/// Where the windows differ most: a burst on the border of two fixed windows.
#[test]
fn a_burst_across_a_border_passes_twice_in_fixed_windows_only() {
    let allowed = |window| simulate(&Scenario { window, ..scenario("0x4,10x2", &[capping(10, 5000)]) }).totals.allowed;
    // The bucket is full at the first call, and gets 3.8 tokens more until the last one, 1,900 ms later.
    assert_eq!(Window::ALL.map(allowed), [20, 10, 13]);
}

/// Documented: 300,000 calls over one minute for each host and sandbox, where nothing is configured.
#[test]
fn without_a_configuration_a_minute_has_three_hundred_thousand_calls() {
    let report = simulate(&scenario("5000x120,6000x60", &[]));
    assert_eq!((report.totals.allowed, report.totals.rejected), (900_000, 60_000));
    assert_eq!(column(&report, |row| row.counts.rejected)[..170], [0; 170]);
    assert_eq!(report.limits[0].name, LimitName::DefaultCap);
    assert!(report.assumptions.iter().any(|it| it.basis == Basis::Documented && it.what.contains("300,000")));
}

/// Documented: 15 calls a second, on top of what is configured.
#[test]
fn an_external_data_source_gets_fifteen_calls_a_second() {
    for definitions in [vec![], vec![capping(1000, 1000)]] {
        let limits = Limits::of(Some(Service::DataSource), &definitions).expect("limits");
        let report = simulate(&Scenario::new("20x10".parse().expect("a pattern"), limits));
        assert_eq!((report.totals.allowed, report.totals.rejected), (150, 50));
    }
}

/// Documented: an endpoint slower than 0.75 seconds gets at most 150,000 calls in a sliding window of 30 seconds.
#[test]
fn a_slow_endpoint_gets_one_hundred_and_fifty_thousand_calls_in_any_thirty_seconds() {
    let of_latency = |latency| {
        let slow = Scenario { endpoint: endpoint(latency, "0"), ..scenario("10000x30", &[capping(10_000, 1000)]) };
        simulate(&slow).totals
    };
    assert_eq!((of_latency(750).allowed, of_latency(750).rejected), (300_000, 0));
    assert_eq!((of_latency(751).allowed, of_latency(751).rejected), (150_000, 150_000));
}

/// Documented: with 100 slots a second and two retries for each call, the rate drops to some 30 calls a second, because each
/// call uses three slots.
#[test]
fn two_retries_a_call_leave_a_third_of_the_rate() {
    let at = |rate: u32| {
        let limited = scenario(&format!("{rate}x60"), &[capping(100, 1000)]);
        simulate(&Scenario { endpoint: endpoint(200, "first:2"), ..limited }).totals
    };
    let just = at(33);
    assert_eq!((just.allowed, just.succeeded, just.retries), (33 * 60, 33 * 60, 2 * 33 * 60));
    let more = at(36);
    assert!(more.retries_rejected > 0 && more.failed == more.retries_rejected, "{more:?}");
}

/// Documented: after the first call a maximum of three retries.
#[test]
fn a_call_is_made_four_times_at_most() {
    let of = |failures: &str| simulate(&Scenario { endpoint: endpoint(100, failures), ..scenario("10x1", &[]) }).totals;
    assert_eq!((of("first:3").succeeded, of("first:3").retries), (10, 30));
    assert_eq!((of("first:4").failed, of("first:4").retries), (10, 30));
    assert_eq!((of("1").failed, of("1").retries), (10, 30));
}

/// The documented example of a timeout of 5 seconds: a call that lasts longer is cancelled and not made again; one that fails
/// after 2 seconds has 3 seconds left for retries.
#[test]
fn the_timeout_bounds_the_call_and_its_retries_together() {
    let of = |latency, failures| {
        let five = Scenario { timeout_seconds: 5, endpoint: endpoint(latency, failures), ..scenario("1x1", &[]) };
        simulate(&five)
    };
    assert_eq!(of(4900, "0").totals.succeeded, 1);
    assert_eq!(of(5000, "0").totals.succeeded, 1);
    let too_slow = of(5100, "first:1");
    assert_eq!((too_slow.totals.timed_out, too_slow.totals.retries), (1, 0));
    assert_eq!(column(&too_slow, |row| row.counts.timed_out), [0, 0, 0, 0, 0, 1]);
    assert_eq!((of(2000, "first:1").totals.succeeded, of(2000, "first:1").totals.retries), (1, 1));
    // Fails at 2 s and at 4 s; the third attempt is cancelled at 5 s.
    assert_eq!((of(2000, "first:2").totals.timed_out, of(2000, "first:2").totals.retries), (1, 2));
}

/// Documented: a timeout is from 1 to 30 seconds.
#[test]
fn no_timeout_is_shorter_or_longer_than_there_can_be() {
    let of = |timeout_seconds| {
        let slow = Scenario { timeout_seconds, endpoint: endpoint(600_000, "0"), ..scenario("1x1", &[]) };
        let report = simulate(&slow);
        (report.timeout_seconds, report.totals.timed_out, report.rows.len())
    };
    assert_eq!([of(0), of(1), of(30), of(31)], [(1, 1, 2), (1, 1, 2), (30, 1, 31), (30, 1, 31)]);
}

/// Documented: queued for up to 6 hours, then dropped.
#[test]
fn what_has_waited_six_hours_is_dropped() {
    // 400 calls a second come for six and a half hours and 200 are made, so a call of second T is made in second 2 T and
    // waits for T seconds. Those of the last 1,800 seconds would wait longer than six hours: from then on, half of them are
    // made after six hours, and half are dropped.
    let report = simulate(&scenario("400x23400", &[throttling(200)]));
    let totals = report.totals;
    assert_eq!(totals.allowed + totals.expired, 400 * 23_400);
    assert_eq!(report.longest_wait_ms, LONGEST_QUEUE_MS);
    assert_eq!(report.longest_queue, 200 * 23_400);
    assert!(totals.expired.abs_diff(200 * 1800) <= 200, "{totals:?}");
    // It serves without a pause as long as anybody waits.
    let served = column(&report, |row| row.counts.allowed);
    assert!(served[..45_000].iter().all(|served| *served == 200));
}

#[test]
fn retries_go_before_the_queue_and_wait_for_slots_within_their_timeout() {
    // 300 a second through 200: with one retry for each call, 100 calls a second end and 200 slots are used.
    let queued = Scenario { endpoint: endpoint(1000, "first:1"), ..scenario("300x60", &[throttling(200)]) };
    let report = simulate(&queued);
    let totals = report.totals;
    assert_eq!((totals.succeeded, totals.retries, totals.retries_rejected), (18_000, 18_000, 0));
    assert_eq!(report.peak_per_second, 200);
    // All 36,000 slots are used in 180 seconds, but for some while the last calls are at the endpoint.
    assert!((181..=182).contains(&report.rows.len()), "{}", report.rows.len());
}

#[test]
fn a_configuration_of_each_kind_is_passed_one_after_the_other() {
    let report = simulate(&scenario("400x10", &[throttling(300), capping(250, 1000)]));
    // Of 4,000 calls, 300 a second leave the queue, and 250 of each second's pass.
    assert_eq!(column(&report, |row| row.counts.at_endpoint())[..13], [250; 13]);
    assert_eq!((report.totals.rejected, report.totals.expired), (13 * 50, 0));
    assert!(report.assumptions.iter().any(|it| it.what == "throttling comes before capping"));
}

#[test]
fn one_seed_gives_one_report_and_another_seed_another() {
    let of_seed = |seed| {
        let endpoint = endpoint(300, "0.3");
        simulate(&Scenario { seed, endpoint, ..scenario("500x30", &[capping(400, 1000)]) })
    };
    assert_eq!(of_seed(1), of_seed(1));
    assert_ne!(of_seed(1).rows, of_seed(2).rows);
}

/// A day at the full rate of journeys, with retries; an hour in debug builds, unless `AJO_TEST_FULL=1` is set. The time is
/// measured in release builds only, as the best of three.
#[test]
fn a_day_is_simulated_in_an_instant() {
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
fn the_json_form_names_what_it_rests_on() {
    let report = simulate(&scenario("3x1", &[capping(2, 1000)]));
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["window"], "fixed");
    assert_eq!(json["endpoint"], json!({"latencyMs": 100, "failures": "0"}));
    assert_eq!(
        json["limits"],
        json!([{"name": "capping", "calls": 2, "periodMs": 1000, "window": "fixed", "over": "rejected", "exceeded": 1}])
    );
    assert_eq!(json["assumptions"][0]["basis"], "inferred");
    assert_eq!(json["rows"][0]["rejected"], 1);
    assert_eq!(json["rows"][0]["second"], 0);
}

fn any_scenario() -> impl Strategy<Value = Scenario> {
    let pattern = prop::collection::vec(0_u32..1200, 1..40).prop_map(|calls| Pattern::new(calls).expect("a pattern"));
    let limits = prop_oneof![
        Just(vec![]),
        (1_u64..900, prop_oneof![Just(1000_u64), 1_u64..9000]).prop_map(|(calls, period)| vec![capping(calls, period)]),
        (200_u64..900).prop_map(|calls| vec![throttling(calls)]),
        (200_u64..900, 1_u64..900).prop_map(|(rate, calls)| vec![throttling(rate), capping(calls, 1000)]),
    ];
    let failures = prop_oneof![
        Just(Failures::Share(0.0)),
        (0.0..=1.0).prop_map(Failures::Share),
        (0_u8..5).prop_map(Failures::First)
    ];
    let window = prop::sample::select(Window::ALL.to_vec());
    (pattern, limits, window, 1_u64..3000, failures, 1_u64..=6, any::<u64>()).prop_map(
        |(pattern, definitions, window, latency, failures, timeout_seconds, seed)| Scenario {
            window,
            timeout_seconds,
            seed,
            endpoint: Endpoint::new(latency, failures).expect("an endpoint"),
            ..Scenario::new(pattern, Limits::of(None, &definitions).expect("limits"))
        },
    )
}

proptest! {
    #[test]
    fn no_call_is_lost_or_made_up(scenario in any_scenario()) {
        let report = simulate(&scenario);
        let totals = report.totals;
        let offered: u64 = scenario.pattern.calls().iter().map(|calls| u64::from(*calls)).sum();
        prop_assert_eq!(totals.offered, offered);
        prop_assert_eq!(totals.offered, totals.allowed + totals.rejected + totals.expired);
        prop_assert_eq!(totals.allowed, totals.succeeded + totals.failed + totals.timed_out);
        prop_assert!(totals.served_from_queue <= totals.allowed);
        prop_assert!(totals.retries <= 3 * totals.allowed);
        // The same holds at every moment, with those that wait.
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
    fn no_second_has_more_than_its_limit(scenario in any_scenario()) {
        let report = simulate(&scenario);
        for limit in report.limits.iter().filter(|limit| limit.period_ms == 1000) {
            // A bucket can be full at the beginning of a second, and fills once in it.
            let most = if limit.window == Window::TokenBucket { 2 * limit.calls } else { limit.calls };
            prop_assert!(report.peak_per_second <= most, "{:?}: {}", limit, report.peak_per_second);
        }
    }

    #[test]
    fn a_higher_limit_allows_no_fewer_calls(
        calls in prop::collection::vec(0_u32..1200, 1..40),
        limit in 1_u64..900, more in 0_u64..300, period in 1_u64..9000, window in prop::sample::select(Window::ALL.to_vec()),
    ) {
        let allowed = |definition: Value| {
            let limits = Limits::of(None, &[definition]).expect("limits");
            simulate(&Scenario { window, ..Scenario::new(Pattern::new(calls.clone()).expect("a pattern"), limits) }).totals
        };
        prop_assert!(allowed(capping(limit + more, period)).allowed >= allowed(capping(limit, period)).allowed);
        prop_assert!(allowed(throttling(200 + limit)).expired <= allowed(throttling(200)).expired);
    }
}
