//! `cargo xtask check` and `cargo xtask test`: runs the steps of a tier.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::need::Missing;
use crate::output::log;
use crate::steps::{STEPS, Step, Tier};

/// Read by the suites that generate input: many more cases, as before an issue is closed.
const FULL_COUNTS: [(&str, &str); 2] = [("AJO_TEST_FULL", "1"), ("PROPTEST_CASES", "20000")];

enum Outcome {
    Passed,
    Skipped(Missing),
    Failed(String),
}

/// Runs a tier and all below it, until a step fails. Prints the time of each step.
pub(crate) fn run_tier(tier: Tier) -> Result<String, String> {
    run_steps(STEPS.iter().filter(|step| step.tier <= tier))
}

/// Runs steps by their names. They were requested, so a skipped one is an error.
pub(crate) fn run_named(names: &[String]) -> Result<String, String> {
    let steps: Vec<&Step> = STEPS.iter().filter(|step| names.iter().any(|name| name == step.name)).collect();
    if let Some((step, missing)) = steps.iter().find_map(|step| Some((step, first_missing(step)?))) {
        return Err(format!("{}: {}; to enable: {}", step.name, missing.reason, missing.fix));
    }
    run_steps(steps.into_iter())
}

/// Runs xtask again with the environment that raises the counts.
pub(crate) fn run_full(names: &[String]) -> Result<String, String> {
    let xtask = std::env::current_exe().map_err(|error| error.to_string())?;
    let all = if names.is_empty() { &["--all".to_owned()][..] } else { names };
    let status = Command::new(xtask).arg("test").args(all).envs(FULL_COUNTS).status();
    let status = status.map_err(|error| format!("failed to start xtask: {error}"))?;
    if status.success() { Ok("with full counts".to_owned()) } else { Err("a step failed, with full counts".to_owned()) }
}

fn run_steps<'s>(steps: impl Iterator<Item = &'s Step>) -> Result<String, String> {
    let start = Instant::now();
    let mut table = String::new();
    for step in steps {
        log(&format!("==> {}: {}", step.name, step.proves));
        let begin = Instant::now();
        let outcome = run(step);
        add_row(&mut table, step, begin.elapsed(), &outcome);
        if let Outcome::Failed(problem) = outcome {
            return Err(format!("{problem}\n\n{table}{:<15}{:>7.1} s", "total", start.elapsed().as_secs_f64()));
        }
    }
    Ok(format!("\n{table}{:<15}{:>7.1} s", "total", start.elapsed().as_secs_f64()))
}

fn run(step: &Step) -> Outcome {
    match first_missing(step) {
        Some(missing) => Outcome::Skipped(missing),
        None => (step.run)().map_or_else(Outcome::Failed, |()| Outcome::Passed),
    }
}

/// Stops at the first: a later need may take minutes to install.
fn first_missing(step: &Step) -> Option<Missing> {
    step.needs.iter().find_map(|need| need.ensure().err())
}

fn add_row(table: &mut String, step: &Step, time: Duration, outcome: &Outcome) {
    let _ = write!(table, "{:<15}{:>7.1} s", step.name, time.as_secs_f64());
    match outcome {
        Outcome::Passed => {
            let _ = writeln!(table);
            for Missing { reason, fix } in step.uses.iter().filter_map(|need| need.ensure().err()) {
                let _ = writeln!(table, "{:<24}some tests skipped: {reason}; to enable: {fix}", "");
            }
        }
        Outcome::Skipped(Missing { reason, fix }) => {
            let _ = writeln!(table, "  skipped: {reason}; to enable: {fix}");
        }
        Outcome::Failed(_) => {
            let _ = writeln!(table, "  FAILED");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::need::Need;

    fn step(name: &'static str, needs: &'static [Need], run: fn() -> Result<(), String>) -> Step {
        Step { name, proves: "it works", needs, uses: &[], tier: Tier::Check, run }
    }

    const MISSING: &[Need] = &[Need::Program("no-such-program", "some-package")];

    #[test]
    fn a_failure_ends_the_run() {
        let steps = [
            step("first", &[], || Ok(())),
            step("second", MISSING, || Err("it ran".to_owned())),
            step("third", &[], || Err("it broke".to_owned())),
            step("fourth", &[], || Err("it ran".to_owned())),
        ];
        let problem = run_steps(steps.iter()).expect_err("the third fails");
        let lines: Vec<&str> = problem.lines().collect();
        assert_eq!(lines[0], "it broke");
        assert!(lines[2].starts_with("first ") && lines[2].ends_with(" s"), "{problem}");
        assert!(
            lines[3].ends_with("skipped: no-such-program is not installed; to enable: apt-get install some-package"),
            "{problem}"
        );
        assert!(lines[4].starts_with("third ") && lines[4].ends_with("FAILED"), "{problem}");
        assert!(lines[5].starts_with("total ") && lines.len() == 6, "{problem}");
    }

    #[test]
    fn skipped_tests_of_a_step_are_listed() {
        let steps = [Step { uses: MISSING, ..step("first", &[], || Ok(())) }];
        let report = run_steps(steps.iter()).expect("passed");
        assert!(report.contains("some tests skipped: no-such-program is not installed"), "{report}");
    }

    #[test]
    fn step_names_are_unique_and_tiers_in_order() {
        assert!(STEPS.is_sorted_by_key(|step| step.tier));
        for (index, step) in STEPS.iter().enumerate() {
            assert!(!STEPS[..index].iter().any(|earlier| earlier.name == step.name), "{}", step.name);
        }
    }
}
