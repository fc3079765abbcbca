//! Runs a scenario.

use std::convert::Infallible;

use crate::assumption::assumptions;
use crate::report::{CallCounts, SimulationReport};
use crate::scenario::Scenario;
use crate::simulator::Simulator;

/// Maximum work of a simulation for a client of the emulator, in operations: a few seconds.
pub const MAX_SIMULATION_WORK: u64 = 2_000_000_000;

/// A simulation needs more than [`MAX_SIMULATION_WORK`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the simulation takes more than {MAX_SIMULATION_WORK} operations; simulate less time, fewer calls per second, or other \
     failures, or use `ajo simulate`"
)]
pub struct SimulationWorkError;

/// Simulates a scenario until every call has ended. Running time grows with the length of the pattern and, if calls fail at
/// random, with their number.
pub fn simulate(scenario: &Scenario) -> SimulationReport {
    let Ok(report) = run(scenario, |_| Ok::<(), Infallible>(()));
    report
}

/// Simulates a scenario like [`simulate`], within [`MAX_SIMULATION_WORK`].
pub fn simulate_bounded(scenario: &Scenario) -> Result<SimulationReport, SimulationWorkError> {
    run(scenario, check_work)
}

const fn check_work(work: u64) -> Result<(), SimulationWorkError> {
    if work > MAX_SIMULATION_WORK { Err(SimulationWorkError) } else { Ok(()) }
}

/// Simulates a scenario; `check` may stop it after each second.
fn run<E>(scenario: &Scenario, check: impl Fn(u64) -> Result<(), E>) -> Result<SimulationReport, E> {
    let mut simulator = Simulator::new(scenario);
    let mut rows = Vec::with_capacity(scenario.pattern.calls().len());
    let mut pattern = scenario.pattern.calls().iter();
    loop {
        let offered = pattern.next().map(|calls| u64::from(*calls));
        if offered.is_none() && simulator.is_finished() {
            break;
        }
        rows.push(simulator.run_second(rows.len(), offered.unwrap_or(0)));
        check(simulator.work())?;
    }
    let longest_wait_ms = simulator.longest_wait_ms();
    let limits = simulator.into_limits();
    let mut totals = CallCounts::default();
    for row in &rows {
        totals += row.counts;
    }
    Ok(SimulationReport {
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
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConfiguredLimits, EndpointFailures, SimulatedEndpoint, WindowKind};

    /// The work of a scenario, or `None` if it exceeds the maximum.
    fn work(traffic: &str, latency: u64, failures: &str, calls: u64, max: u64) -> Option<u64> {
        let definition = serde_json::json!({"url": "https://a.example/*", "methods": ["GET"],
            "services": {"action": {"rating": {"maxCallsCount": calls, "periodInMs": 990}}}});
        let limits = ConfiguredLimits::from_definitions(None, &[definition]).expect("limits");
        let mut scenario = Scenario::new(traffic.parse().expect("traffic"), limits);
        let failures: EndpointFailures = failures.parse().expect("failures");
        scenario.endpoint = SimulatedEndpoint::new(latency, failures).expect("an endpoint");
        scenario.window = WindowKind::Sliding;
        let last = std::cell::Cell::new(0);
        let check = |work| {
            last.set(work);
            if work > max { Err(()) } else { Ok(()) }
        };
        run(&scenario, check).ok().map(|_| last.get())
    }

    #[test]
    fn work_grows_with_time_calls_and_failures() {
        let base = work("100x60", 100, "0.0", 1_000_000, u64::MAX).expect("no maximum");
        for (traffic, latency, failures) in
            [("100x600", 100, "0.0"), ("1000000x60", 100, "0.3"), ("100x60", 9000, "first:2"), ("100x60", 100, "0.5")]
        {
            let more = work(traffic, latency, failures, 1_000_000, u64::MAX).expect("no maximum");
            assert!(more > base, "{traffic} {failures}: {more} {base}");
            assert_eq!(work(traffic, latency, failures, 1_000_000, more), Some(more));
            assert_eq!(work(traffic, latency, failures, 1_000_000, more - 1), None);
        }
    }

    #[test]
    fn work_of_the_longest_pattern_is_bounded() {
        assert_eq!(work("1000000x86400", 100, "0.3", 1_000_000, 20_000_000), None);
        // Reaching the maximum takes a minute in a debug build.
        assert_eq!(check_work(MAX_SIMULATION_WORK), Ok(()));
        assert_eq!(check_work(MAX_SIMULATION_WORK + 1), Err(SimulationWorkError));
        assert!(SimulationWorkError.to_string().starts_with("the simulation takes more than 2000000000 operations"));
    }

    #[test]
    fn real_traffic_is_within_the_bound() {
        // A day has 24 times the work of an hour.
        let hour = work("5000x3600", 100, "0.3", 5000, u64::MAX).expect("no maximum");
        assert!(hour * 24 < MAX_SIMULATION_WORK, "{hour}");
    }
}
