//! Parses response bodies of successful calls.

use ajo_engine::json::{self, Json, MAX_DEPTH, Position, Value};
use serde::de::DeserializeOwned;

use crate::{Operation, ResponseValue, Uid};

impl Operation {
    /// Checks the body of a success response without its type: everything is there that a client relies on. The error repeats
    /// nothing of the body. It accepts what parsing the typed response does, at a fraction of the code.
    pub fn check(&self, body: &[u8]) -> Result<(), String> {
        if self.value == ResponseValue::Nothing {
            return Ok(());
        }
        if (self.envelope.is_some() || self.value != ResponseValue::Any) && !is_object(body) {
            return Err(NO_OBJECT.to_owned());
        }
        let whole = json::parse(body, MAX_DEPTH).map_err(not_json)?;
        let field = |name: &str| Json::get(&whole, name).ok_or_else(|| format!("missing field `{name}`"));
        let value = self.envelope.map_or(Ok(&whole), field)?;
        let name = self.envelope.unwrap_or_default();
        match self.value {
            ResponseValue::Configurations => {
                let configurations = value.items().ok_or_else(|| format!("the field `{name}` is not a list"))?;
                configurations.iter().try_for_each(is_kept)
            }
            ResponseValue::Configuration => is_kept(value),
            ResponseValue::Object if value.as_object().is_none() => Err(format!("the field `{name}` is not an object")),
            ResponseValue::Object | ResponseValue::Any | ResponseValue::Nothing => Ok(()),
        }
    }
}

/// Whether this is a configuration: what is relied on in it is its uid.
fn is_kept(configuration: &Value<'_>) -> Result<(), String> {
    match Json::get(configuration, "uid") {
        Some(uid) => match uid.as_str() {
            Some(uid) => Uid::check_response(uid).map_err(|problem| problem.to_string()),
            None => Err("the field `uid` is not text".to_owned()),
        },
        None if configuration.as_object().is_some() => Err("missing field `uid`".to_owned()),
        None => Err("a configuration is not an object".to_owned()),
    }
}

/// Parses a body that must be an object. serde also reads a list as one, field by field: `[[]]` would be an empty list of
/// configurations. The error repeats nothing of the body.
pub(crate) fn parse_object<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    if !is_object(body) {
        return Err(NO_OBJECT.to_owned());
    }
    parse_any(body)
}

const NO_OBJECT: &str = "it is not a JSON object";

fn is_object(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"{")
}

/// Parses any JSON. The error repeats nothing of the body.
pub(crate) fn parse_any<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|problem| unreadable(&problem))
}

/// Where a body cannot be read, without repeating any of it.
fn unreadable(problem: &serde_json::Error) -> String {
    match problem.classify() {
        serde_json::error::Category::Data => without_texts(&problem.to_string()),
        _ => not_json(Position { line: problem.line(), column: problem.column() }),
    }
}

/// Where a text stops being JSON.
pub(crate) fn not_json(Position { line, column }: Position) -> String {
    format!("it is not JSON (line {line}, column {column})")
}

/// A message of serde without the text that it found in place of what it expected: a careless server may echo the request
/// there, token and all.
fn without_texts(message: &str) -> String {
    match (message.find('"'), message.rfind('"')) {
        (Some(first), Some(last)) if first < last => format!("{}…{}", &message[..=first], &message[last..]),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Api, CanDeployAnswer, CappingCreated, CappingList, CappingRead, CappingUpdated, OPERATIONS, ThrottlingCreated,
        ThrottlingList, ThrottlingRead, ThrottlingUpdated, Verb,
    };

    /// Whether the body parses as a type.
    fn parses<T: DeserializeOwned>(body: &[u8]) -> bool {
        parse_object::<T>(body).is_ok()
    }

    /// Whether the typed client parses it; `None` for an operation that this test does not know.
    fn is_read(operation: &Operation, body: &[u8]) -> Option<bool> {
        let capping = operation.api == Api::Capping;
        Some(match operation.verb {
            Verb::List if capping => parses::<CappingList>(body),
            Verb::List => parses::<ThrottlingList>(body),
            Verb::Get if capping => parses::<CappingRead>(body),
            Verb::Get => parses::<ThrottlingRead>(body),
            Verb::Create if capping => parses::<CappingCreated>(body),
            Verb::Create => parses::<ThrottlingCreated>(body),
            Verb::Update if capping => parses::<CappingUpdated>(body),
            Verb::Update => parses::<ThrottlingUpdated>(body),
            Verb::CanDeploy => parses::<CanDeployAnswer>(body),
            Verb::Delete | Verb::Deploy | Verb::Undeploy => true,
            #[expect(unreachable_patterns, reason = "a spec may add a verb")]
            _ => return None,
        })
    }

    fn odd() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<String>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(json!(1.5)),
            Just(json!({})),
            Just(json!({"uid": "u"})),
            Just(json!({"a": [null, {"b": 1}]})),
        ]
    }

    fn configuration() -> impl Strategy<Value = Value> {
        let uid = prop_oneof![9 => "[a-z.]{1,4}".prop_map(Value::from), 1 => odd()];
        let fields = (uid, odd(), odd(), odd());
        prop_oneof![
            9 => fields.prop_map(|(uid, url, methods, more)| json!({"uid": uid, "url": url, "methods": methods, "services": more})),
            1 => odd(),
        ]
    }

    fn body() -> impl Strategy<Value = Value> {
        let results = prop::collection::vec(configuration(), 0..3);
        prop_oneof![
            4 => results.prop_map(|results| json!({"results": results, "more": 1})),
            4 => configuration().prop_map(|result| json!({"result": result})),
            4 => configuration(),
            2 => odd().prop_map(|it| json!({"canDeploy": it})),
            1 => odd().prop_map(|it| json!({"canDeploy": {"errors": it}, "result": it, "results": it})),
            1 => odd(),
            1 => Just(json!([[]])),
        ]
    }

    proptest! {
        #[test]
        fn the_check_accepts_what_the_models_read(body in body()) {
            let text = body.to_string();
            let known = |operation: &Operation| Some((*operation, is_read(operation, text.as_bytes())?));
            for (operation, expected) in OPERATIONS.iter().filter_map(known) {
                prop_assert_eq!(operation.check(text.as_bytes()).is_ok(), expected, "{} {}", operation, text);
            }
        }
    }
}
