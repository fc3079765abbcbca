//! Playing a scenario.

use super::assumption;
use super::report::{Report, Totals};
use super::scenario::Scenario;
use super::simulator::Simulator;

/// Plays a scenario until every call has ended. It takes a time in proportion to the length of the pattern, whatever the
/// number of calls.
pub fn simulate(scenario: &Scenario) -> Report {
    let mut simulator = Simulator::new(scenario);
    let mut rows = Vec::with_capacity(scenario.pattern.calls().len());
    let mut pattern = scenario.pattern.calls().iter();
    loop {
        let offered = pattern.next().map(|calls| u64::from(*calls));
        if offered.is_none() && simulator.is_over() {
            break;
        }
        rows.push(simulator.second(rows.len(), offered.unwrap_or(0)));
    }
    let longest_wait_ms = simulator.longest_wait_ms();
    let limits = simulator.into_limits();
    let mut totals = Totals::default();
    for row in &rows {
        totals += row.counts;
    }
    Report {
        version: 1,
        service: scenario.limits.service(),
        window: scenario.window,
        endpoint: scenario.endpoint,
        timeout_seconds: scenario.timeout(),
        seed: scenario.seed,
        assumptions: assumption::of(scenario, &limits),
        limits,
        totals,
        longest_queue: rows.iter().map(|row| row.queued).max().unwrap_or(0),
        longest_wait_ms,
        peak_per_second: rows.iter().map(|row| row.counts.at_endpoint()).max().unwrap_or(0),
        interval_seconds: 1,
        rows,
    }
}
