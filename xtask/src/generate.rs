//! `cargo xtask generate`: from `openapi/*.yaml` to `crates/core/src/generated/`.
//!
//! The specs are validated, patched for progenitor ([`patches`]), turned into one syntax tree each ([`client`]), and that
//! tree is taken apart into the files of [`output`]: types both specs share, types and client of each, open enums, and the
//! table of operations.

mod client;
mod enums;
mod files;
mod operations;
mod patches;
mod types;

use std::fmt::Write as _;

use crate::{root, specifications, validate};

/// Where the generated code is kept, from the root of the workspace.
const TARGET: &str = "crates/core/src/generated";

/// Generates, and writes or (with `check`) compares.
pub(crate) fn run(check: bool) -> Result<String, String> {
    let specs = specifications()?;
    let mut findings: Vec<_> = specs.iter().flat_map(validate::validate).collect();
    findings.extend(validate::validate_together(&specs));
    if !findings.is_empty() {
        let mut text = format!("the specs have {} problem(s)", findings.len());
        for finding in &findings {
            let _ = write!(text, "\n{finding}");
        }
        return Err(text);
    }

    let files = files::render(&specs)?;
    let target = root().join(TARGET);
    if check {
        let stale = files::differences(&target, &files)?;
        if stale.is_empty() {
            Ok(format!("{TARGET} is what the specs say ({} files)", files.len()))
        } else {
            Err(format!("{TARGET} is stale; run `cargo xtask generate` and commit the result\n{stale}"))
        }
    } else {
        files::write(&target, &files)?;
        Ok(format!("wrote {} files to {TARGET}", files.len()))
    }
}
