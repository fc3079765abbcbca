//! Instructions of a call, by callgrind.

use std::process::Command;

use crate::bench::program;
use crate::bench::report::{Report, Row};
use crate::process::capture;
use crate::workspace::target;

/// Calls of the two runs that are compared: start-up and exit are in both.
const FEW: u32 = 100;
const MANY: u32 = 1100;

/// Counts those of our call and of the hand-written ones.
pub(super) fn count(report: &mut Report, address: &str) -> Result<(), String> {
    if !program::is_installed("valgrind") {
        report.miss("get: instructions", "valgrind is not installed; `apt-get install valgrind` enables it");
        return Ok(());
    }
    let per_call = |contestant: &str| {
        let (few, many) = (profile(contestant, FEW, address)?, profile(contestant, MANY, address)?);
        Ok::<_, String>((many - few) / f64::from(MANY - FEW))
    };
    let (ours, plain, timeout) = (per_call("ajo-core")?, per_call("hand-written")?, per_call("hand-written-timeout")?);
    report.add(Row::new("get: instructions", ours, "", Some(ours / plain)));
    report.add(Row::new("get: instructions, compared with a timeout", ours, "", Some(ours / timeout)));
    report.add(Row::new("get: instructions, hand-written", plain, "", None));
    report.add(Row::new("get: instructions, hand-written with a timeout", timeout, "", Some(timeout / plain)));
    Ok(())
}

/// The instructions of a whole run. The profile stays under target/bench/ for `callgrind_annotate`.
fn profile(contestant: &str, calls: u32, address: &str) -> Result<f64, String> {
    let folder = target().join("bench");
    let out = folder.join(format!("callgrind.{contestant}"));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut command = Command::new("valgrind");
    command.args(["-q", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", out.display()));
    capture(command.arg(program::path("native")).args(["call", contestant, &calls.to_string(), address]))?;
    let profile = std::fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: ")).and_then(|it| it.trim().parse().ok());
    total.ok_or_else(|| format!("{} has no total", out.display()))
}
