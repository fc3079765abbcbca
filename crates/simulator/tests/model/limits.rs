//! Capping, throttling, and Adobe's own caps.

use ajo_simulator::{
    DefaultCapRules, DefaultCapScope, LimitName, MAX_QUEUE_MS, Provenance, Scenario, ServiceType, WindowKind,
};

use crate::support::{capping, column, endpoint, exact, find, scenario, scenario_of, throttling};

/// The documented example: with 300 calls in a second, a limit of 200 allows 200 and rejects or queues 100.
#[test]
fn calls_over_limit_are_rejected_or_queued() {
    let capped = exact(&scenario("300x1", &[capping(200, 1000)]));
    assert_eq!((capped.totals.sent, capped.totals.rejected, capped.totals.dropped), (200, 100, 0));
    assert_eq!(capped.limits[0].exceeded, 100);

    let throttled = exact(&scenario("300x1", &[throttling(200)]));
    assert_eq!(column(&throttled, |row| row.counts.sent), [200, 100]);
    assert_eq!(column(&throttled, |row| row.waiting), [100, 0]);
    assert_eq!((throttled.totals.throttled, throttled.totals.rejected), (100, 0));
    // The 201st call arrives at 666.666 ms, and the next window starts at 1000 ms.
    assert!((throttled.throttling_wait.max - 333.334).abs() < 1e-9);
    assert_eq!((throttled.queue.longest, throttled.queue.empty_ms, throttled.peak_per_second), (100, Some(1000), 200));
    assert_eq!(throttled.limits[0].exceeded, 100);
}

#[test]
fn each_window_allows_its_rate() {
    // Ten calls in five seconds; three arrive in each of twelve.
    let sent = |window| {
        let scenario = Scenario { window, ..scenario("3x12", &[capping(10, 5000)]) };
        column(&exact(&scenario), |row| row.counts.sent)[..12].to_vec()
    };
    // 3 + 3 + 3 + 1, and from second 5 and second 10 again.
    assert_eq!(sent(WindowKind::Fixed), [3, 3, 3, 1, 0, 3, 3, 3, 1, 0, 3, 3]);
    // Slots are free again five seconds later: the same pattern.
    assert_eq!(sent(WindowKind::Sliding), [3, 3, 3, 1, 0, 3, 3, 3, 1, 0, 3, 3]);
    // Ten at first and two more per second: enough for three per second for nine seconds (10 + 2 × 9 = 28), then for two.
    assert_eq!(sent(WindowKind::TokenBucket), [3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2]);
}

/// The windows differ most for a burst across the border of two fixed windows.
#[test]
fn fixed_windows_allow_double_bursts() {
    let sent = |window| exact(&Scenario { window, ..scenario("0x4,10x2", &[capping(10, 5000)]) }).totals.sent;
    // The bucket is full at the first call and refills 3.8 tokens until the last one, 1,900 ms later.
    assert_eq!(WindowKind::ALL.map(sent), [20, 10, 13]);
}

/// Documented: 300,000 calls in a sliding window of one minute, which can begin at any moment, without a configuration.
#[test]
fn default_cap_slides() {
    // Each of the two clock minutes has 270,000 calls, but the 60 seconds from second 30 have 540,000.
    let report = exact(&scenario("0x30,9000x60", &[]));
    assert_eq!((report.totals.sent, report.totals.rejected), (300_000, 240_000));
    let report = exact(&scenario("5000x120,6000x60", &[]));
    assert_eq!((report.totals.sent, report.totals.rejected), (900_000, 60_000));
    assert_eq!(column(&report, |row| row.counts.rejected)[..120], [0; 120]);
    let limit = &report.limits[0].limit;
    assert_eq!((limit.name, limit.window), (LimitName::DefaultCap, WindowKind::Sliding));
    let statement = find(&report, "default_cap_per_host").expect("the default cap");
    assert_eq!(statement.provenance, Provenance::Documented);
    assert!(find(&report, "fixed_window").is_none(), "no limit uses the selected window");
}

