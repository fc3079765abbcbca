//! Throttling under overload, against the formulas of a fluid, and Little's law.

use ajo_simulator::{ConfiguredLimits, Scenario, SimulationMode, SimulationReport, simulate};

use crate::comparison::Comparison;
use crate::overload::Overload;

const OVERLOAD: Overload = Overload { arrivals: 1000.0, service: 400.0 };
const HOUR: f64 = 3600.0;
/// A fluid ignores the window of a second and the time between two calls.
const TOLERANCE: f64 = 0.001;

fn run(traffic: &str, mode: SimulationMode) -> SimulationReport {
    let limits = ConfiguredLimits::default().with_throttling(400);
    let scenario = Scenario::new(traffic.parse().expect("a pattern"), limits);
    simulate(&scenario, mode).expect("it runs")
}

fn seconds(millis: Option<u64>) -> f64 {
    millis.map_or(f64::NAN, |millis| std::time::Duration::from_millis(millis).as_secs_f64())
}

fn row(queue: &str, mode: SimulationMode, value: &str, closed_form: f64, simulated: f64) -> Comparison {
    let queue = format!("{queue}, {mode} mode");
    Comparison { queue, value: value.to_owned(), closed_form, simulated, tolerance: TOLERANCE }
}

/// An hour of overload, then two hours in which the queue empties.
pub fn overload_and_drain(mode: SimulationMode) -> Vec<Comparison> {
    let report = run("1000x3600,100x7300", mode);
    let queue = "1,000/s into 400/s for 1 h, then 100/s";
    let seconds_simulated = count(report.rows.len() as u64);
    let waiting = report.rows.iter().map(|row| count(row.waiting)).sum::<f64>() / seconds_simulated;
    let arrivals = count(report.throttling_wait.count) / seconds_simulated;
    vec![
        row(queue, mode, "longest wait, s", OVERLOAD.wait(HOUR), report.throttling_wait.max / 1000.0),
        row(queue, mode, "queue empty after, s", HOUR + OVERLOAD.drain(HOUR, 100.0), seconds(report.queue.empty_ms)),
        row(queue, mode, "mean waiting calls (Little's law)", arrivals * report.throttling_wait.mean / 1000.0, waiting),
    ]
}

/// Four hours of overload, and the first calls that will be dropped.
pub fn first_drop(mode: SimulationMode) -> Vec<Comparison> {
    let report = run("1000x14500", mode);
    let queue = "1,000/s into 400/s for 4 h";
    let drop = seconds(report.queue.first_drop_ms);
    vec![
        row(queue, mode, "arrival of the first dropped call, s", OVERLOAD.first_dropped_arrival(), drop - 6.0 * HOUR),
        row(queue, mode, "first drop, s", OVERLOAD.first_drop(), drop),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(count: u64) -> f64 {
    count as f64
}
