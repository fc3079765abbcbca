//! `cargo xtask release-files`: the files that release archives contain apart from the binary.

use std::fs;
use std::path::Path;

use crate::process::{cargo, read_output};
use crate::workspace::target;

/// The shells, and the names under which their completion scripts are usually installed.
const COMPLETIONS: [(&str, &str); 5] =
    [("bash", "ajo.bash"), ("elvish", "ajo.elv"), ("fish", "ajo.fish"), ("powershell", "_ajo.ps1"), ("zsh", "_ajo")];
const LICENSES: &str = "THIRD-PARTY-LICENSES.html";
/// Major and minor version that `about.toml` is for.
const CARGO_ABOUT: &str = "0.9";

/// Writes completion scripts, man pages, and third-party licenses to `target/release-files`.
pub(crate) fn write() -> Result<String, String> {
    // Before the build, which takes minutes.
    check_cargo_about()?;
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    let ajo = target().join("debug").join(format!("ajo{}", std::env::consts::EXE_SUFFIX));
    let folder = target().join("release-files");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| problem(&folder, &error))?;
    }
    write_completions(&ajo, &folder.join("completions"))?;
    read_output(&ajo, &["man", "--out", &folder.join("man").display().to_string()])?;
    write_licenses(&folder.join(LICENSES))?;
    Ok(format!("wrote {}", folder.display()))
}

fn write_completions(ajo: &Path, folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| problem(folder, &error))?;
    for (shell, name) in COMPLETIONS {
        let path = folder.join(name);
        fs::write(&path, read_output(ajo, &["completions", shell])?).map_err(|error| problem(&path, &error))?;
    }
    Ok(())
}

fn check_cargo_about() -> Result<(), String> {
    let version = read_output("cargo", &["about", "--version"]).unwrap_or_default();
    if version.contains(&format!(" {CARGO_ABOUT}.")) {
        return Ok(());
    }
    Err(format!(
        "cargo-about {CARGO_ABOUT} is not installed\nhint: cargo install --locked --features cli cargo-about@{CARGO_ABOUT}"
    ))
}

fn write_licenses(path: &Path) -> Result<(), String> {
    let out = path.display().to_string();
    let arguments = [
        "about",
        "generate",
        "--manifest-path",
        "crates/cli/Cargo.toml",
        "--config",
        "about.toml",
        "--locked",
        "--fail",
        "--output-file",
        &out,
        "about.hbs",
    ];
    read_output("cargo", &arguments)?;
    let text = fs::read_to_string(path).map_err(|error| problem(path, &error))?;
    // The license of a library in C is only in `about.toml`, which a new version of its crate makes stale.
    if text.contains("Academic Free License v2.1") {
        Ok(())
    } else {
        Err(format!("{LICENSES} does not have the license of libdbus"))
    }
}

fn problem(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
