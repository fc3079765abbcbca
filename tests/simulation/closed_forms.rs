//! The table in `docs/simulate.md`: exact mode against closed forms, with 10 million calls each and a fixed seed, and the
//! comparisons of `validation.rs`.
//!
//! The queues start empty, which lowers the means. With 10 million calls, this is expected to be far below the tolerances; it is
//! not measured separately.

use ajo_simulation_tests::adobe_examples::{percentage_split, two_retries_per_call};
use ajo_simulation_tests::comparison::{Comparison, assert_table_documented, assert_within_tolerance};
use ajo_simulation_tests::m_d_1::MD1;
use ajo_simulation_tests::m_m_c::MMC;
use ajo_simulation_tests::throttling::{first_drop, overload_and_drain};
use ajo_simulator::{
    Arrivals, ConfiguredLimits, EndpointCapacity, Percentiles, Scenario, SimulationMode, SimulationReport, simulate,
};

const CALLS: u64 = 10_000_000;
const MEAN_TOLERANCE: f64 = 0.02;
const PERCENTILE_TOLERANCE: f64 = 0.05;

/// Poisson arrivals at this rate, to an endpoint with this latency.
fn poisson(calls_per_second: u64, latency: &str, change: impl FnOnce(&mut Scenario)) -> SimulationReport {
    let pattern = format!("{calls_per_second}x{}", CALLS.div_ceil(calls_per_second));
    let mut scenario = Scenario::new(pattern.parse().expect("a pattern"), ConfiguredLimits::default());
    scenario.arrivals = Arrivals::Poisson;
    scenario.endpoint.latency = latency.parse().expect("a latency");
    scenario.seed = 1;
    // More than the greatest number of calls in a minute.
    scenario.limits = ConfiguredLimits::from_definitions(None, &[unlimited()]).expect("limits");
    change(&mut scenario);
    let report = simulate(&scenario, SimulationMode::Exact).expect("it runs");
    assert!(
        report.totals.succeeded == report.totals.offered && report.totals.offered >= CALLS / 100 * 99,
        "{:?}",
        report.totals
    );
    report
}

/// A capping limit that replaces the default cap and rejects nothing.
fn unlimited() -> serde_json::Value {
    serde_json::json!({"url": "https://api.example.org/*", "methods": ["GET"],
        "services": {"action": {"rating": {"maxCallsCount": 1_000_000, "periodInMs": 1000}}}})
}

/// Mean and percentiles. Times of the closed forms are seconds; `constant` is subtracted from the simulated times.
fn compare(
    queue: &str,
    name: &str,
    simulated: Percentiles,
    mean: f64,
    quantile: impl Fn(f64) -> f64,
    constant: f64,
) -> Vec<Comparison> {
    let row = |value: &str, closed_form: f64, simulated: f64, tolerance| Comparison {
        queue: queue.to_owned(),
        value: format!("{value} {name}, ms"),
        closed_form: closed_form * 1000.0,
        simulated: simulated - constant * 1000.0,
        tolerance,
    };
    vec![
        row("mean", mean, simulated.mean, MEAN_TOLERANCE),
        row("p50", quantile(0.5), simulated.p50, PERCENTILE_TOLERANCE),
        row("p95", quantile(0.95), simulated.p95, PERCENTILE_TOLERANCE),
        row("p99", quantile(0.99), simulated.p99, PERCENTILE_TOLERANCE),
    ]
}

/// Workers of the endpoint.
fn m_m_c_at_endpoint(arrivals: u32, servers: u32, latency_ms: u32) -> Vec<Comparison> {
    let queue = MMC { arrivals: arrivals.into(), service: 1000.0 / f64::from(latency_ms), servers };
    let report = poisson(arrivals.into(), &format!("exp:{latency_ms}"), |scenario| {
        scenario.endpoint.capacity = EndpointCapacity::Servers(servers);
    });
    let load = queue.arrivals / queue.service / f64::from(servers);
    let title = format!("M/M/{servers}, ρ = {load}, workers");
    let mut rows =
        compare(&title, "sojourn", report.latency, queue.mean_sojourn(), |it| queue.sojourn_quantile(it), 0.0);
    // The latency includes the service, whose mean is known.
    let mut wait = rows[0].clone();
    wait.value = "mean wait, ms".to_owned();
    wait.closed_form -= f64::from(latency_ms);
    wait.simulated -= f64::from(latency_ms);
    rows.insert(0, wait);
    rows
}

/// Connections, whose wait the report has separately.
fn m_m_c_at_connections(arrivals: u32, connections: u32, latency_ms: u32) -> Vec<Comparison> {
    let queue = MMC { arrivals: arrivals.into(), service: 1000.0 / f64::from(latency_ms), servers: connections };
    let report = poisson(arrivals.into(), &format!("exp:{latency_ms}"), |scenario| {
        scenario.connections = Some(connections);
    });
    let load = queue.arrivals / queue.service / f64::from(connections);
    let title = format!("M/M/{connections}, ρ = {load}, connections");
    let mut rows =
        compare(&title, "wait", report.connection_wait, queue.mean_wait(), |it| queue.wait_quantile(it), 0.0);
    let busy = report.connections.expect("connections").utilization * f64::from(connections);
    rows.push(Comparison {
        queue: title,
        value: "busy connections (Little's law)".to_owned(),
        closed_form: queue.arrivals / queue.service,
        simulated: busy,
        tolerance: MEAN_TOLERANCE,
    });
    rows
}

fn m_d_1(arrivals: u32, capacity: u32) -> Vec<Comparison> {
    let queue = MD1 { arrivals: arrivals.into(), service: 1.0 / f64::from(capacity) };
    // The shortest latency, a microsecond.
    let report = poisson(arrivals.into(), "0.001", |scenario| {
        scenario.endpoint.capacity = EndpointCapacity::RequestsPerSecond(capacity);
    });
    let load = queue.arrivals * queue.service;
    let title = format!("M/D/1, ρ = {load}, capacity");
    compare(&title, "wait", report.latency, queue.mean_wait(), |it| queue.wait_quantile(it), queue.service + 1e-6)
}

#[test]
fn exact_mode_matches_closed_forms() {
    let rows = [
        m_d_1(160, 200),
        m_d_1(180, 200),
        m_m_c_at_endpoint(120, 1, 5),
        m_m_c_at_endpoint(180, 1, 5),
        m_m_c_at_endpoint(240, 80, 300),
        m_m_c_at_connections(160, 1, 5),
        m_m_c_at_connections(135, 50, 300),
    ]
    .concat();
    assert_within_tolerance(&rows);
    let overload =
        SimulationMode::ALL.into_iter().flat_map(|mode| [overload_and_drain(mode), first_drop(mode)].concat());
    let examples =
        SimulationMode::ALL.into_iter().flat_map(|mode| [two_retries_per_call(mode), percentage_split(mode)].concat());
    let others: Vec<Comparison> = overload.chain(examples).collect();
    assert_within_tolerance(&others);
    assert_table_documented(&[rows, others].concat());
}