/// One page says that a greater configuration replaces the default cap, another that only Adobe's support raises it.
#[test]
fn default_cap_has_two_readings() {
    let limited = scenario("6000x120", &[capping(6000, 1000)]);
    let replaced = exact(&limited);
    assert_eq!(replaced.totals.rejected, 0);
    assert!(find(&replaced, "default_cap_replaced").is_some());
    let default_cap = DefaultCapRules { is_replaced: false, ..limited.default_cap };
    let remaining = exact(&Scenario { default_cap, ..limited });
    assert_eq!(remaining.totals.rejected, 120_000);
    assert!(find(&remaining, "default_cap_remains").is_some() && find(&remaining, "default_cap_replaced").is_none());
    let lower = exact(&scenario("1x1", &[capping(4999, 1000)]));
    assert!(find(&lower, "default_cap_replaced").is_none(), "not greater");
}

/// One page says per host, per endpoint, and per domain. Calls to other endpoints count for a host or domain only.
#[test]
fn default_cap_has_three_scopes() {
    for (scope, rejected, id) in [
        (DefaultCapScope::Host, 60_000, "default_cap_per_host"),
        (DefaultCapScope::Endpoint, 0, "default_cap_per_endpoint"),
        (DefaultCapScope::Domain, 60_000, "default_cap_per_domain"),
    ] {
        let default_cap = DefaultCapRules { scope, ..DefaultCapRules::default() };
        let alone = Scenario { default_cap, ..scenario("4000x60", &[]) };
        let report = exact(&alone);
        assert_eq!(report.totals.rejected, 0);
        assert_eq!(find(&report, "no_other_calls").is_some(), rejected > 0, "{id}");
        let shared = exact(&Scenario { other_calls: Some("2000x60".parse().expect("a pattern")), ..alone });
        assert!(shared.totals.rejected.abs_diff(rejected * 2 / 3) <= 1, "{id}: {:?}", shared.totals);
        assert!(find(&shared, id).is_some());
        assert_eq!(find(&shared, "other_calls").is_some(), rejected > 0, "{id}");
    }
}

/// Documented: 15 calls per second, in addition to configured limits, unless Adobe has raised it.
#[test]
fn data_source_gets_15_calls_per_second() {
    for definitions in [vec![], vec![capping(1000, 1000)]] {
        let data_source = scenario_of(Some(ServiceType::DataSource), "20x10", &definitions);
        let report = exact(&data_source);
        assert_eq!((report.totals.sent, report.totals.rejected), (150, 50));
        assert!(find(&report, "data_source_cap").is_some());
        let raised = exact(&Scenario { data_source_calls: 18, ..data_source });
        assert_eq!((raised.totals.sent, raised.totals.rejected), (180, 20));
        assert!(find(&raised, "data_source_cap_raised").is_some() && find(&raised, "data_source_cap").is_none());
    }
}

/// Documented: an endpoint slower than 0.75 seconds gets at most 150,000 calls in a sliding window of 30 seconds.
#[test]
fn slow_endpoint_gets_150000_calls_in_30_s() {
    let run = |latency| {
        exact(&Scenario { endpoint: endpoint(latency, "0"), ..scenario("10000x30", &[capping(10_000, 1000)]) })
    };
    for (latency, rejected, is_partly_slow) in
        [("750", 0, false), ("751", 150_000, false), ("exp:700", 0, true), ("exp:800", 150_000, true)]
    {
        let report = run(latency);
        assert_eq!(report.totals.rejected, rejected, "{latency}");
        assert_eq!(find(&report, "slow_endpoint_mean").is_some(), is_partly_slow, "{latency}");
    }
}

#[test]
fn throttling_applies_before_capping() {
    let report = exact(&scenario("400x10", &[throttling(300), capping(250, 1000)]));
    // Of 4,000 calls, 300 per second leave the queue, and capping allows 250 of them.
    assert_eq!(column(&report, |row| row.counts.sent)[..13], [250; 13]);
    assert_eq!((report.totals.rejected, report.totals.dropped), (13 * 50, 0));
    assert!(find(&report, "throttling_before_capping").is_some());
}

