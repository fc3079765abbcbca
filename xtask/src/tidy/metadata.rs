//! What cargo and npm say that the manifests of the project say.

use std::process::Command;

use serde_json::Value;

use crate::root;

/// Manifests which are no members of the workspace.
const APART: &[&str] = &["fuzz/Cargo.toml", "tests/fetch/worker/Cargo.toml"];

/// One Cargo.toml.
pub(super) struct Manifest {
    /// The package's.
    pub(super) name: String,
    /// The folder below the root, with `/` at its end.
    pub(super) folder: String,
    pub(super) dependencies: Vec<Dependency>,
    /// Tests, examples, binaries: by kind and name.
    pub(super) targets: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct Dependency {
    /// The package's.
    pub(super) name: String,
    /// By which the manifest calls it, where that is another.
    pub(super) rename: Option<String>,
    /// Only tests need it.
    pub(super) dev: bool,
    /// It is a crate of this project.
    pub(super) ours: bool,
}

impl Dependency {
    /// As the manifest calls it.
    pub(super) fn key(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.name)
    }
}

/// All of them. Asks no network.
pub(super) fn manifests() -> Result<Vec<Manifest>, String> {
    let mut manifests = Vec::new();
    for path in std::iter::once(&"Cargo.toml").chain(APART) {
        let metadata = metadata(&["--no-deps", "--manifest-path", path])?;
        manifests.extend(list(&metadata["packages"]).iter().map(read));
    }
    Ok(manifests)
}

/// `cargo metadata` with these arguments.
pub(super) fn metadata(arguments: &[&str]) -> Result<Value, String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--quiet", "--format-version", "1"]).args(arguments).current_dir(root());
    let output = command.output().map_err(|error| format!("failed to start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("`cargo metadata` says: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("`cargo metadata` gave no JSON: {error}"))
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read(package: &Value) -> Manifest {
    let path = text(&package["manifest_path"]);
    let root = root().display().to_string();
    let folder = path.trim_start_matches(&root).trim_start_matches('/').trim_end_matches("Cargo.toml").to_owned();
    let dependency = |dependency: &Value| Dependency {
        name: text(&dependency["name"]),
        rename: dependency["rename"].as_str().map(str::to_owned),
        dev: dependency["kind"] == "dev",
        ours: dependency["source"].is_null(),
    };
    let target = |target: &Value| (text(&target["kind"][0]), text(&target["name"]));
    Manifest {
        name: text(&package["name"]),
        folder,
        dependencies: list(&package["dependencies"]).iter().map(dependency).collect(),
        targets: list(&package["targets"]).iter().map(target).collect(),
    }
}
