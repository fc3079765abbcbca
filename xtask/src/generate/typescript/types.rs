//! Which TypeScript type a schema has.

use serde_json::Value;

use crate::spec::{Spec, schema_name};

/// The type of a schema. A named object or open enum is referred to; anything else stands where it is used.
pub(super) fn type_of(spec: &Spec, schema: &Value) -> String {
    let Some(resolved) = spec.resolve(schema) else { return "unknown".to_owned() };
    match schema_name(schema) {
        Some(name) if is_declared(resolved) => name.to_owned(),
        _ => inline(spec, resolved),
    }
}

/// Whether a named schema becomes a declaration.
pub(super) fn is_declared(schema: &Value) -> bool {
    schema.get("properties").is_some() || schema.get("x-extensible-enum").is_some()
}

/// The type of an open enum: the values known today, or any other string.
pub(super) fn open_enum(values: &[Value]) -> String {
    let known: String = values.iter().map(|value| format!("{value} | ")).collect();
    // Plain `string` would swallow the known values, and with them an editor's completion.
    format!("{known}(string & {{}})")
}

fn inline(spec: &Spec, schema: &Value) -> String {
    if let Some(alternatives) = schema["oneOf"].as_array() {
        return alternatives.iter().map(|schema| type_of(spec, schema)).collect::<Vec<_>>().join(" | ");
    }
    match schema["type"].as_str() {
        Some("string") => "string".to_owned(),
        Some("integer" | "number") => "number".to_owned(),
        Some("boolean") => "boolean".to_owned(),
        Some("array") => {
            let items = type_of(spec, &schema["items"]);
            if items.contains(' ') { format!("({items})[]") } else { format!("{items}[]") }
        }
        Some("object") => "Record<string, unknown>".to_owned(),
        _ => "unknown".to_owned(),
    }
}
