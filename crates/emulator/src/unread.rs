//! What a client sent that nothing reads: a misspelled field is silently passed over by the service, and not by the journal.

use ajo_core::{Api, Operation, Verb};
use serde_json::Value;

/// Most fields that are named for one call. Chosen here.
pub(crate) const MOST: usize = 20;

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
pub(crate) fn of(operation: &Operation, body: Option<&Value>, query: &str) -> Vec<String> {
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
    unread.extend(query.into_iter().filter(|(name, _)| !is_read(name)).map(|(name, _)| format!("?{}", cut(&name))));
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
            None => unread.push(format!("{pointer}/{}", cut(name).replace('~', "~0").replace('/', "~1"))),
        }
    }
}

/// A name is a client's text: it is bounded, and has no control characters.
pub(crate) fn cut(name: &str) -> String {
    name.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
