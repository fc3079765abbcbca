//! Fields and parameters that nothing reads. The service ignores a misspelled field silently; the request log names it.

use ajo_core::{Api, Operation, Verb};
use ajo_engine::untrusted_text::excerpt;
use serde_json::Value;

use crate::api::json_pointer::escape_token;

/// Most fields that are named for one call. Chosen here.
pub(crate) const MOST: usize = 20;

/// Longest name of a field, in characters.
pub(crate) const MAX_NAME: usize = 60;

/// The fields of a definition that are read, and those below them.
enum Fields {
    /// Whatever is below is read as a whole.
    Whole,
    /// An object with these fields.
    Object(&'static [(&'static str, Fields)]),
}

const LIMIT: Fields = Fields::Object(&[
    ("maxHttpConnections", Fields::Whole),
    ("rating", Fields::Object(&[("maxCallsCount", Fields::Whole), ("periodInMs", Fields::Whole)])),
]);

const CAPPING: Fields = Fields::Object(&[
    ("url", Fields::Whole),
    ("methods", Fields::Whole),
    ("services", Fields::Object(&[("action", LIMIT), ("dataSource", LIMIT), ("action|dataSource", LIMIT)])),
    ("orgId", Fields::Whole),
]);

const THROTTLING: Fields = Fields::Object(&[
    ("name", Fields::Whole),
    ("description", Fields::Whole),
    ("urlPattern", Fields::Whole),
    ("methods", Fields::Whole),
    ("maxThroughput", Fields::Whole),
]);

const NOTHING: Fields = Fields::Object(&[]);

/// Fields of the body as JSON pointers, and parameters of the query as `?name`.
pub(crate) fn find(operation: &Operation, body: Option<&Value>, query: &str) -> Vec<String> {
    let fields = match (operation.verb, operation.api) {
        (Verb::Create | Verb::Update, Api::Capping) => &CAPPING,
        (Verb::Create | Verb::Update, Api::Throttling) => &THROTTLING,
        _ => &NOTHING,
    };
    let mut unread = Vec::new();
    if let Some(body) = body {
        walk(fields, body, &mut String::new(), &mut unread);
    }
    let query: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let is_read = |name: &str| operation.verb == Verb::Delete && name == "forceDelete";
    unread.extend(
        query.into_iter().filter(|(name, _)| !is_read(name)).map(|(name, _)| format!("?{}", excerpt(&name, MAX_NAME))),
    );
    unread.truncate(MOST);
    unread
}

fn walk(fields: &Fields, value: &Value, pointer: &mut String, unread: &mut Vec<String>) {
    let (Fields::Object(fields), Value::Object(map)) = (fields, value) else { return };
    for (name, value) in map {
        if unread.len() >= MOST {
            return;
        }
        match fields.iter().find(|(known, _)| known == name) {
            // Nothing below is unread, so nothing needs a pointer.
            Some((_, Fields::Whole)) => {}
            Some((known, below)) => {
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(known);
                walk(below, value, pointer, unread);
                pointer.truncate(length);
            }
            None => unread.push(format!("{pointer}/{}", escape_token(name))),
        }
    }
}
