//! Checks the fields of request bodies. The npm package serializes them without a JSON library and supports only some types.

use std::collections::BTreeSet;

use serde_json::Value;

use super::spec_diagnostic::SpecDiagnostic;
use crate::spec::{Spec, json_pointer};

const SUPPORTED_TYPES: [&str; 5] = ["string", "integer", "boolean", "array", "object"];

pub(super) fn check(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut request_types = BTreeSet::new();
    for operation in spec.operations() {
        spec.collect_schema_names(&operation.value["requestBody"], &mut request_types);
    }
    let mut diagnostics = Vec::new();
    for name in &request_types {
        let properties = spec.value["components"]["schemas"][name]["properties"].as_object();
        for (property, schema) in properties.into_iter().flatten() {
            if !is_supported(spec, schema) {
                diagnostics.push(SpecDiagnostic::at_pointer(
                    spec,
                    json_pointer(&["components", "schemas", name, "properties", property]),
                    "the npm package cannot send a field of this type",
                    format!(
                        "use one of {}, or add support to crates/engine/src/parse/request_body.rs",
                        SUPPORTED_TYPES.join(", ")
                    ),
                ));
            }
        }
    }
    diagnostics
}

fn is_supported(spec: &Spec, schema: &Value) -> bool {
    // `references` reports a broken reference.
    let Some(schema) = spec.resolve(schema) else { return true };
    match schema["type"].as_str() {
        Some("array") => schema.get("items").is_none_or(|items| is_supported(spec, items)),
        // An object without fields can contain anything.
        Some("object") => schema.get("properties").is_some(),
        Some(kind) => SUPPORTED_TYPES.contains(&kind),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check;

    #[test]
    fn unsupported_field_type_is_found() {
        let mut spec = crate::spec::read_project_specs().expect("readable").remove(0);
        assert!(check(&spec).is_empty());
        for (schema, found) in [
            (json!({"type": "integer"}), 0),
            (json!({"type": "array", "items": {"type": "boolean"}}), 0),
            (json!({"type": "number"}), 1),
            (json!({"type": "object"}), 1),
            (json!({}), 1),
            (json!({"type": "array", "items": {"type": "number"}}), 1),
        ] {
            spec.value["components"]["schemas"]["Rating"]["properties"]["odd"] = schema.clone();
            let diagnostics = check(&spec);
            assert_eq!(diagnostics.len(), found, "{schema}");
            assert!(
                diagnostics
                    .iter()
                    .all(|diagnostic| diagnostic.pointer() == "/components/schemas/Rating/properties/odd")
            );
        }
    }
}
