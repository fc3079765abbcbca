//! Adds an operation and a field to a spec in a copy of the workspace, generates code, and tests both without other edits.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::{capture_stdout, read_output};
use crate::workspace::{root, target};

/// The operation, inserted at the end of `paths` in the capping spec.
const NEW_OPERATION: &str = include_str!("spec_edit/history.yaml");

/// Calls the operation; appended to the copy's `tests/requests/operations.rs`.
const NEW_OPERATION_TEST: &str = include_str!("spec_edit/history.rs.txt");

/// The field, inserted into a capping definition and into the stored configuration.
const NEW_FIELD: &str = "        priority:
          type: integer
          format: int64
          description: Which limit comes first (unknown; it exists only in this test).
          example: 5
";

/// Uses the field; appended to the copy's `tests/limits/apply_calls.rs`.
const NEW_FIELD_TEST: &str = include_str!("spec_edit/priority.rs.txt");

/// The first line after `paths`.
const END_OF_PATHS: &str = "\ncomponents:\n";

pub(crate) fn run() -> Result<(), String> {
    let folder = target().join("spec-edit");
    let copy = folder.join("workspace");
    for file in read_output("git", &["ls-files", "--cached", "--others", "--exclude-standard"])?.lines() {
        copy_file(&root().join(file), &copy.join(file), |content| match file {
            "openapi/capping.yaml" => insert_fields(&insert_operation(&content)?),
            "tests/requests/operations.rs" => Ok(content + NEW_OPERATION_TEST),
            "tests/limits/apply_calls.rs" => Ok(content + NEW_FIELD_TEST),
            _ => Ok(content),
        })?;
    }
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).current_dir(&copy).env("CARGO_TARGET_DIR", folder.join("target"));
        capture_stdout(&mut command)
    };
    cargo(&["run", "--quiet", "--package", "xtask", "--locked", "--", "generate"])?;
    cargo(&["check", "--quiet", "--workspace", "--all-targets", "--locked"])?;
    let tests =
        ["test", "--quiet", "--package", "ajo-tests", "--test", "suites", "--locked", "--", "history", "priority"];
    // A filter that matches nothing would pass.
    let listed = cargo(&[&tests[..], &["--list"]].concat())?;
    for name in ["history", "priority"] {
        if !listed.contains(name) {
            return Err(format!("no test of the copy has `{name}` in its name"));
        }
    }
    cargo(&tests).map(drop)
}

// If the spec already has the operation or the field, the copy tests that one.
fn insert_operation(spec: &str) -> Result<String, String> {
    if spec.contains("/endpointConfigs/{uid}/history:") {
        return Ok(spec.to_owned());
    }
    let (paths, components) = spec.split_once(END_OF_PATHS).ok_or("openapi/capping.yaml has no components")?;
    Ok([paths, "\n", NEW_OPERATION.trim_end(), END_OF_PATHS, components].concat())
}

fn insert_fields(spec: &str) -> Result<String, String> {
    let mut spec = spec.to_owned();
    for schema in ["CappingDefinition", "CappingConfig"] {
        let start = spec.find(&format!("\n    {schema}:\n")).ok_or_else(|| format!("there is no schema {schema}"))?;
        let properties = "\n      properties:\n";
        let fields = spec[start..].find(properties).ok_or_else(|| format!("{schema} has no properties"))?;
        let at = start + fields + properties.len();
        // The next schema begins at four spaces.
        let schema_text = spec[at..].split("\n    ").take_while(|line| line.starts_with(' ')).collect::<String>();
        if !schema_text.contains("    priority:") {
            spec.insert_str(at, NEW_FIELD);
        }
    }
    Ok(spec)
}

/// Copies a file and changes its text. An unchanged copy keeps its modification time, so cargo does not rebuild it.
fn copy_file(from: &Path, to: &Path, change: impl Fn(String) -> Result<String, String>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("failed to copy {}: {error}", from.display());
    // A tracked file can be deleted in the work tree.
    if !from.exists() {
        return Ok(());
    }
    let content = fs::read(from).map_err(failed)?;
    let content = match String::from_utf8(content) {
        Ok(text) => change(text)?.into_bytes(),
        Err(binary) => binary.into_bytes(),
    };
    if fs::read(to).is_ok_and(|copied| copied == content) {
        return Ok(());
    }
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
    fs::write(to, content).map_err(failed)
}
