//! Timed figures. Each run is a process of its own with new connections; server and client have a core each.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::group::Group;
use super::npm_package;
use super::program::{self, Server};
use super::report::{RUNS, Report};
use crate::npm::folders::{ajo, display, out};
use crate::npm::runtimes;
use crate::output::log;
use crate::process::{capture, read_output};
use crate::workspace::root;

/// Measures a group `RUNS` times.
pub(super) fn measure(group: Group) -> Result<Report, String> {
    let mut missing_runtimes = String::new();
    if group == Group::Npm {
        npm_package::prepare("release")?;
        missing_runtimes = npm_package::install_runtimes().err().unwrap_or_default();
    } else {
        program::build(&["ajo-bench", "ajo"])?;
    }
    let cores = program::cores();
    let (server_core, client_core) = cores.unzip();
    let cores = cores.map(|(server, client)| format!("{server},{client}")).unwrap_or_default();
    let mut report = Report::new(&group.to_string());
    for run in 0..RUNS {
        // Scripts measure the release build of `ajo`. The number of the run decides which contestant goes first.
        let script = |folder: &Path, program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).arg(run.to_string()).env("BENCH_CORES", &cores).current_dir(folder);
            capture(&mut command)
        };
        log(&format!("==> bench {group}, run {} of {RUNS}", run + 1));
        let lines = match group {
            Group::Native => {
                let server = Server::start(server_core, "native")?;
                program::output(client_core, &["native", "measure", &server.address])
            }
            // It compares threads.
            Group::CachedToken => program::output(None, &["cached_token", "measure"]),
            Group::Plan => program::output(client_core, &["plan"]),
            Group::Codegen => codegen(),
            Group::Emulator => script(root(), "python3", &["benches/emulator.py"]),
            Group::Apply => script(root(), "python3", &["benches/apply.py"]),
            Group::Npm => {
                let runtimes = display(&root().join(runtimes::FOLDER));
                script(&out("bench"), "node", &["measure.mjs", &ajo("release"), &runtimes, &missing_runtimes])
            }
            Group::Counted | Group::Charts => Ok(String::new()),
        };
        report.read(&lines?)?;
    }
    Ok(report)
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
