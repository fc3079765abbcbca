//! Runs a scenario.

use crate::assumption::assumptions;
use crate::report::{CallCounts, SimulationReport};
use crate::scenario::Scenario;
use crate::simulator::Simulator;

/// Simulates a scenario until every call has ended. Running time grows with the length of the pattern, not with the number
/// of calls.
pub fn simulate(scenario: &Scenario) -> SimulationReport {
    let mut simulator = Simulator::new(scenario);
    let mut rows = Vec::with_capacity(scenario.pattern.calls().len());
    let mut pattern = scenario.pattern.calls().iter();
    loop {
        let offered = pattern.next().map(|calls| u64::from(*calls));
        if offered.is_none() && simulator.is_finished() {
            break;
        }
        rows.push(simulator.run_second(rows.len(), offered.unwrap_or(0)));
    }
    let longest_wait_ms = simulator.longest_wait_ms();
    let limits = simulator.into_limits();
    let mut totals = CallCounts::default();
    for row in &rows {
        totals += row.counts;
    }
    SimulationReport {
        version: 1,
        service: scenario.limits.service(),
        window: scenario.window,
        endpoint: scenario.endpoint,
        timeout_seconds: scenario.effective_timeout_seconds(),
        seed: scenario.seed,
        assumptions: assumptions(scenario, &limits),
        limits,
        totals,
        longest_queue: rows.iter().map(|row| row.queued).max().unwrap_or(0),
        longest_wait_ms,
        peak_per_second: rows.iter().map(|row| row.counts.endpoint_calls()).max().unwrap_or(0),
        interval_seconds: 1,
        rows,
    }
}
