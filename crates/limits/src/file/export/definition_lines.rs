//! Writes one definition as lines of a limits file.

use serde_json::{Map, Value};

use super::value_text::TextStyle;
use crate::ConfigDefinition;
use crate::plan::{DefinitionFields, FieldValue};

/// The lines of an entry, without indentation. `extra` are the fields that the specification does not have.
pub(in crate::file) fn to_lines(
    definition: &ConfigDefinition,
    extra: &Map<String, Value>,
    deployed: bool,
) -> Vec<String> {
    let mut lines: Vec<_> = definition.fields().iter().flat_map(|(name, value)| field_lines(name, value)).collect();
    lines.extend((!extra.is_empty()).then(|| format!("extra: {}", TextStyle::Yaml.object(extra))));
    lines.push(format!("deployed: {deployed}"));
    lines
}

fn field_lines(name: &str, value: &FieldValue) -> Vec<String> {
    match value {
        FieldValue::Object(fields) if fields.iter().next().is_some() => {
            let nested = fields.iter().map(|(name, value)| format!("  {name}: {}", flow_value(value)));
            std::iter::once(format!("{name}:")).chain(nested).collect()
        }
        // Lists of plain method names fit on one line; other items get a line each.
        FieldValue::Leaf(Value::Array(items)) if !items.iter().all(is_simple) => {
            let items = items.iter().map(|item| format!("  - {}", TextStyle::Yaml.value(item)));
            std::iter::once(format!("{name}:")).chain(items).collect()
        }
        value => vec![format!("{name}: {}", flow_value(value))],
    }
}

fn is_simple(item: &Value) -> bool {
    let text = item.as_str();
    text.is_none_or(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// A value in YAML flow style.
fn flow_value(value: &FieldValue) -> String {
    match value {
        FieldValue::Object(fields) => flow_object(fields),
        FieldValue::Leaf(value) => TextStyle::Yaml.value(value),
    }
}

fn flow_object(fields: &DefinitionFields) -> String {
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}: {}", flow_value(value))).collect();
    if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
}
