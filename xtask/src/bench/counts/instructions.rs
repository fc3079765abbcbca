//! Counts the instructions of a call with callgrind.

use std::process::Command;

use crate::bench::bench_program;
use crate::bench::report::{BenchFigure, BenchReport};
use crate::process::capture_stdout;
use crate::workspace::target;

/// Number of calls in the shorter run. The difference of two runs excludes start-up and exit.
const FEW_CALLS: u32 = 100;
/// Number of calls in the longer run.
const MANY_CALLS: u32 = 1100;

/// Counts the instructions of our call and of the hand-written calls.
pub(super) fn count(report: &mut BenchReport, address: &str) -> Result<(), String> {
    if !bench_program::is_installed("valgrind") {
        report.add_unmeasured("get: instructions", "valgrind is not installed; run `apt-get install valgrind`");
        return Ok(());
    }
    let per_call = |client: &str| {
        let (few, many) =
            (count_instructions(client, FEW_CALLS, address)?, count_instructions(client, MANY_CALLS, address)?);
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

/// Counts the instructions of a whole run. The profile stays under target/bench/ for `callgrind_annotate`.
fn count_instructions(client: &str, calls: u32, address: &str) -> Result<f64, String> {
    let folder = target().join("bench");
    let out = folder.join(format!("callgrind.{client}"));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut command = Command::new("valgrind");
    command.args(["-q", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", out.display()));
    capture_stdout(command.arg(bench_program::program_path("native")).args([
        "call",
        client,
        &calls.to_string(),
        address,
    ]))?;
    let profile = std::fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: ")).and_then(|it| it.trim().parse().ok());
    total.ok_or_else(|| format!("{} has no total", out.display()))
}
