//! `cargo xtask generate`: generates Rust for `ajo-engine` and `ajo-core`, and TypeScript for the npm package from `openapi/*.yaml`.
//!
//! It also copies files into published crates that need them ([`package_copies`]).
//!
//! The specs are validated first. [`progenitor`] generates the types from a patched spec ([`spec_patches`]), and [`type_adapter`]
//! adapts its output. The client's methods ([`client_methods`]), their [`options`], and the [`operation_table`] are rendered from the
//! [`operation_model`]. [`generated_files`] writes or compares all files.

mod client_methods;
mod generated_files;
mod json_schema;
mod open_enums;
pub(crate) mod operation_model;
mod operation_table;
mod options;
mod package_copies;
mod progenitor;
pub(crate) mod rust_type;
mod schema_tables;
mod spec_patches;
mod type_adapter;
mod typescript;

use std::fmt::Write as _;

use crate::spec::{Spec, read_project_specs};
use crate::validate;
use crate::workspace::root;

/// The folder of the operations and schemas, relative to the workspace root.
const FACTS: &str = "crates/engine/src/spec/generated";
/// The folder of the models and clients.
const CLIENTS: &str = "crates/core/src/generated";
/// The folder of the generated TypeScript.
const TYPESCRIPT: &str = "crates/wasm/npm/src/generated";
/// The folder of the generated TypeScript of the emulator's package.
const EMULATOR_TYPESCRIPT: &str = "crates/emulator-wasm/npm/src/generated";
/// The folder of the specs as JSON, for the emulator.
const EMULATOR_SPECS: &str = "crates/emulator/src/api/contract/generated";
/// The folder of the files that `ajo init` writes.
const INIT_TEMPLATES: &str = "crates/cli/src/commands/init/generated";
/// The file with a generated table.
const README: &str = "crates/wasm/npm/README.md";

/// Generates the code, then writes it, or with `check` compares it.
pub(crate) fn run(check: bool) -> Result<String, String> {
    let specs = read_project_specs()?;
    let mut diagnostics: Vec<_> = specs.iter().flat_map(validate::validate_spec).collect();
    diagnostics.extend(validate::validate_shared_schemas(&specs));
    if !diagnostics.is_empty() {
        let mut text = format!("the specs have {} errors", diagnostics.len());
        for diagnostic in &diagnostics {
            let _ = write!(text, "\n{diagnostic}");
        }
        return Err(text);
    }

    let (mut stale, mut count) = (String::new(), 0);
    let folders = [
        (FACTS, generated_files::render_facts(&specs)?),
        (CLIENTS, generated_files::render_clients(&specs)?),
        (TYPESCRIPT, typescript::render(&specs)?),
        (EMULATOR_TYPESCRIPT, typescript::render_emulator(&specs)?),
        (EMULATOR_SPECS, package_copies::render_specs(&specs)?),
        (INIT_TEMPLATES, package_copies::read_examples()?),
    ];
    for (target, files) in folders {
        count += files.len();
        if check {
            stale += &generated_files::diff_files(&root().join(target), &files)?;
        } else {
            generated_files::write_files(&root().join(target), &files)?;
        }
    }
    stale += &update_readme(&specs, check)?;
    if !stale.is_empty() {
        return Err(format!("generated files are stale; run `cargo xtask generate` and commit the result\n{stale}"));
    }
    let done = if check { "match their sources" } else { "written" };
    Ok(format!("{count} files and the table in {README}: {done}"))
}

/// Writes the table into the README; with `check`, returns only the diff.
fn update_readme(specs: &[Spec], check: bool) -> Result<String, String> {
    let path = root().join(README);
    let old = std::fs::read_to_string(&path).map_err(|error| format!("failed to read {README}: {error}"))?;
    let new = typescript::readme_table::update(&old, specs).map_err(|problem| format!("{README}: {problem}"))?;
    if check {
        return Ok(generated_files::unified_diff(README, &old, &new));
    }
    if old != new {
        std::fs::write(&path, new).map_err(|error| format!("failed to write {README}: {error}"))?;
    }
    Ok(String::new())
}

#[cfg(test)]
mod tests;
