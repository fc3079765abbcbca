//! Differences between definitions, field by field.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::unknown_fields::{dotted_path, unset_paths};
use crate::{ConfigDefinition, DesiredConfig, ObservedConfig};

/// The values of a secret in a difference.
const HIDDEN: &str = "(hidden)";
const HIDDEN_OTHER: &str = "(hidden, another value)";

/// A changed field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldDiff {
    /// The path of the field, with dots.
    pub field: String,
    /// The current value; null if unset.
    pub before: Value,
    /// The new value; null if unset.
    pub after: Value,
}

impl ConfigDefinition {
    /// The fields in which another definition differs, sorted by name.
    pub fn diffs(&self, other: &Self) -> Vec<FieldDiff> {
        diff_definitions(Some(self), Some(other))
    }
}

/// The fields in which two definitions differ, sorted by name.
pub(crate) fn diff_definitions(before: Option<&ConfigDefinition>, after: Option<&ConfigDefinition>) -> Vec<FieldDiff> {
    // Another spelling of the same URL is no difference.
    let same_url = before.zip(after).filter(|(before, after)| before.normal_url() == after.normal_url());
    let url_field = same_url.map(|(before, _)| before.url_field());
    let secrets = before.zip(after).map(|(before, after)| before.changed_secrets(after)).unwrap_or_default();
    let secrets = secrets.into_iter().map(|name| FieldDiff {
        field: format!("secrets.{name}"),
        before: HIDDEN.into(),
        after: HIDDEN_OTHER.into(),
    });
    let (before, after) = (flatten_fields(before), flatten_fields(after));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let value = |fields: &BTreeMap<String, Value>, name: &str| fields.get(name).cloned().unwrap_or(Value::Null);
    let fields = names
        .into_iter()
        .map(|name| FieldDiff { field: name.clone(), before: value(&before, name), after: value(&after, name) })
        .filter(|diff| diff.before != diff.after && url_field.is_none_or(|url| url != diff.field));
    fields.chain(secrets).collect()
}

fn flatten_fields(definition: Option<&ConfigDefinition>) -> BTreeMap<String, Value> {
    fn collect(name: String, value: Value, fields: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(inner) => {
                for (inner_name, value) in inner {
                    let name = if name.is_empty() { inner_name } else { format!("{name}.{inner_name}") };
                    collect(name, value, fields);
                }
            }
            leaf => {
                fields.insert(name, leaf);
            }
        }
    }
    let mut all = BTreeMap::new();
    if let Some(definition) = definition {
        collect(String::new(), serde_json::to_value(definition).expect("JSON"), &mut all);
        all.retain(|name, _| name != "api" && !name.starts_with("secrets."));
    }
    all
}

/// The unknown fields that an update of this configuration sends back.
pub(super) fn preserved_fields(wanted: &DesiredConfig, found: &ObservedConfig) -> Vec<FieldDiff> {
    let unknown = Value::Object(found.unknown_fields.clone());
    let to_field = |path: String| {
        let value = unknown.pointer(&path).cloned().unwrap_or_default();
        FieldDiff { field: dotted_path(&path), before: value.clone(), after: value }
    };
    unset_paths(&found.unknown_fields, &wanted.definition.extra_paths()).into_iter().map(to_field).collect()
}
