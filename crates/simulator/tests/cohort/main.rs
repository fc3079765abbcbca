//! Cohort mode: overload in closed form, agreement with exact mode, and bounded work.

mod agreement;
mod closed_forms;
mod work;

use ajo_simulator::{ConfiguredLimits, Scenario, SimulationMode, SimulationReport, simulate};
use serde_json::{Value, json};

fn capping(calls: u64, period_ms: u64) -> Value {
    let rating = json!({"maxCallsCount": calls, "periodInMs": period_ms});
    json!({"url": "https://a.example/*", "methods": ["GET"], "services": {"action": {"rating": rating}}})
}

fn throttling(calls: u64) -> Value {
    json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": calls})
}

/// A scenario without a limit on connections.
fn scenario(traffic: &str, definitions: &[Value]) -> Scenario {
    let limits = ConfiguredLimits::from_definitions(None, definitions).expect("limits");
    let pattern = traffic.parse().expect("a pattern");
    Scenario { connections: Some(10_000_000), ..Scenario::new(pattern, limits) }
}

fn cohort(scenario: &Scenario) -> SimulationReport {
    simulate(scenario, SimulationMode::Cohort).expect("a report")
}
