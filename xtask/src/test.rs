//! Runs the steps of a tier for `cargo xtask check` and `cargo xtask test`.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::output::log;
use crate::requirement::MissingRequirement;
use crate::steps::{STEPS, StepTier, TestStep};

/// Variables that raise the number of generated inputs.
const FULL_SAMPLES: [(&str, &str); 2] = [("AJO_TEST_FULL", "1"), ("PROPTEST_CASES", "20000")];

enum StepOutcome {
    Passed,
    Skipped(MissingRequirement),
    Failed(String),
}

/// Runs a tier and all tiers below it until a step fails. The report has the time of each step.
pub(crate) fn run_tier(tier: StepTier) -> Result<String, String> {
    run_steps(STEPS.iter().filter(|step| step.tier <= tier))
}

/// Runs steps by name. A requested step must not be skipped, so a missing requirement is an error.
pub(crate) fn run_named(names: &[String]) -> Result<String, String> {
    let steps: Vec<&TestStep> = STEPS.iter().filter(|step| names.iter().any(|name| name == step.name)).collect();
    if let Some((step, missing)) = steps.iter().find_map(|step| Some((step, first_missing_requirement(step)?))) {
        return Err(format!("{}: {}; to enable: {}", step.name, missing.reason, missing.fix));
    }
    run_steps(steps.into_iter())
}

/// Starts xtask again with [`FULL_SAMPLES`] in the environment.
pub(crate) fn run_full(names: &[String]) -> Result<String, String> {
    let xtask = std::env::current_exe().map_err(|error| error.to_string())?;
    let all = if names.is_empty() { &["--all".to_owned()][..] } else { names };
    let status = Command::new(xtask).arg("test").args(all).envs(FULL_SAMPLES).status();
    let status = status.map_err(|error| format!("failed to start xtask: {error}"))?;
    if status.success() {
        Ok("with full sample counts".to_owned())
    } else {
        Err("a step failed with full sample counts".to_owned())
    }
}

fn run_steps<'s>(steps: impl Iterator<Item = &'s TestStep>) -> Result<String, String> {
    let start = Instant::now();
    let mut table = String::new();
    for step in steps {
        log(&format!("==> {}: {}", step.name, step.description));
        let begin = Instant::now();
        let outcome = run_step(step);
        add_row(&mut table, step, begin.elapsed(), &outcome);
        if let StepOutcome::Failed(problem) = outcome {
            return Err(format!("{problem}\n\n{table}{:<15}{:>7.1} s", "total", start.elapsed().as_secs_f64()));
        }
    }
    Ok(format!("\n{table}{:<15}{:>7.1} s", "total", start.elapsed().as_secs_f64()))
}

fn run_step(step: &TestStep) -> StepOutcome {
    match first_missing_requirement(step) {
        Some(missing) => StepOutcome::Skipped(missing),
        None => (step.run)().map_or_else(StepOutcome::Failed, |()| StepOutcome::Passed),
    }
}

/// Stops at the first one, because a later requirement can take minutes to install.
fn first_missing_requirement(step: &TestStep) -> Option<MissingRequirement> {
    step.requirements.iter().find_map(|requirement| requirement.ensure().err())
}

fn add_row(table: &mut String, step: &TestStep, time: Duration, outcome: &StepOutcome) {
    let _ = write!(table, "{:<15}{:>7.1} s", step.name, time.as_secs_f64());
    match outcome {
        StepOutcome::Passed => {
            let _ = writeln!(table);
            for MissingRequirement { reason, fix } in
                step.optional_requirements.iter().filter_map(|requirement| requirement.ensure().err())
            {
                let _ = writeln!(table, "{:<24}some tests skipped: {reason}; to enable: {fix}", "");
            }
        }
        StepOutcome::Skipped(MissingRequirement { reason, fix }) => {
            let _ = writeln!(table, "  skipped: {reason}; to enable: {fix}");
        }
        StepOutcome::Failed(_) => {
            let _ = writeln!(table, "  FAILED");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::Requirement;

    fn step(name: &'static str, requirements: &'static [Requirement], run: fn() -> Result<(), String>) -> TestStep {
        TestStep {
            name,
            description: "it passes",
            requirements,
            optional_requirements: &[],
            tier: StepTier::Check,
            run,
        }
    }

    const MISSING: &[Requirement] = &[Requirement::Program("no-such-program", "some-package")];

    #[test]
    fn run_stops_at_failure() {
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
    fn skipped_tests_are_listed() {
        let steps = [TestStep { optional_requirements: MISSING, ..step("first", &[], || Ok(())) }];
        let report = run_steps(steps.iter()).expect("passed");
        assert!(report.contains("some tests skipped: no-such-program is not installed"), "{report}");
    }

    #[test]
    fn steps_are_unique_and_ordered() {
        assert!(STEPS.is_sorted_by_key(|step| step.tier));
        for (index, step) in STEPS.iter().enumerate() {
            assert!(!STEPS[..index].iter().any(|earlier| earlier.name == step.name), "{}", step.name);
        }
    }
}
