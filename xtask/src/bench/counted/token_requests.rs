//! Token requests of callers that start together, compared with Adobe's libraries.

use std::process::Command;

use crate::bench::program::{self, Server};
use crate::bench::report::{Report, Row};
use crate::need::Need;
use crate::process::capture;
use crate::workspace::root;

const CALLERS: [u32; 4] = [1, 10, 100, 10_000];
/// The folder of the program that calls them, and of their lock file.
const FOLDER: &str = "benches/tokens";
const LIBRARIES: [&str; 2] = ["@adobe/aio-lib-ims", "@adobe/aio-lib-core-auth"];

/// Counts them.
pub(super) fn count(report: &mut Report) -> Result<(), String> {
    for callers in CALLERS {
        report.read(&program::output(None, &["tokens", "count", &callers.to_string()])?)?;
    }
    if let Err(missing) = Need::Packages(FOLDER).ensure() {
        for callers in CALLERS {
            report.miss(
                &format!("token requests of {callers} callers, @adobe/"),
                format!("{}; to enable: {}", missing.reason, missing.fix),
            );
        }
        return Ok(());
    }
    let program = root().join(FOLDER).join("callers.mjs");
    let mut endpoint = Server::start(None, "tokens")?;
    for library in LIBRARIES {
        for callers in CALLERS {
            let mut node = Command::new("node");
            // aio-lib-ims stores its tokens in the user's configuration.
            let home = tempfile::tempdir().map_err(|error| error.to_string())?;
            for variable in ["HOME", "XDG_CONFIG_HOME", "USERPROFILE"] {
                node.env(variable, home.path());
            }
            let arguments = [library, &callers.to_string(), &endpoint.address];
            capture(node.arg(&program).args(arguments).current_dir(&home))?;
            let requests = endpoint.ask()?.parse().map_err(|_| "the token endpoint counts no requests")?;
            report.add(Row::new(format!("token requests of {callers} callers, {library}"), requests, "requests", None));
        }
    }
    Ok(())
}
