//! What is changed in a spec between our validator and progenitor. Each patch says why it is needed and fails when it
//! changes nothing, so that none outlives its reason.

use serde_json::{Map, Value};

/// Applies all patches to one spec.
pub(super) fn apply(spec: &mut Value) -> Result<(), String> {
    keep_success_responses(spec)?;
    drop_bounds(spec)?;
    drop_failure_schema(spec)
}

/// progenitor 0.15 panics on an operation with several response shapes. Failures are read by hand-written code anyway,
/// because the service, its gateway and proxies answer shapes that no spec lists.
fn keep_success_responses(spec: &mut Value) -> Result<(), String> {
    let mut removed = 0;
    for item in objects(&mut spec["paths"]) {
        for operation in item.values_mut().filter_map(Value::as_object_mut) {
            if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                let before = responses.len();
                responses.retain(|status, _| status.starts_with('2'));
                removed += before - responses.len();
            }
        }
    }
    applied(removed, "keep_success_responses")
}

/// Bounds would become types that refuse a value while reading it. Here `rules` judges values, with the service's own codes,
/// and reading an answer never fails on one.
fn drop_bounds(spec: &mut Value) -> Result<(), String> {
    fn visit(value: &mut Value, removed: &mut usize) {
        match value {
            Value::Object(map) => {
                if map.get("type").is_some_and(Value::is_string) {
                    for bound in [
                        "minimum",
                        "maximum",
                        "minLength",
                        "maxLength",
                        "pattern",
                        "minItems",
                        "minProperties",
                        "maxProperties",
                    ] {
                        *removed += usize::from(map.shift_remove(bound).is_some());
                    }
                }
                map.values_mut().for_each(|child| visit(child, removed));
            }
            Value::Array(items) => items.iter_mut().for_each(|child| visit(child, removed)),
            _ => {}
        }
    }
    let mut removed = 0;
    visit(&mut spec["components"]["schemas"], &mut removed);
    applied(removed, "drop_bounds")
}

/// With the failure responses gone nothing uses their schema, which would be generated all the same.
fn drop_failure_schema(spec: &mut Value) -> Result<(), String> {
    let components = spec["components"].as_object_mut();
    let removed = components.map_or(0, |components| {
        components.shift_remove("responses");
        let schemas = components.get_mut("schemas").and_then(Value::as_object_mut);
        usize::from(schemas.is_some_and(|schemas| schemas.shift_remove("Failure").is_some()))
    });
    applied(removed, "drop_failure_schema")
}

fn objects(value: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    value.as_object_mut().into_iter().flat_map(|map| map.values_mut().filter_map(Value::as_object_mut))
}

fn applied(changes: usize, patch: &str) -> Result<(), String> {
    if changes == 0 {
        return Err(format!(
            "the spec patch `{patch}` changed nothing; remove it from xtask/src/generate/patches.rs or fix it"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec() -> Value {
        json!({
            "paths": {"/a": {"parameters": [], "get": {"responses": {"200": {}, "404": {}, "default": {}}}}},
            "components": {
                "responses": {"Gone": {}},
                "schemas": {"Failure": {"type": "object"}, "N": {"type": "integer", "minimum": 1, "description": "n"}},
            },
        })
    }

    #[test]
    fn only_success_responses_bounds_free_schemas_and_no_failure_remain() {
        let mut spec = spec();
        apply(&mut spec).expect("all patches apply");
        assert_eq!(
            spec,
            json!({
                "paths": {"/a": {"parameters": [], "get": {"responses": {"200": {}}}}},
                "components": {"schemas": {"N": {"type": "integer", "description": "n"}}},
            })
        );
    }

    #[test]
    fn a_patch_that_changes_nothing_is_named() {
        let mut patched = spec();
        apply(&mut patched).expect("all patches apply");
        let again = apply(&mut patched).expect_err("nothing is left to patch");
        assert!(again.contains("`keep_success_responses` changed nothing"), "{again}");
        assert!(drop_bounds(&mut patched).expect_err("no bounds left").contains("`drop_bounds`"));
        assert!(drop_failure_schema(&mut patched).expect_err("gone").contains("`drop_failure_schema`"));
    }
}
