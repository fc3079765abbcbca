//! Counts the instructions of a call, and of a request in a simulation, with callgrind.

use std::process::Command;

use crate::bench::bench_program;
use crate::bench::report::{BenchFigure, BenchReport};
use crate::process::capture_stdout;
use crate::workspace::target;

/// Number of calls in the shorter run. The difference of two runs excludes start-up and exit.
const FEW_CALLS: u32 = 100;
/// Number of calls in the longer run.
const MANY_CALLS: u32 = 1100;

/// Seconds of the shorter and the longer simulation: some ten thousand requests.
const SIMULATED_SECONDS: [&str; 2] = ["10", "40"];
/// The scenarios of `benches/native/src/bin/simulation.rs`.
const SCENARIOS: [&str; 4] = ["constant", "percentiles", "queue", "servers"];

pub(super) fn count(report: &mut BenchReport, address: &str) -> Result<(), String> {
    if !bench_program::is_installed("valgrind") {
        for figures in ["get: instructions", "simulation: instructions"] {
            report.add_unmeasured(figures, "valgrind is not installed; run `apt-get install valgrind`");
        }
        return Ok(());
    }
    count_calls(report, address)?;
    SCENARIOS.iter().try_for_each(|scenario| count_simulation(report, scenario))
}

/// Counts the instructions of a request in exact mode.
fn count_simulation(report: &mut BenchReport, scenario: &str) -> Result<(), String> {
    let run = |seconds: &str| {
        let (instructions, output) = count_instructions("simulation", &["run", scenario, seconds])?;
        let mut figures = BenchReport::new("simulation");
        figures.add_output(&output)?;
        let requests = figures.rows.first().and_then(|figure| figure.value.median());
        Ok::<_, String>((instructions, requests.ok_or("the simulation printed no number of requests")?))
    };
    let (few, many) = (run(SIMULATED_SECONDS[0])?, run(SIMULATED_SECONDS[1])?);
    let each = (many.0 - few.0) / (many.1 - few.1);
    report.add(BenchFigure::new(format!("simulation: instructions, {scenario}"), each, "", None));
    Ok(())
}

/// Counts the instructions of our call and of the hand-written calls.
fn count_calls(report: &mut BenchReport, address: &str) -> Result<(), String> {
    let per_call = |client: &str| {
        let count = |calls: u32| count_instructions("native", &["call", client, &calls.to_string(), address]);
        let ((few, _), (many, _)) = (count(FEW_CALLS)?, count(MANY_CALLS)?);
        Ok::<_, String>((many - few) / f64::from(MANY_CALLS - FEW_CALLS))
    };
    let (ajo_core, hand_written, with_timeout) =
        (per_call("ajo-core")?, per_call("hand-written")?, per_call("hand-written-timeout")?);
    report.add(BenchFigure::new("get: instructions", ajo_core, "", Some(ajo_core / hand_written)));
    report.add(BenchFigure::new(
        "get: instructions, compared with a timeout",
        ajo_core,
        "",
        Some(ajo_core / with_timeout),
    ));
    report.add(BenchFigure::new("get: instructions, hand-written", hand_written, "", None));
    report.add(BenchFigure::new(
        "get: instructions, hand-written with a timeout",
        with_timeout,
        "",
        Some(with_timeout / hand_written),
    ));
    Ok(())
}

/// Counts the instructions of a whole run, and returns its output too. The profile stays under target/bench/ for
/// `callgrind_annotate`.
fn count_instructions(program: &str, arguments: &[&str]) -> Result<(f64, String), String> {
    let folder = target().join("bench");
    let out = folder.join(format!("callgrind.{program}.{}", arguments[1]));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut command = Command::new("valgrind");
    command.args(["-q", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", out.display()));
    let output = capture_stdout(command.arg(bench_program::program_path(program)).args(arguments))?;
    let profile = std::fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: ")).and_then(|it| it.trim().parse().ok());
    total.map(|total| (total, output)).ok_or_else(|| format!("{} has no total", out.display()))
}
