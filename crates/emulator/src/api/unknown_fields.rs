//! Finds unknown fields and parameters. The service ignores misspelled fields silently; the request log reports them.

use ajo_core::object_schema::{self, FieldSchema, FieldType, ObjectSchema};
use ajo_core::{Operation, Verb};
use ajo_engine::untrusted_text::excerpt;
use serde_json::Value;

use crate::api::json_pointer::escape_token;

/// Maximum number of unknown fields per call.
pub(crate) const MAX_FIELDS: usize = 20;

/// Maximum length of a field name, in characters.
pub(crate) const MAX_NAME: usize = 60;

/// Returns body fields as JSON pointers, and query parameters as `?name`.
pub(crate) fn find(operation: &Operation, body: Option<&Value>, query: &str) -> Vec<String> {
    let mut unknown = Vec::new();
    if let Some(body) = body {
        const NOTHING: &ObjectSchema = &ObjectSchema { fields: &[] };
        let schema = object_schema::request_body(operation.api, operation.verb.as_str()).unwrap_or(NOTHING);
        collect(schema, body, &mut String::new(), &mut unknown);
    }
    let query: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let is_read = |name: &str| operation.verb == Verb::Delete && name == "forceDelete";
    unknown.extend(
        query.into_iter().filter(|(name, _)| !is_read(name)).map(|(name, _)| format!("?{}", excerpt(&name, MAX_NAME))),
    );
    unknown.truncate(MAX_FIELDS);
    unknown
}

fn collect(schema: &ObjectSchema, value: &Value, pointer: &mut String, unknown: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    for (name, value) in map {
        if unknown.len() >= MAX_FIELDS {
            return;
        }
        match find_field(schema, name).map(|field| field.field_type) {
            Some(FieldType::Object(below)) => {
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(name);
                collect(below, value, pointer, unknown);
                pointer.truncate(length);
            }
            Some(_) => {}
            None => unknown.push(format!("{pointer}/{}", escape_token(name))),
        }
    }
}

/// The vendor's schema has a property literally named `action|dataSource`; the service may read it as either.
fn find_field(schema: &ObjectSchema, name: &str) -> Option<&'static FieldSchema> {
    schema.field(if name == "action|dataSource" { "action" } else { name })
}
