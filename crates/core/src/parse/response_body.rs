//! Parses response bodies of successful calls.

use ajo_engine::json::{self, ErrorPosition, JsonValue, MAX_DEPTH, Value};
use serde::de::DeserializeOwned;

use crate::parse::json_text::describe_syntax_error;
use crate::{Operation, ResponseValue, Uid};

impl Operation {
    /// Checks that a success body has the fields that clients rely on. The error does not quote the body.
    ///
    /// It accepts the same bodies as the typed response, with a fraction of the code.
    pub fn check_response(&self, body: &[u8]) -> Result<(), String> {
        if self.value == ResponseValue::None {
            return Ok(());
        }
        if (self.envelope.is_some() || self.value != ResponseValue::Any) && !is_object(body) {
            return Err(NOT_AN_OBJECT.to_owned());
        }
        let body = json::parse(body, MAX_DEPTH).map_err(describe_syntax_error)?;
        let field = |name: &str| JsonValue::get(&body, name).ok_or_else(|| format!("missing field `{name}`"));
        let value = self.envelope.map_or(Ok(&body), field)?;
        let name = self.envelope.unwrap_or_default();
        match self.value {
            ResponseValue::Configurations => {
                let configurations = value.items().ok_or_else(|| format!("field `{name}` must be a list"))?;
                configurations.iter().try_for_each(check_configuration)
            }
            ResponseValue::Configuration => check_configuration(value),
            ResponseValue::Object if value.as_object().is_none() => Err(format!("field `{name}` must be an object")),
            ResponseValue::Object | ResponseValue::Any | ResponseValue::None => Ok(()),
        }
    }
}

/// Checks a configuration, whose only required field is `uid`.
fn check_configuration(configuration: &Value<'_>) -> Result<(), String> {
    match JsonValue::get(configuration, "uid") {
        Some(uid) => match uid.as_str() {
            Some(uid) => Uid::validate_redacted(uid).map_err(|error| error.to_string()),
            None => Err("field `uid` must be a string".to_owned()),
        },
        None if configuration.as_object().is_some() => Err("missing field `uid`".to_owned()),
        None => Err("a configuration must be an object".to_owned()),
    }
}

/// Parses a body that must be an object. The error does not quote the body.
///
/// serde alone would also accept a list of the field values, so that `[[]]` would parse as an empty list of configurations.
pub(crate) fn parse_object<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    if !is_object(body) {
        return Err(NOT_AN_OBJECT.to_owned());
    }
    parse_any(body)
}

const NOT_AN_OBJECT: &str = "it is not a JSON object";

fn is_object(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"{")
}

/// Parses any JSON. The error does not quote the body.
pub(crate) fn parse_any<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| describe_json_error(&error))
}

/// Describes a parse error without quoting the body.
fn describe_json_error(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => redact_strings(&error.to_string()),
        _ => describe_syntax_error(ErrorPosition { line: error.line(), column: error.column() }),
    }
}

/// Removes quoted strings from a message of serde. They come from the body, where a careless server may echo the token.
fn redact_strings(message: &str) -> String {
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
        Api, CanDeployResponse, CappingCreateResponse, CappingGetResponse, CappingListResponse, CappingUpdateResponse,
        OPERATIONS, ThrottlingCreateResponse, ThrottlingGetResponse, ThrottlingListResponse, ThrottlingUpdateResponse,
        Verb,
    };

    /// Whether the body parses as this type.
    fn parses<T: DeserializeOwned>(body: &[u8]) -> bool {
        parse_object::<T>(body).is_ok()
    }

    /// Whether the typed client accepts the body; `None` for an operation that this test does not cover.
    fn typed_client_accepts(operation: &Operation, body: &[u8]) -> Option<bool> {
        let capping = operation.api == Api::Capping;
        Some(match operation.verb {
            Verb::List if capping => parses::<CappingListResponse>(body),
            Verb::List => parses::<ThrottlingListResponse>(body),
            Verb::Get if capping => parses::<CappingGetResponse>(body),
            Verb::Get => parses::<ThrottlingGetResponse>(body),
            Verb::Create if capping => parses::<CappingCreateResponse>(body),
            Verb::Create => parses::<ThrottlingCreateResponse>(body),
            Verb::Update if capping => parses::<CappingUpdateResponse>(body),
            Verb::Update => parses::<ThrottlingUpdateResponse>(body),
            Verb::CanDeploy => parses::<CanDeployResponse>(body),
            Verb::Delete | Verb::Deploy | Verb::Undeploy => true,
            #[expect(unreachable_patterns, reason = "a spec may add a verb")]
            _ => return None,
        })
    }

    fn odd_value() -> impl Strategy<Value = Value> {
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
        let uid = prop_oneof![9 => "[a-z.]{1,4}".prop_map(Value::from), 1 => odd_value()];
        let fields = (uid, odd_value(), odd_value(), odd_value());
        prop_oneof![
            9 => fields.prop_map(|(uid, url, methods, more)| json!({"uid": uid, "url": url, "methods": methods, "services": more})),
            1 => odd_value(),
        ]
    }

    fn body() -> impl Strategy<Value = Value> {
        let results = prop::collection::vec(configuration(), 0..3);
        prop_oneof![
            4 => results.prop_map(|results| json!({"results": results, "more": 1})),
            4 => configuration().prop_map(|result| json!({"result": result})),
            4 => configuration(),
            2 => odd_value().prop_map(|value| json!({"canDeploy": value})),
            1 => odd_value().prop_map(|value| json!({"canDeploy": {"errors": value}, "result": value, "results": value})),
            1 => odd_value(),
            1 => Just(json!([[]])),
        ]
    }

    proptest! {
        #[test]
        fn check_accepts_what_models_parse(body in body()) {
            let json = body.to_string();
            let covered = |operation: &Operation| Some((*operation, typed_client_accepts(operation, json.as_bytes())?));
            for (operation, expected) in OPERATIONS.iter().filter_map(covered) {
                prop_assert_eq!(operation.check_response(json.as_bytes()).is_ok(), expected, "{} {}", operation, json);
            }
        }
    }
}
