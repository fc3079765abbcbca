//! Compares exact mode with an independent simulation in Python, `../oracle`, on random scenarios.
//!
//! `cargo xtask test simulation` sets `AJO_SIMPY_PYTHON` to a Python with simpy.

mod compare;
mod generate;
mod oracle;
mod scenario;

use std::time::{Duration, Instant};

use ajo_simulator::simulate_trace;

use crate::oracle::Oracle;
use crate::scenario::TracedScenario;

/// The first number of scenarios with `AJO_TEST_FULL=1`, otherwise the second.
const SCENARIOS: (u64, u64) = (4000, 200);
/// Time to look for a smaller scenario with the same difference.
const MAX_SHRINK_TIME: Duration = Duration::from_secs(10);

#[test]
fn exact_mode_agrees_with_simpy() {
    let is_full = std::env::var_os("AJO_TEST_FULL").is_some();
    let count = if is_full { SCENARIOS.0 } else { SCENARIOS.1 };
    let mut oracle = Oracle::start();
    let mut differing = Vec::new();
    let mut first = String::new();
    for number in 0..count {
        let mut traced = generate::scenario(number);
        if let Some(difference) = first_difference(&mut oracle, &traced) {
            if first.is_empty() {
                let difference = shrink(&mut oracle, &mut traced).unwrap_or(difference);
                first = format!("scenario {number}, with fewer calls:\n{}\n{difference}", traced.describe());
            }
            differing.push(number);
        }
    }
    assert!(differing.is_empty(), "{} of {count} scenarios differ: {differing:?}\n{first}", differing.len());
}

fn first_difference(oracle: &mut Oracle, traced: &TracedScenario) -> Option<String> {
    let expected = oracle.simulate(traced);
    let (report, ends) = simulate_trace(&traced.scenario, &traced.calls);
    compare::first_difference(traced, &report, &ends, &expected)
}

/// Removes calls that the difference does not need. Returns the last difference.
fn shrink(oracle: &mut Oracle, traced: &mut TracedScenario) -> Option<String> {
    let start = Instant::now();
    let mut last = None;
    let mut size = traced.calls.len() / 2;
    while size > 0 {
        let mut from = 0;
        while from < traced.calls.len() && start.elapsed() < MAX_SHRINK_TIME {
            let to = traced.calls.len().min(from + size);
            let removed: Vec<_> = traced.calls.drain(from..to).collect();
            if let Some(difference) = first_difference(oracle, traced) {
                last = Some(difference);
            } else {
                traced.calls.splice(from..from, removed);
                from = to;
            }
        }
        size /= 2;
    }
    last
}
