//! A call beside the same written by hand.

use std::path::Path;
use std::process::Command;

use super::program::{self, Server};
use super::report::{Report, Row};
use crate::complain;
use crate::npm::target;

/// Calls of the two runs whose instructions are compared: what start and end take is in both.
const FEW: u32 = 100;
const MANY: u32 = 1100;

/// Measures.
pub(super) fn run() -> Result<String, String> {
    program::build()?;
    let server = Server::start("native")?;
    let mut report = Report::new("native");
    complain("==> a call beside the same by hand");
    report.read(&program::output("native", &["measure", &server.address])?)?;
    if program::is_there("valgrind") {
        let by_hand = instructions("by-hand", &server.address)?;
        let patient = instructions("by-hand-timeout", &server.address)?;
        let ours = instructions("ours", &server.address)?;
        report.add(Row::new("get: instructions, by hand", by_hand, ""));
        report.add(Row::new("get: instructions, by hand with a timeout", patient, "").ratio(patient / by_hand));
        report.add(Row::new("get: instructions", ours, "").ratio(ours / by_hand));
        report.add(Row::new("get: instructions, beside that with a timeout", ours, "").ratio(ours / patient));
    } else {
        report.miss("get: instructions", "there is no valgrind");
    }
    report.finish()
}

/// Instructions of one call, by callgrind.
fn instructions(side: &str, address: &str) -> Result<f64, String> {
    let few = collected(side, FEW, address)?;
    let many = collected(side, MANY, address)?;
    Ok((many - few) / f64::from(MANY - FEW))
}

fn collected(side: &str, calls: u32, address: &str) -> Result<f64, String> {
    let out = target().join("bench").join(format!("callgrind.{side}"));
    let folder = out.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", out.display())).arg(program::path("native"));
    program::printed(command.args(["call", side, &calls.to_string(), address]))?;
    // The profile stays there for `callgrind_annotate`.
    let profile = std::fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let total =
        profile.lines().find_map(|line| line.strip_prefix("totals: ")).and_then(|total| total.trim().parse().ok());
    total.ok_or_else(|| format!("{} has no total", out.display()))
}
