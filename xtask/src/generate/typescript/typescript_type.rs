//! The TypeScript type of a schema.

use serde_json::Value;

use crate::spec::{Spec, referenced_schema_name};

/// The type of a schema. A named object or open enum is referenced by name; any other type is inlined.
pub(super) fn typescript_type(spec: &Spec, schema: &Value) -> String {
    let Some(resolved) = spec.resolve(schema) else { return "unknown".to_owned() };
    match referenced_schema_name(schema) {
        Some(name) if is_declared(resolved) => name.to_owned(),
        _ => inline_type(spec, resolved),
    }
}

/// Whether a named schema becomes a declaration.
pub(super) fn is_declared(schema: &Value) -> bool {
    schema.get("properties").is_some() || schema.get("x-extensible-enum").is_some()
}

/// The type of an open enum: the known values, or any other string.
pub(super) fn open_enum_type(values: &[Value]) -> String {
    let known: String = values.iter().map(|value| format!("{value} | ")).collect();
    // Plain `string` would absorb the known values and break completion in editors.
    format!("{known}(string & {{}})")
}

fn inline_type(spec: &Spec, schema: &Value) -> String {
    if let Some(alternatives) = schema["oneOf"].as_array() {
        return alternatives.iter().map(|schema| typescript_type(spec, schema)).collect::<Vec<_>>().join(" | ");
    }
    match schema["type"].as_str() {
        Some("string") => "string".to_owned(),
        Some("integer" | "number") => "number".to_owned(),
        Some("boolean") => "boolean".to_owned(),
        Some("array") => {
            let items = typescript_type(spec, &schema["items"]);
            if items.contains(' ') { format!("({items})[]") } else { format!("{items}[]") }
        }
        Some("object") => "Record<string, unknown>".to_owned(),
        _ => "unknown".to_owned(),
    }
}
