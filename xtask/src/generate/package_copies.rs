//! Copies for published crates of files that are elsewhere in the repository. `cargo package` takes only files below the crate, and a link
//! in git becomes a text file on Windows.

use std::fs;

use super::generated_files::GeneratedFiles;
use crate::spec::Spec;
use crate::workspace::root;

/// Renders the specs as JSON, for the emulator. So the crate needs no YAML parser.
pub(super) fn render_specs(specs: &[Spec]) -> Result<GeneratedFiles, String> {
    specs.iter().map(|spec| Ok((json_name(spec)?, to_json(spec)?))).collect()
}

fn json_name(spec: &Spec) -> Result<String, String> {
    Ok(format!("{}.json", super::operation_model::api_name(spec)?))
}

fn to_json(spec: &Spec) -> Result<String, String> {
    serde_json::to_string_pretty(&spec.value)
        .map(|text| text + "\n")
        .map_err(|error| format!("failed to write {} as JSON: {error}", spec.file))
}

/// Reads the examples that `ajo init` writes.
pub(super) fn read_examples() -> Result<GeneratedFiles, String> {
    const FILES: [&str; 6] = [
        "github/limits.yml",
        "gitlab/limits-apply.yml",
        "gitlab/limits.yml",
        "limits/gitignore",
        "limits/policy.yaml",
        "limits/prod.yaml",
    ];
    let folder = root().join("examples");
    let read = |name: &str| {
        let content = fs::read_to_string(folder.join(name))
            .map_err(|error| format!("failed to read examples/{name}: {error}"))?;
        Ok((name.to_owned(), content))
    };
    FILES.into_iter().map(read).collect()
}
