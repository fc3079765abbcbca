//! The JSON Schema of a definition, from the specification.

use ajo_core::{Api, schema};
use serde_json::Value;

use crate::plan::ORG_ID;

/// The schema of a definition without the organization, in which no field is required: a draft lacks some, and so does what is
/// laid over a base.
pub(crate) fn definition_schema(api: Api) -> Value {
    let text = schema::request_body_json_schema(api, "create").unwrap_or("{}");
    let mut schema: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove(ORG_ID);
    }
    nothing_required(&mut schema);
    schema
}

/// The fields that a definition must have.
pub(crate) fn required_fields(api: Api) -> Vec<&'static str> {
    let fields = schema::request_body(api, "create").map_or(&[][..], |schema| schema.fields);
    fields.iter().filter(|field| field.required).map(|field| field.name).collect()
}

fn nothing_required(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    fields.remove("required");
    for below in ["properties", "items"] {
        if let Some(Value::Object(schemas)) = fields.get_mut(below) {
            schemas.values_mut().for_each(nothing_required);
        }
    }
}
