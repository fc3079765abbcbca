//! Fields of request bodies. The npm package writes them without a JSON library, and cannot write every kind of value.

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::Finding;
use crate::spec::{Spec, pointer};

const WRITTEN: [&str; 5] = ["string", "integer", "boolean", "array", "object"];

pub(super) fn check(spec: &Spec) -> Vec<Finding> {
    let mut sent = BTreeSet::new();
    for operation in spec.operations() {
        spec.reach(&operation.value["requestBody"], &mut sent);
    }
    let mut findings = Vec::new();
    for name in &sent {
        let properties = spec.value["components"]["schemas"][name]["properties"].as_object();
        for (property, schema) in properties.into_iter().flatten() {
            if !is_written(spec, schema) {
                findings.push(Finding::at(
                    spec,
                    pointer(&["components", "schemas", name, "properties", property]),
                    "the npm package cannot send a field of this type",
                    format!(
                        "write one of {}, or teach crates/core/src/parse/payload_schema.rs more",
                        WRITTEN.join(", ")
                    ),
                ));
            }
        }
    }
    findings
}

fn is_written(spec: &Spec, schema: &Value) -> bool {
    // A broken reference is found by the check of references.
    let Some(schema) = spec.resolve(schema) else { return true };
    match schema["type"].as_str() {
        Some("array") => schema.get("items").is_none_or(|items| is_written(spec, items)),
        // An object without fields holds anything.
        Some("object") => schema.get("properties").is_some(),
        Some(kind) => WRITTEN.contains(&kind),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check;

    #[test]
    fn a_field_that_cannot_be_sent_is_found() {
        let mut spec = crate::spec::specifications().expect("readable").remove(0);
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
            let findings = check(&spec);
            assert_eq!(findings.len(), found, "{schema}");
            assert!(findings.iter().all(|finding| finding.pointer() == "/components/schemas/Rating/properties/odd"));
        }
    }
}
