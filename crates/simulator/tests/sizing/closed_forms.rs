//! Tipping points next to closed forms.

use ajo_simulator::{EndpointCapacity, EndpointFailures, OptionKind};

use crate::support::{audience, endpoint, option, parameter, request, sized};

/// Little's law: c workers at L seconds handle c ÷ L requests per second. A load of D seconds can be higher by timeout ÷ D,
/// because the last requests may wait.
#[test]
fn tipping_point_follows_littles_law() {
    let cases = [
        (EndpointCapacity::Servers(80), "300", 80.0 / 0.3),
        (EndpointCapacity::Servers(7), "90", 7.0 / 0.09),
        (EndpointCapacity::Servers(12), "exp:400", 12.0 / 0.4),
        (EndpointCapacity::Servers(30), "p50=100,p95=300,p99=500", f64::NAN),
        (EndpointCapacity::RequestsPerSecond(120), "800", 120.0),
    ];
    for (capacity, latency, expected) in cases {
        let mut request = request(endpoint(capacity, latency), audience(1000));
        request.min_load_seconds = 600;
        let report = sized(&request);
        let count = parameter(option(&report, OptionKind::Capping), "maxCallsCount");
        let (closed_form, tipping) = (count.closed_form.value, count.tipping_point.expect("a tipping point") as f64);
        assert!(expected.is_nan() || (closed_form - expected).abs() < 1e-6, "{latency}: {closed_form}");
        // Random latencies have a random sum.
        let spread = if latency.starts_with(char::is_numeric) { 1.0 } else { closed_form * 0.03 };
        let highest = closed_form * (1.0 + 30.0 / 600.0);
        assert!(tipping >= closed_form - spread && tipping <= highest + spread, "{latency}: {tipping} {closed_form}");
        assert_eq!(count.recommended, (tipping * 0.75).floor() as u64);
    }
}

/// Adobe's estimate of connections depends on `maxThroughput`, so more throughput can be possible where less is not. The margin
/// must not lead to a throughput with too few connections.
#[test]
fn throughput_fits_its_connections() {
    let mut request = request(endpoint(EndpointCapacity::RequestsPerSecond(10_000), "30"), audience(20_000));
    request.min_load_seconds = 600;
    request.margin_percent = 100;
    let report = sized(&request);
    let throughput = parameter(option(&report, OptionKind::Throttling), "maxThroughput");
    assert_eq!(throughput.closed_form.formula, "125 connections ÷ 0.03 s");
    assert!((4167..=5000).contains(&throughput.recommended), "{}", throughput.recommended);
    request.margin_percent = 75;
    let report = sized(&request);
    let throughput = parameter(option(&report, OptionKind::Throttling), "maxThroughput");
    assert_eq!(throughput.closed_form.formula, "50 connections ÷ 0.03 s");
    assert!((1250..=2000).contains(&throughput.recommended), "{}", throughput.recommended);
}

#[test]
fn attempts_per_call_are_a_geometric_sum() {
    for (failures, status, expected) in [
        (EndpointFailures::Probability(0.5), 503, 1.875),
        (EndpointFailures::Probability(0.5), 404, 1.0),
        (EndpointFailures::FirstAttempts(2), 503, 3.0),
        (EndpointFailures::FirstAttempts(3), 503, 4.0),
    ] {
        let mut endpoint = endpoint(EndpointCapacity::RequestsPerSecond(50), "10");
        endpoint.failures = failures;
        endpoint.failure_status = status;
        let report = sized(&request(endpoint, audience(100)));
        assert!((report.attempts_per_call - expected).abs() < 1e-12, "{failures} {status}");
    }
}
