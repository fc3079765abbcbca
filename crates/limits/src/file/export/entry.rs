//! One definition as lines of a limits file.

use serde_json::Value;

use super::scalar::scalar;
use crate::Definition;
use crate::plan::{FieldValue, Fields};

/// The lines of an entry, from its first name on, without what stands before them.
pub(super) fn lines(definition: &Definition, deployed: bool) -> Vec<String> {
    let mut lines: Vec<_> = definition.fields().iter().flat_map(|(name, value)| field(name, value)).collect();
    lines.push(format!("deployed: {deployed}"));
    lines
}

fn field(name: &str, value: &FieldValue) -> Vec<String> {
    match value {
        FieldValue::Object(fields) if fields.iter().next().is_some() => {
            let below = fields.iter().map(|(name, value)| format!("  {name}: {}", flow(value)));
            std::iter::once(format!("{name}:")).chain(below).collect()
        }
        // Names as the service knows them stand in one line; anything else has a line of its own.
        FieldValue::Plain(Value::Array(items)) if !items.iter().all(is_simple) => {
            let items = items.iter().map(|item| format!("  - {}", plain(item)));
            std::iter::once(format!("{name}:")).chain(items).collect()
        }
        value => vec![format!("{name}: {}", flow(value))],
    }
}

fn is_simple(item: &Value) -> bool {
    let text = item.as_str();
    text.is_none_or(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// A value in one line.
fn flow(value: &FieldValue) -> String {
    match value {
        FieldValue::Object(fields) => flow_object(fields),
        FieldValue::Plain(value) => plain(value),
    }
}

fn flow_object(fields: &Fields) -> String {
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}: {}", flow(value))).collect();
    if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        // YAML reads JSON.
        other => other.to_string(),
    }
}
