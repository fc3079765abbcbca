use ajo_simulator::{SimulationMode, WindowKind};

use super::{cohort, scenario, throttling};

#[test]
fn default_cap_slides() {
    // Twice, because up to three million requests each is a cohort of its own.
    for (traffic, rejected) in [("0x30,9000x60", 240_000), ("0x30,90000x60", 5_100_000)] {
        let report = cohort(&scenario(traffic, &[]));
        assert_eq!(report.totals.rejected, rejected, "{traffic}");
        assert_eq!(report.mode, SimulationMode::Cohort);
    }
}

/// 1,000 calls per second into 400 per second: the wait grows by 1.5 s per second. The first dropped call arrives at
/// 6 h · μ ÷ (λ − μ) = 4 h, and is dropped at 10 h.
#[test]
fn overload_drops_after_4_hours() {
    for window in WindowKind::ALL {
        let mut overload = scenario("1000x18000", &[throttling(400)]);
        overload.window = window;
        let report = cohort(&overload);
        let first_drop = report.rows.iter().find(|row| row.counts.dropped > 0).expect("drops").second;
        assert!(first_drop.abs_diff(36_000) <= 2, "{window}: {first_drop}");
        // The waiting calls of the fifth hour find 400 slots per second for six hours.
        assert!(report.totals.dropped.abs_diff(3600 * 600) < 3600 * 6, "{window}: {:?}", report.totals);
        assert_eq!(report.totals.offered, report.totals.ended());
        // wait(t) = (λ − μ) · t ÷ μ
        assert!((report.throttling_wait.max - 21_600_000.0).abs() < 2000.0, "{window}: {:?}", report.throttling_wait);
    }
}

/// The backlog of 900 s · (3,000 − 2,000) per second, at 2,000 − 500 per second.
#[test]
fn queue_drains_in_backlog_over_spare_rate() {
    let report = cohort(&scenario("3000x900,500x1000", &[throttling(2000)]));
    let empty = report.rows.iter().rfind(|row| row.waiting > 0).expect("a queue").second;
    assert!(empty.abs_diff(900 + 900_000 / 1500) <= 2, "{empty}");
    assert_eq!((report.totals.dropped, report.totals.succeeded), (0, report.totals.offered));
}

/// 50 connections carry 100 requests of 500 ms per second. New calls wait until their timeout, and then fail.
#[test]
fn connections_limit_rate() {
    let mut calls = scenario("2000x1600", &[]);
    (calls.connections, calls.timeout_seconds) = (Some(50), 30);
    calls.endpoint.latency = "500".parse().expect("a latency");
    let report = cohort(&calls);
    assert!(report.peak_per_second <= 2100 && report.totals.succeeded < 160_000, "{:?}", report.totals);
    assert!(report.totals.timed_out > 3_040_000, "{:?}", report.totals);
}
