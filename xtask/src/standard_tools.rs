//! Checks by tools that other projects use too.

use std::path::PathBuf;

use crate::process::run_in;
use crate::tools::{CARGO_DENY, CARGO_SHEAR, TYPOS, Tool};
use crate::workspace::root;

/// By `typos.toml`. `target/tools/pip/bin/typos --write-changes` fixes most findings.
pub(crate) fn check_spelling() -> Result<(), String> {
    run(TYPOS, &["--format", "brief"])
}

pub(crate) fn check_unused() -> Result<(), String> {
    run(CARGO_SHEAR, &["--deny-warnings"])
}

/// By `deny.toml`. Advisories come over the network: `cargo deny check advisories`.
pub(crate) fn check_licenses() -> Result<(), String> {
    let scope = ["--workspace", "--all-features", "--locked"];
    run(CARGO_DENY, &[&scope[..], &["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]].concat())
}

fn run(tool: Tool, arguments: &[&str]) -> Result<(), String> {
    let program = tool.find().unwrap_or_else(|| PathBuf::from(tool.program));
    run_in(root(), &program.display().to_string(), arguments)
}
