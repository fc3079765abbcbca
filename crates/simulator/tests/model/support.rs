//! Scenarios and reports.

use ajo_simulator::{
    Assumption, ConfiguredLimits, ReportRow, Scenario, ServiceType, SimulatedEndpoint, SimulationMode,
    SimulationReport, simulate,
};
use serde_json::{Value, json};

pub(crate) fn capping(calls: u64, period: u64) -> Value {
    let rating = json!({"rating": {"maxCallsCount": calls, "periodInMs": period}});
    json!({"url": "https://a.example/*", "methods": ["GET"], "services": {"action": rating, "dataSource": rating}})
}

pub(crate) fn throttling(calls: u64) -> Value {
    json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": calls})
}

pub(crate) fn scenario(traffic: &str, definitions: &[Value]) -> Scenario {
    scenario_of(None, traffic, definitions)
}

pub(crate) fn scenario_of(service: Option<ServiceType>, traffic: &str, definitions: &[Value]) -> Scenario {
    let limits = ConfiguredLimits::from_definitions(service, definitions).expect("limits");
    Scenario::new(traffic.parse().expect("a pattern"), limits)
}

pub(crate) fn endpoint(latency: &str, failures: &str) -> SimulatedEndpoint {
    SimulatedEndpoint {
        latency: latency.parse().expect("a latency"),
        failures: failures.parse().expect("failures"),
        ..SimulatedEndpoint::default()
    }
}

/// Simulates exactly.
pub(crate) fn exact(scenario: &Scenario) -> SimulationReport {
    simulate(scenario, SimulationMode::Exact).expect("a report")
}

pub(crate) fn column(report: &SimulationReport, value: impl Fn(&ReportRow) -> u64) -> Vec<u64> {
    report.rows.iter().map(value).collect()
}

pub(crate) fn find(report: &SimulationReport, id: &str) -> Option<Assumption> {
    report.assumptions.iter().copied().find(|assumption| assumption.id == id)
}