/// Documented: a capping limit should be above the throttling limit of the endpoint, so that it never applies.
#[test]
fn capping_above_throttling_never_applies() {
    for (calls, rejected, is_noted) in [(301, 0, false), (300, 0, true), (250, 13 * 50, true)] {
        let report = exact(&scenario("400x10", &[throttling(300), capping(calls, 1000)]));
        assert_eq!(report.totals.rejected, rejected);
        assert_eq!(find(&report, "capping_above_throttling").is_some(), is_noted, "{calls}");
    }
}

/// A rejected call uses no slot of the caps that had one.
#[test]
fn rejected_call_uses_no_slot() {
    let data_source = scenario_of(Some(ServiceType::DataSource), "100x1,4x1", &[capping(20, 2000)]);
    // 15 of the first second's calls pass both caps. The other 85 use none of the 5 slots that the first cap has left.
    let report = exact(&data_source);
    assert_eq!(column(&report, |row| row.counts.sent)[..2], [15, 4]);
    assert!(find(&report, "caps_together").is_some());
}

/// The documented example: 10,000 profiles read at 500 a second need five branches with waits for an endpoint of 100 a second.
#[test]
fn percentage_split_protects_endpoint() {
    let limit = [capping(100, 1000)];
    assert_eq!(exact(&scenario("500x20", &limit)).totals.rejected, 8000);
    // Each branch has 2,000 profiles: 100 a second for 20 seconds, one branch after the other.
    let branches = |count: u32| format!("{}x{}", 500 / count, 20 * count);
    assert!(exact(&scenario(&branches(4), &limit)).totals.rejected > 0);
    let split = exact(&scenario(&branches(5), &limit)).totals;
    assert_eq!((split.offered, split.succeeded), (10_000, 10_000));
}

/// Documented: step events name the error of a rejected call; two pages name it differently.
#[test]
fn rejected_calls_are_in_step_events() {
    let is_listed = |traffic| find(&exact(&scenario(traffic, &[capping(10, 1000)])), "capped_in_step_events").is_some();
    assert_eq!((is_listed("10x1"), is_listed("11x1")), (false, true));
}

/// Documented: queued for up to 6 hours. Inferred: then dropped.
#[test]
fn call_is_dropped_after_six_hours() {
    // 400 calls per second arrive for six and a half hours and 200 are served, so a call of second T is served in second 2 T
    // after waiting T seconds. Calls of the last 1,800 seconds would wait longer than six hours: half of them are served after
    // six hours, and half are dropped.
    let report = exact(&scenario("400x23400", &[throttling(200)]));
    let totals = report.totals;
    assert_eq!(totals.sent + totals.dropped, 400 * 23_400);
    let six_hours = std::time::Duration::from_millis(MAX_QUEUE_MS).as_secs_f64() * 1000.0;
    assert!(report.throttling_wait.max <= six_hours && report.throttling_wait.max > six_hours - 1000.0);
    assert_eq!(report.queue.longest, 200 * 23_400);
    assert!(totals.dropped.abs_diff(200 * 1800) <= 200, "{totals:?}");
    // The first dropped call arrives at 6 h × 200 ÷ (400 − 200), and is dropped 6 h later.
    assert!(report.queue.first_drop_ms.is_some_and(|at| at.abs_diff(2 * MAX_QUEUE_MS) <= 1000));
    // Calls are served without a pause while any wait.
    assert!(column(&report, |row| row.counts.sent)[..45_000].iter().all(|served| *served == 200));
    assert!(find(&report, "dropped_without_request").is_some());
}

/// Documented: the limits of an endpoint are for all journeys together.
#[test]
fn journeys_share_limits() {
    let mut two = scenario("300x10", &[capping(200, 1000)]);
    two.journeys
        .push(ajo_simulator::Journey { name: "second".to_owned(), pattern: "100x10".parse().expect("a pattern") });
    let report = exact(&two);
    assert_eq!((report.totals.offered, report.totals.succeeded), (4000, 2000));
    let counts: Vec<_> =
        report.journeys.iter().map(|it| (it.name.as_str(), it.counts.offered, it.counts.succeeded)).collect();
    // Three of four calls are of the first journey, and so are three of four slots.
    assert_eq!(counts, [("journey", 3000, 1500), ("second", 1000, 500)]);
    assert!(find(&report, "journeys_share_limits").is_some());
}
