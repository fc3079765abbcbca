//! Patches a validated spec for progenitor. Each patch fails if it changes nothing, so none outlives its reason.

use serde_json::{Map, Value};

/// Applies all patches to one spec.
pub(super) fn apply(spec: &mut Value) -> Result<(), String> {
    keep_success_responses(spec)?;
    drop_bounds(spec)?;
    drop_error_schema(spec)
}

/// progenitor 0.15 panics on an operation with several response types. Error responses have a hand-written parser anyway, because the
/// service, its gateway, and proxies return formats that no spec lists.
fn keep_success_responses(spec: &mut Value) -> Result<(), String> {
    let mut removed = 0;
    for item in child_objects(&mut spec["paths"]) {
        for operation in item.values_mut().filter_map(Value::as_object_mut) {
            if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                let before = responses.len();
                responses.retain(|status, _| status.starts_with('2'));
                removed += before - responses.len();
            }
        }
    }
    ensure_changed(removed, "keep_success_responses")
}

/// Bounds would become types that reject a value during parsing. Here `rules` validates values, and a response with an invalid value
/// still parses.
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
    ensure_changed(removed, "drop_bounds")
}

/// No remaining response uses the error schema, but progenitor would generate it.
fn drop_error_schema(spec: &mut Value) -> Result<(), String> {
    let components = spec["components"].as_object_mut();
    let removed = components.map_or(0, |components| {
        components.shift_remove("responses");
        let schemas = components.get_mut("schemas").and_then(Value::as_object_mut);
        usize::from(schemas.is_some_and(|schemas| schemas.shift_remove("ErrorResponse").is_some()))
    });
    ensure_changed(removed, "drop_error_schema")
}

fn child_objects(value: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    value.as_object_mut().into_iter().flat_map(|map| map.values_mut().filter_map(Value::as_object_mut))
}

fn ensure_changed(changes: usize, patch: &str) -> Result<(), String> {
    if changes == 0 {
        return Err(format!(
            "the spec patch `{patch}` changed nothing; remove it from xtask/src/generate/spec_patches.rs or fix it"
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
                "schemas": {"ErrorResponse": {"type": "object"}, "N": {"type": "integer", "minimum": 1, "description": "n"}},
            },
        })
    }

    #[test]
    fn all_patches_apply() {
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
    fn unused_patch_fails() {
        let mut patched = spec();
        apply(&mut patched).expect("all patches apply");
        let again = apply(&mut patched).expect_err("nothing is left to patch");
        assert!(again.contains("`keep_success_responses` changed nothing"), "{again}");
        assert!(drop_bounds(&mut patched).expect_err("no bounds left").contains("`drop_bounds`"));
        assert!(drop_error_schema(&mut patched).expect_err("gone").contains("`drop_error_schema`"));
    }
}
