//! Edits of one field of an entry.

use std::collections::BTreeSet;
use std::ops::Range;

use ajo_engine::json::escape_pointer_token;
use serde_json::{Map, Value};

use super::node_edit::EditedText;
use super::source_tree::SourceNode;
use super::text_edit::TextEdit;

/// A list whose order has no meaning.
const METHODS: &str = "methods";

/// A change of an entry. Paths are the names of nested fields.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FieldEdit {
    pub(super) path: Vec<String>,
    pub(super) change: FieldChange,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum FieldChange {
    /// Sets a field that the entry may lack.
    Add(Value),
    /// Replaces the value of a field, which may be in a base file.
    Replace(Value),
    AddItem(Value),
    RemoveItem(Value),
    Remove,
}

/// Why an edit is not possible.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum EditProblem {
    /// The value is not written in this entry.
    Elsewhere,
    /// An anchor or alias shares the value.
    Shared(Range<usize>),
    /// The value contains a variable.
    Variable(Range<usize>),
    /// The layout is not supported.
    Unsupported(Range<usize>),
}

/// The edits that change one object into another: additions first, so that nothing is empty meanwhile.
pub(super) fn diff_objects(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<FieldEdit> {
    let mut edits = Vec::new();
    add_edits(&mut Vec::new(), before, after, &mut edits);
    edits.sort_by_key(|edit| matches!(edit.change, FieldChange::Remove | FieldChange::RemoveItem(_)));
    edits
}

fn add_edits(
    path: &mut Vec<String>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    edits: &mut Vec<FieldEdit>,
) {
    // Sorted, because the order of a map depends on a feature of `serde_json`.
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        path.push(name.clone());
        let mut push = |change| edits.push(FieldEdit { path: path.clone(), change });
        match (before.get(name), after.get(name)) {
            (before, after) if before == after => {}
            (Some(Value::Object(before)), Some(Value::Object(after))) => add_edits(path, before, after, edits),
            (Some(Value::Array(before)), Some(Value::Array(after)))
                if name == METHODS && !before.is_empty() && !after.is_empty() =>
            {
                let added = after.iter().filter(|item| !before.contains(item));
                added.for_each(|item| push(FieldChange::AddItem(item.clone())));
                let removed = before.iter().filter(|item| !after.contains(item));
                removed.for_each(|item| push(FieldChange::RemoveItem(item.clone())));
            }
            (None, Some(value)) => push(FieldChange::Add(value.clone())),
            (Some(_), Some(value)) => push(FieldChange::Replace(value.clone())),
            (_, None) => push(FieldChange::Remove),
        }
        path.pop();
    }
}

impl FieldEdit {
    /// The JSON pointer of the field.
    pub(super) fn pointer(&self) -> String {
        self.path.iter().map(|name| format!("/{}", escape_pointer_token(name))).collect()
    }

    /// The edit of the text of an entry.
    pub(super) fn to_text_edit(&self, file: &EditedText<'_>, entry: &SourceNode) -> Result<TextEdit, EditProblem> {
        let (name, parents) = self.path.split_last().ok_or(EditProblem::Elsewhere)?;
        let mut parent = unshared(entry)?;
        for name in parents {
            parent = unshared(parent.get(name).ok_or(EditProblem::Elsewhere)?)?;
        }
        let unsupported = || EditProblem::Unsupported(parent.range.clone());
        let Some(index) = parent.position(name) else {
            let FieldChange::Add(value) = &self.change else { return Err(EditProblem::Elsewhere) };
            return file.insert_entry(parent, name, value).ok_or_else(unsupported);
        };
        let (key, node) = &parent.entries()[index];
        if self.change == FieldChange::Remove {
            return file.remove_entry(parent, index).ok_or_else(unsupported);
        }
        unshared(node)?;
        if has_variable(&file.text[node.range.clone()]) {
            return Err(EditProblem::Variable(node.range.clone()));
        }
        let edit = match &self.change {
            FieldChange::Add(value) | FieldChange::Replace(value) => file.replace_value(key, node, value),
            FieldChange::AddItem(item) => file.insert_scalar_item(node, item),
            FieldChange::RemoveItem(item) => {
                let index = node.items().iter().position(|node| node.scalar() == item.as_str());
                index.and_then(|index| file.remove_item(node, index))
            }
            FieldChange::Remove => None,
        };
        edit.ok_or_else(|| EditProblem::Unsupported(node.range.clone()))
    }
}

/// The node, unless an anchor or alias shares it.
fn unshared(node: &SourceNode) -> Result<&SourceNode, EditProblem> {
    if node.is_shared() { Err(EditProblem::Shared(node.range.clone())) } else { Ok(node) }
}

/// Whether a text contains `${`, not escaped as `$${`.
fn has_variable(text: &str) -> bool {
    text.replace("$${", "").contains("${")
}
