//! Timed figures. Each run is a process of its own with new connections; server and client have a core each.

use std::time::Instant;

use super::group::Group;
use super::npm_package;
use super::program::{self, Server};
use super::report::Report;
use crate::output::log;
use crate::process::read_output;

/// Runs that have to agree before a figure is published.
const RUNS: u32 = 5;

/// Measures a group `RUNS` times.
pub(super) fn measure(group: Group) -> Result<Report, String> {
    if group == Group::Npm {
        npm_package::prepare("release")?;
    } else {
        program::build(&["ajo-bench", "ajo"])?;
    }
    let mut report = Report::new(&group.to_string());
    for run in 0..RUNS {
        log(&format!("==> bench {group}, run {} of {RUNS}", run + 1));
        let lines = match group {
            Group::Native => {
                let server = Server::start("native")?;
                program::output(&["native", "measure", &server.address])
            }
            Group::CachedToken => program::output(&["cached_token", "measure"]),
            Group::Plan => program::output(&["plan"]),
            Group::Codegen => codegen(),
            Group::Emulator => script("benches/emulator.py", run),
            Group::Apply => script("benches/apply.py", run),
            Group::Npm => npm_package::measure(run),
            Group::Counted | Group::Charts => Ok(String::new()),
        };
        report.read(&lines?)?;
    }
    Ok(report)
}

/// A script that measures the release build of `ajo`. The number of the run decides which contestant goes first.
fn script(path: &str, run: u32) -> Result<String, String> {
    read_output("python3", &[path, &run.to_string()])
}

/// The wait of a CI job that checks the generated code.
fn codegen() -> Result<String, String> {
    let generate = || read_output(env!("CARGO"), &["xtask", "generate", "--check"]);
    // The first one may build xtask.
    generate()?;
    let start = Instant::now();
    generate()?;
    Ok(format!(r#"{{"name":"generate --check","value":{},"unit":"s"}}"#, start.elapsed().as_secs_f64()))
}
