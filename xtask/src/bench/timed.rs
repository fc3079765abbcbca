//! Timed figures. Each run is a separate process with new connections. Server and client are pinned to one core each.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::bench_program::{self, BenchServer};
use super::group::BenchGroup;
use super::npm_package;
use super::report::{BenchReport, RUNS};
use crate::npm::folders::{ajo_program, build_folder, path_string};
use crate::npm::runtimes;
use crate::output::log;
use crate::process::{capture_stdout, read_output};
use crate::workspace::root;

/// Measures a group `RUNS` times.
pub(super) fn measure(group: BenchGroup) -> Result<BenchReport, String> {
    let mut missing_runtimes = String::new();
    if group == BenchGroup::Npm {
        npm_package::install_package("release")?;
        missing_runtimes = npm_package::install_runtimes().err().unwrap_or_default();
    } else {
        bench_program::build_programs(&["ajo-bench", "ajo"])?;
    }
    let cores = bench_program::available_cores();
    let (server_core, client_core) = cores.unzip();
    let cores = cores.map(|(server, client)| format!("{server},{client}")).unwrap_or_default();
    let mut report = BenchReport::new(&group.to_string());
    for run in 0..RUNS {
        // Scripts measure the release build of `ajo`. The run number decides which client goes first.
        let script = |folder: &Path, program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).arg(run.to_string()).env("BENCH_CORES", &cores).current_dir(folder);
            capture_stdout(&mut command)
        };
        log(&format!("==> bench {group}, run {} of {RUNS}", run + 1));
        let lines = match group {
            BenchGroup::Native => {
                let server = BenchServer::start(server_core, "native")?;
                bench_program::run_program(client_core, &["native", "measure", &server.address])
            }
            // Not pinned, because it compares threads.
            BenchGroup::CachedToken => bench_program::run_program(None, &["cached_token", "measure"]),
            BenchGroup::Plan => bench_program::run_program(client_core, &["plan"]),
            BenchGroup::Simulation => bench_program::run_program(client_core, &["simulation", "measure"]),
            BenchGroup::Codegen => measure_codegen(),
            BenchGroup::Emulator => script(root(), "python3", &["benches/emulator.py"]),
            BenchGroup::Apply => script(root(), "python3", &["benches/apply.py"]),
            BenchGroup::Npm => {
                let runtimes = path_string(&root().join(runtimes::FOLDER));
                script(
                    &build_folder("bench"),
                    "node",
                    &["measure.mjs", &ajo_program("release"), &runtimes, &missing_runtimes],
                )
            }
            BenchGroup::Counts | BenchGroup::Charts => Ok(String::new()),
        };
        report.add_output(&lines?)?;
    }
    Ok(report)
}

/// Measures how long a CI job waits for `generate --check`.
fn measure_codegen() -> Result<String, String> {
    let generate = || read_output(env!("CARGO"), &["xtask", "generate", "--check"]);
    // The first run may build xtask.
    generate()?;
    let start = Instant::now();
    generate()?;
    Ok(format!(r#"{{"name":"generate --check","value":{},"unit":"s"}}"#, start.elapsed().as_secs_f64()))
}
