//! Both modes against formulas for overload, and Adobe's worked examples.

use ajo_simulation_tests::adobe_examples::{percentage_split, two_retries_per_call};
use ajo_simulation_tests::comparison::{Comparison, assert_documented, assert_within_tolerance};
use ajo_simulation_tests::throttling::{first_drop, overload_and_drain};
use ajo_simulator::SimulationMode;

fn check(comparisons: &[Comparison]) {
    assert_within_tolerance(comparisons);
    assert_documented(comparisons);
}

#[test]
fn overload_matches_fluid() {
    for mode in SimulationMode::ALL {
        check(&overload_and_drain(mode));
    }
}

#[test]
fn first_drop_is_after_ten_hours() {
    check(&first_drop(SimulationMode::Cohort));
}

#[test]
fn adobes_examples_hold() {
    for mode in SimulationMode::ALL {
        check(&two_retries_per_call(mode));
        check(&percentage_split(mode));
    }
}
