//! Measures simulations:
//!
//! ```text
//! simulation measure                  requests per second of CPU time in exact mode; CPU time of a day in cohort mode, of sizings
//! simulation count                    memory
//! simulation run SCENARIO SECONDS     runs a scenario of exact mode and prints the number of requests
//! ```

use std::ops::ControlFlow;

use ajo_bench::{cpu_time, median, print_figure};
use ajo_simulator::{
    Arrivals, CappedCall, ConfiguredLimits, EndpointCapacity, Scenario, SimulatedEndpoint, SimulationMode,
    SimulationReport, SizedTraffic, SizingRequest, WindowKind, simulate, size,
};
use serde_json::json;

/// Requests per measurement, at least.
const REQUESTS: u64 = 2_000_000;
const ROUNDS: usize = 5;

/// The scenarios of exact mode. Each has about 2,000 requests in a second of traffic.
const SCENARIOS: [&str; 4] = ["constant", "percentiles", "queue", "servers"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["measure"] => measure(),
        ["count"] => count(),
        ["run", name, seconds] => {
            let report = run(&exact_scenario(name, seconds.parse().expect("a number")), SimulationMode::Exact);
            print_figure(name, to_f64(requests(&report)), "requests", None);
        }
        _ => panic!("simulation measure | simulation count | simulation run SCENARIO SECONDS"),
    }
}

fn measure() {
    for name in SCENARIOS {
        let scenario = exact_scenario(name, REQUESTS / 2000);
        let rates = (0..ROUNDS).map(|_| {
            let start = cpu_time();
            let requests = requests(&run(&scenario, SimulationMode::Exact));
            to_f64(requests) / cpu_time().saturating_sub(start).as_secs_f64()
        });
        print_figure(&format!("exact, {}", describe(name)), median(rates) / 1e6, "million requests per second", None);
    }
    let day = day_scenario();
    let start = cpu_time();
    run(&day, SimulationMode::Cohort);
    print_figure("cohort, a day at 5,000 calls per second", cpu_time().saturating_sub(start).as_secs_f64(), "s", None);
    measure_sizing();
}

/// The CPU time of sizings for an hour of 267 requests per second: a simple one, and one with random latencies, failures and arrivals.
fn measure_sizing() {
    for (name, latency, failures, arrivals) in
        [("constant latency", "300", "0", Arrivals::Even), ("random calls", "exp:300", "0.1", Arrivals::Poisson)]
    {
        let endpoint = SimulatedEndpoint {
            latency: latency.parse().expect("a latency"),
            failures: failures.parse().expect("failures"),
            capacity: EndpointCapacity::Servers(80),
            ..SimulatedEndpoint::default()
        };
        let traffic = SizedTraffic::Audience { profiles: 864_000, reading_rate: None };
        let request = SizingRequest { arrivals, ..SizingRequest::new(endpoint, traffic) };
        let start = cpu_time();
        let report = size(&request, &mut |_| ControlFlow::Continue(())).expect("a report");
        let seconds = cpu_time().saturating_sub(start).as_secs_f64();
        print_figure(&format!("sizing, an hour, {name}"), seconds, "s", None);
        print_figure(&format!("sizing, an hour, {name}: simulations"), to_f64(report.simulations), "", None);
    }
}

fn count() {
    let megabytes = |scenario: &Scenario, mode| {
        let info = allocation_counter::measure(|| drop(run(scenario, mode)));
        to_f64(info.bytes_max) / 1e6
    };
    for name in SCENARIOS {
        let memory = megabytes(&exact_scenario(name, 3600), SimulationMode::Exact);
        print_figure(&format!("simulation: memory, exact, {}", describe(name)), memory, "MB", None);
    }
    let memory = megabytes(&day_scenario(), SimulationMode::Cohort);
    print_figure("simulation: memory, cohort, a day at 5,000 calls per second", memory, "MB", None);
}

fn run(scenario: &Scenario, mode: SimulationMode) -> SimulationReport {
    simulate(scenario, mode).expect("a report")
}

/// Requests, and calls that no request was sent for.
fn requests(report: &SimulationReport) -> u64 {
    report.totals.sent + report.totals.rejected + report.totals.dropped
}

fn describe(name: &str) -> &'static str {
    match name {
        "constant" => "constant latency",
        "percentiles" => "latency percentiles and 10 % failures",
        "queue" => "throttling with a queue",
        "servers" => "connections and servers",
        _ => panic!("the scenarios are {SCENARIOS:?}"),
    }
}

fn exact_scenario(name: &str, seconds: u64) -> Scenario {
    let traffic = |calls: u64| format!("{calls}x{seconds}");
    match name {
        "constant" => scenario(&traffic(2000), &[]),
        "percentiles" => {
            let mut scenario = scenario(&traffic(1800), &[capping(5000)]);
            scenario.endpoint.latency = "p50=80,p95=300,p99=900".parse().expect("a latency");
            scenario.endpoint.failures = "0.1".parse().expect("failures");
            scenario.capped_call = CappedCall::Retried;
            scenario
        }
        "queue" => Scenario { window: WindowKind::Sliding, ..scenario(&traffic(2000), &[throttling(400)]) },
        "servers" => {
            let mut scenario = Scenario { connections: Some(1000), ..scenario(&traffic(2000), &[capping(5000)]) };
            scenario.endpoint.latency = "exp:300".parse().expect("a latency");
            scenario.endpoint.capacity = EndpointCapacity::Servers(700);
            scenario
        }
        _ => panic!("the scenarios are {SCENARIOS:?}"),
    }
}

/// A day at the maximum rate of events, with retries and sliding windows.
fn day_scenario() -> Scenario {
    let mut day = Scenario { window: WindowKind::Sliding, ..scenario("5000x86400", &[throttling(5000)]) };
    day.endpoint.latency = "20".parse().expect("a latency");
    day.endpoint.failures = "0.01".parse().expect("failures");
    day
}

fn scenario(traffic: &str, definitions: &[serde_json::Value]) -> Scenario {
    let limits = ConfiguredLimits::from_definitions(None, definitions).expect("limits");
    Scenario::new(traffic.parse().expect("a pattern"), limits)
}

fn capping(calls: u64) -> serde_json::Value {
    let rating = json!({"rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    json!({"url": "https://api.example.org/*", "methods": ["POST"], "services": {"action": rating}})
}

fn throttling(calls: u64) -> serde_json::Value {
    json!({"urlPattern": "https://api.example.org/*", "methods": ["POST"], "maxThroughput": calls})
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
const fn to_f64(number: u64) -> f64 {
    number as f64
}
