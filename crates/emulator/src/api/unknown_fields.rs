//! Fields and parameters that nothing reads. The service ignores a misspelled field silently; the request log names it.

use ajo_core::schema::{self, Field, Kind, Object};
use ajo_core::{Operation, Verb};
use ajo_engine::untrusted_text::excerpt;
use serde_json::Value;

use crate::api::json_pointer::escape_token;

/// Most fields that are named for one call. Chosen here.
pub(crate) const MOST: usize = 20;

/// Longest name of a field, in characters.
pub(crate) const MAX_NAME: usize = 60;

/// Fields of the body as JSON pointers, and parameters of the query as `?name`.
pub(crate) fn find(operation: &Operation, body: Option<&Value>, query: &str) -> Vec<String> {
    let mut unread = Vec::new();
    if let Some(body) = body {
        const NOTHING: &Object = &Object { fields: &[] };
        let schema = schema::request_body(operation.api, operation.verb.as_str()).unwrap_or(NOTHING);
        walk(schema, body, &mut String::new(), &mut unread);
    }
    let query: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let is_read = |name: &str| operation.verb == Verb::Delete && name == "forceDelete";
    unread.extend(
        query.into_iter().filter(|(name, _)| !is_read(name)).map(|(name, _)| format!("?{}", excerpt(&name, MAX_NAME))),
    );
    unread.truncate(MOST);
    unread
}

fn walk(schema: &Object, value: &Value, pointer: &mut String, unread: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    for (name, value) in map {
        if unread.len() >= MOST {
            return;
        }
        match field(schema, name).map(|field| field.kind) {
            Some(Kind::Object(below)) => {
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(name);
                walk(below, value, pointer, unread);
                pointer.truncate(length);
            }
            // It is read as a whole.
            Some(_) => {}
            None => unread.push(format!("{pointer}/{}", escape_token(name))),
        }
    }
}

/// The vendor's schema has one property literally named `action|dataSource`, which the service may take for either.
fn field(schema: &Object, name: &str) -> Option<&'static Field> {
    schema.field(if name == "action|dataSource" { "action" } else { name })
}
