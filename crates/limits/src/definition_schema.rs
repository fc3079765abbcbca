//! The JSON Schema of a definition, derived from the specification.

use ajo_core::{Api, object_schema};
use serde_json::Value;

use crate::plan::ORG_ID;

/// The schema of a definition without `orgId` and without required fields: drafts may be incomplete, and so may overlay
/// entries.
pub(crate) fn definition_schema(api: Api) -> Value {
    let text = object_schema::request_body_json_schema(api, "create").unwrap_or("{}");
    let mut schema: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove(ORG_ID);
    }
    remove_required(&mut schema);
    schema
}

/// The required fields of a definition.
pub(crate) fn required_fields(api: Api) -> Vec<&'static str> {
    let fields = object_schema::request_body(api, "create").map_or(&[][..], |schema| schema.fields);
    fields.iter().filter(|field| field.required).map(|field| field.name).collect()
}

fn remove_required(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    fields.remove("required");
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        properties.values_mut().for_each(remove_required);
    }
    if let Some(items) = fields.get_mut("items") {
        remove_required(items);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn list_items_require_nothing() {
        let object = json!({"type": "object", "required": ["a"], "properties": {"required": {"type": "string"}}});
        let mut schema = json!({"properties": {"list": {"type": "array", "items": object}}, "required": ["list"]});
        remove_required(&mut schema);
        let items = json!({"type": "object", "properties": {"required": {"type": "string"}}});
        assert_eq!(schema, json!({"properties": {"list": {"type": "array", "items": items}}}));
    }
}
