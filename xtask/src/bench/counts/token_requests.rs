//! Counts the token requests of callers that start together, for our client and Adobe's libraries.

use std::process::Command;

use crate::bench::bench_program::{self, BenchServer};
use crate::bench::report::{BenchFigure, BenchReport};
use crate::process::capture_stdout;
use crate::requirement::Requirement;
use crate::workspace::root;

const CALLERS: [u32; 4] = [1, 10, 100, 10_000];
/// The folder with `callers.mjs` and the lock file of the libraries.
const FOLDER: &str = "benches/adobe_libraries";
const LIBRARIES: [&str; 2] = ["@adobe/aio-lib-ims", "@adobe/aio-lib-core-auth"];

pub(super) fn count(report: &mut BenchReport) -> Result<(), String> {
    for callers in CALLERS {
        report.add_output(&bench_program::run_program(None, &["token_requests", "count", &callers.to_string()])?)?;
    }
    if let Err(missing) = Requirement::NpmPackages(FOLDER).ensure() {
        for callers in CALLERS {
            report.add_unmeasured(
                &format!("token requests of {callers} callers, @adobe/"),
                format!("{}; to enable: {}", missing.reason, missing.fix),
            );
        }
        return Ok(());
    }
    let program = root().join(FOLDER).join("callers.mjs");
    let mut endpoint = BenchServer::start(None, "token_requests")?;
    for library in LIBRARIES {
        for callers in CALLERS {
            let mut node = Command::new("node");
            // aio-lib-ims stores its tokens in the user's configuration.
            let home = tempfile::tempdir().map_err(|error| error.to_string())?;
            for variable in ["HOME", "XDG_CONFIG_HOME", "USERPROFILE"] {
                node.env(variable, home.path());
            }
            let arguments = [library, &callers.to_string(), &endpoint.address];
            capture_stdout(node.arg(&program).args(arguments).current_dir(&home))?;
            let requests = endpoint.query()?.parse().map_err(|_| "the token endpoint printed no number of requests")?;
            report.add(BenchFigure::new(
                format!("token requests of {callers} callers, {library}"),
                requests,
                "requests",
                None,
            ));
        }
    }
    Ok(())
}
