//! The rows of `crates/emulator/fidelity.toml`: what is known about each code and behavior of the service.

use super::markdown_text::escape_text;
use serde::Deserialize;

#[derive(Deserialize)]
struct FidelityFile {
    behavior: Vec<FidelityRow>,
}

#[derive(Deserialize)]
pub(super) struct FidelityRow {
    /// The kind and the name, such as `gateway:403025`.
    id: String,
    pub(super) description: String,
    /// The label.
    pub(super) provenance: String,
    source: String,
}

pub(super) fn read_rows() -> Vec<FidelityRow> {
    let file: FidelityFile = toml::from_str(&super::read_source("crates/emulator/fidelity.toml")).expect("rows");
    file.behavior
}

impl FidelityRow {
    /// The name, if the row is of this kind.
    pub(super) fn name(&self, kind: &str) -> Option<&str> {
        self.id.strip_prefix(kind)?.strip_prefix(':')
    }

    /// The cells with the description, the label, and the source.
    pub(super) fn cells(&self) -> Vec<String> {
        vec![escape_text(&self.description), self.provenance.clone(), escape_text(&self.source)]
    }
}

/// The row of a code.
pub(super) fn find_row<'r>(rows: &'r [FidelityRow], kind: &str, name: &str) -> &'r FidelityRow {
    rows.iter().find(|row| row.name(kind) == Some(name)).unwrap_or_else(|| panic!("no row for {kind}:{name}"))
}
