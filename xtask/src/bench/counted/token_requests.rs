//! Token requests of callers that start together, compared with Adobe's libraries.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::bench::program::{self, Server};
use crate::bench::report::{Report, Row};
use crate::process::capture;
use crate::workspace::root;
use crate::workspace::target;

const CALLERS: [u32; 4] = [1, 10, 100, 10_000];
const LIBRARIES: [&str; 2] = ["@adobe/aio-lib-ims", "@adobe/aio-lib-core-auth"];

/// Counts them.
pub(super) fn count(report: &mut Report) -> Result<(), String> {
    for callers in CALLERS {
        report.read(&program::output(&["tokens", "count", &callers.to_string()])?)?;
    }
    let folder = match install() {
        Ok(folder) => folder,
        Err(reason) => {
            for callers in CALLERS {
                let rows = format!("token requests of {callers} callers, @adobe/");
                report.miss(&rows, format!("npm cannot install it ({reason}); Node.js with npm enables it"));
            }
            return Ok(());
        }
    };
    let mut endpoint = Server::start("tokens")?;
    for library in LIBRARIES {
        for callers in CALLERS {
            let mut node = Command::new("node");
            // aio-lib-ims stores its tokens in the user's configuration.
            let home = tempfile::tempdir_in(&folder).map_err(|error| error.to_string())?;
            for variable in ["HOME", "XDG_CONFIG_HOME", "USERPROFILE"] {
                node.env(variable, home.path());
            }
            let arguments = ["callers.mjs", library, &callers.to_string(), &endpoint.address];
            capture(node.args(arguments).current_dir(&folder))?;
            let requests = endpoint.ask()?.parse().map_err(|_| "the token endpoint counts no requests")?;
            report.add(Row::new(format!("token requests of {callers} callers, {library}"), requests, "requests", None));
        }
    }
    Ok(())
}

/// A folder with the libraries, in the versions of the lock file.
fn install() -> Result<PathBuf, String> {
    let folder = target().join("bench").join("tokens");
    let copy = || {
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(root().join("benches/tokens"))? {
            let entry = entry?;
            fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
        Ok::<_, std::io::Error>(())
    };
    copy().map_err(|error| format!("{}: {error}", folder.display()))?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let arguments = ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--silent"];
    capture(Command::new(npm).args(arguments).current_dir(&folder))?;
    Ok(folder)
}
