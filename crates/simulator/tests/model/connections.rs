//! Connections and the capacity of the endpoint.

use ajo_simulator::{ConnectionsSource, EndpointCapacity, NoConnection, Scenario, SimulatedEndpoint};

use crate::support::{capping, column, endpoint, exact, find, scenario, throttling};

/// Little's law: 50 connections at 500 ms pass 100 requests per second.
#[test]
fn fifty_connections_pass_100_per_second() {
    let report = exact(&Scenario { endpoint: endpoint("500", "0"), ..scenario("2000x60", &[throttling(2000)]) });
    let connections = report.connections.expect("connections");
    assert_eq!(
        (connections.connections.count, connections.connections.source),
        (50, ConnectionsSource::ThrottlingEstimate)
    );
    // Until requests have waited for the timeout of 30 s. From then on, each is sent shortly before its timeout and canceled.
    assert_eq!(column(&report, |row| row.counts.sent)[..31], [100; 31]);
    assert!(column(&report, |row| row.counts.succeeded).iter().all(|succeeded| *succeeded <= 100));
    assert!(connections.utilization > 0.99 && report.connection_wait.max > 29_000.0);
    assert!(find(&report, "estimated_connections").is_some() && find(&report, "one_request_per_connection").is_some());
}

/// Documented: maxHttpConnections restricts the number of connections, also under throttling.
#[test]
fn max_http_connections_restricts_requests() {
    let mut capped = capping(5000, 1000);
    capped["services"]["action"]["maxHttpConnections"] = 20.into();
    for definitions in [vec![capped.clone()], vec![throttling(2000), capped]] {
        let report = exact(&Scenario { endpoint: endpoint("500", "0"), ..scenario("100x10", &definitions) });
        assert_eq!(column(&report, |row| row.counts.sent)[..10], [40; 10]);
        assert!(find(&report, "max_http_connections").is_some());
    }
    let given =
        Scenario { connections: Some(30), endpoint: endpoint("500", "0"), ..scenario("100x10", &[throttling(200)]) };
    let report = exact(&given);
    assert_eq!(column(&report, |row| row.counts.sent)[..10], [60; 10]);
    assert!(find(&report, "given_connections").is_some());
}

/// Documented: more than 2,000 connections without throttling; simulated as no limit.
#[test]
fn unconfigured_connections_are_unlimited() {
    let report = exact(&Scenario { endpoint: endpoint("10000", "0"), ..scenario("1000x5", &[]) });
    assert_eq!((report.totals.succeeded, report.connection_wait.max), (5000, 0.0));
    assert!(report.connections.is_none() && find(&report, "unlimited_connections").is_some());
}

/// Unknown: what happens to a request without a free connection.
#[test]
fn request_waits_or_is_rejected() {
    let run = |no_connection| {
        let few = Scenario { connections: Some(10), no_connection, timeout_seconds: 1, ..scenario("200x2", &[]) };
        exact(&Scenario { endpoint: endpoint("500", "0"), ..few })
    };
    let (waiting, rejecting) = (run(NoConnection::Wait), run(NoConnection::Reject));
    assert!(waiting.totals.rejected == 0 && waiting.totals.timed_out > 0, "{:?}", waiting.totals);
    // The ten connections are free again every 500 ms.
    assert_eq!((rejecting.totals.succeeded, rejecting.totals.rejected, rejecting.totals.timed_out), (40, 360, 0));
    assert!(find(&waiting, "no_connection_wait").is_some() && find(&rejecting, "no_connection_reject").is_some());
}

/// The endpoint's capacity makes the latency grow with the load.
#[test]
fn latency_grows_at_capacity() {
    let run = |capacity, traffic| {
        let endpoint = SimulatedEndpoint { capacity, ..endpoint("300", "0") };
        exact(&Scenario { endpoint, ..scenario(traffic, &[capping(5000, 1000)]) })
    };
    // 80 workers at 300 ms do 266.7 requests per second.
    let below = run(EndpointCapacity::Servers(80), "260x20");
    let above = run(EndpointCapacity::Servers(80), "300x20");
    assert!(below.latency.max < 310.0 && above.latency.max > 2000.0, "{:?} {:?}", below.latency, above.latency);
    let per_second = column(&above, |row| row.counts.succeeded)[1..20].iter().sum::<u64>();
    assert!(per_second.abs_diff(19 * 800 / 3) <= 80, "{per_second}");
    assert!(above.endpoint_utilization.is_some_and(|share| share > 0.98));
    assert!(find(&above, "endpoint_servers").is_some());

    let rate = run(EndpointCapacity::RequestsPerSecond(200), "250x20");
    // After 20 s, 1,000 requests wait for 5 s.
    assert!((rate.latency.max - 5300.0).abs() < 20.0, "{:?}", rate.latency);
    assert!(find(&rate, "endpoint_rate").is_some());
}

/// The endpoint finishes the requests that AJO canceled, so the next ones are late too.
#[test]
fn canceled_requests_use_capacity() {
    let endpoint = SimulatedEndpoint { capacity: EndpointCapacity::Servers(1), ..endpoint("1500", "0") };
    let report = exact(&Scenario { endpoint, timeout_seconds: 1, ..scenario("1x1,0x1,1x1", &[]) });
    assert_eq!(report.totals.timed_out, 2);
    assert!(find(&report, "canceled_requests_continue").is_some());
    // 3 s of work in 3 s.
    assert!(report.endpoint_utilization.is_some_and(|share| share > 0.99));
}

/// Adobe's percentiles are met.
#[test]
fn percentiles_are_reproduced() {
    let measured = endpoint("p50=80,p95=300,p99=900", "0");
    let report = exact(&Scenario { endpoint: measured, ..scenario("5000x20", &[]) });
    let near = |actual: f64, expected: f64| (actual / expected - 1.0).abs() < 0.05;
    let latency = report.latency;
    assert!(near(latency.p50, 80.0) && near(latency.p95, 300.0) && near(latency.p99, 900.0), "{latency:?}");
    assert!(find(&report, "latency_between_percentiles").is_some());
}
