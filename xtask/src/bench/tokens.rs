//! Token requests of cold callers, with Adobe's libraries beside ours.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::program::{self, Server, printed};
use super::report::{Report, Row};
use crate::npm::target;
use crate::{complain, root};

const CALLERS: [u32; 4] = [1, 10, 100, 10_000];
const LIBRARIES: [&str; 2] = ["@adobe/aio-lib-ims", "@adobe/aio-lib-core-auth"];

/// Measures.
pub(super) fn run() -> Result<String, String> {
    program::build()?;
    complain("==> token requests of cold callers");
    let mut report = Report::new("tokens");
    for callers in CALLERS {
        report.read(&program::output("tokens", &["ours", &callers.to_string()])?)?;
    }
    match installed() {
        Ok(folder) => {
            let mut host = Server::start("tokens")?;
            for library in LIBRARIES {
                for callers in CALLERS {
                    let mut node = Command::new("node");
                    let arguments = ["callers.mjs", library, &callers.to_string(), &host.address];
                    // aio-lib-ims keeps its tokens under the user's settings.
                    let home = tempfile::tempdir_in(&folder).map_err(|error| error.to_string())?;
                    node.env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path()).env("USERPROFILE", home.path());
                    printed(node.args(arguments).current_dir(&folder))?;
                    let requests = host.ask()?.parse().map_err(|_| "the token host counts no requests")?;
                    report.add(Row::new(format!("{library}, {callers}"), requests, "requests"));
                }
            }
        }
        Err(problem) => report.miss("@adobe/", format!("npm cannot install it here ({problem})")),
    }
    report.finish()
}

/// A folder with the libraries, in the versions of the lock.
fn installed() -> Result<std::path::PathBuf, String> {
    let folder = target().join("bench").join("tokens");
    copy(&root().join("benches/tokens"), &folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let how = ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--silent"];
    printed(Command::new(npm).args(how).current_dir(&folder))?;
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
