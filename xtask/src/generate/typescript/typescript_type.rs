//! The TypeScript type of a schema.

use serde_json::Value;

use crate::spec::{Spec, referenced_schema_name};

/// Whether the type of a list accepts only lists that can change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// For requests: accepts values written with `as const`.
    Readonly,
    Mutable,
}

/// The type of a schema. A named object or open enum is referenced by name; any other type is inlined.
pub(super) fn typescript_type(spec: &Spec, schema: &Value, lists: Lists) -> String {
    let Some(resolved) = spec.resolve(schema) else { return "unknown".to_owned() };
    match referenced_schema_name(schema) {
        Some(name) if is_declared(resolved) => name.to_owned(),
        _ => inline_type(spec, resolved, lists),
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

fn inline_type(spec: &Spec, schema: &Value, lists: Lists) -> String {
    if let Some(alternatives) = schema["oneOf"].as_array() {
        let types = alternatives.iter().map(|schema| typescript_type(spec, schema, lists));
        return types.collect::<Vec<_>>().join(" | ");
    }
    match schema["type"].as_str() {
        Some("string") => "string".to_owned(),
        Some("integer" | "number") => "number".to_owned(),
        Some("boolean") => "boolean".to_owned(),
        Some("array") => {
            let items = typescript_type(spec, &schema["items"], lists);
            let readonly = if lists == Lists::Readonly { "readonly " } else { "" };
            if items.contains(' ') { format!("{readonly}({items})[]") } else { format!("{readonly}{items}[]") }
        }
        Some("object") => "Record<string, unknown>".to_owned(),
        _ => "unknown".to_owned(),
    }
}
