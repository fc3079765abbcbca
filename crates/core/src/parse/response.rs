//! Parses response bodies of successful calls.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Uid;
use crate::{Operation, Verb};

impl Operation {
    /// Whether the body says anything: the service answers nothing, or an empty object, where there is nothing to say.
    pub(crate) const fn answers_nothing(&self) -> bool {
        matches!(self.verb, Verb::Delete | Verb::Deploy | Verb::Undeploy)
    }

    /// Says what is wrong with the body of an answer that says success: what is relied on is not there. The rest is not looked
    /// at, and nothing of the body is repeated. It accepts what reading the models does, at a fraction of the code.
    pub fn check(&self, body: &[u8]) -> Result<(), String> {
        if self.answers_nothing() {
            return Ok(());
        }
        if !self.answers_an_object(body) {
            return Err(NO_OBJECT.to_owned());
        }
        let answer: Value = serde_json::from_slice(body).map_err(|problem| not_json(&problem))?;
        let field = |name: &str| answer.get(name).ok_or_else(|| format!("missing field `{name}`"));
        match self.verb {
            Verb::List => {
                let results = field("results")?.as_array().ok_or("the field `results` is not a list")?;
                results.iter().try_for_each(is_kept)
            }
            Verb::Get => is_kept(field("result")?),
            Verb::CanDeploy if !field("canDeploy")?.is_object() => {
                Err("the field `canDeploy` is not an object".to_owned())
            }
            Verb::Create | Verb::Update => is_kept(&answer),
            Verb::CanDeploy | Verb::Delete | Verb::Deploy | Verb::Undeploy => Ok(()),
        }
    }

    /// Whether the body is an object where one is read. serde also reads a list as one, field by field: `[[]]` would be an
    /// empty list of configurations.
    pub(crate) fn answers_an_object(&self, body: &[u8]) -> bool {
        self.answers_nothing() || body.trim_ascii_start().starts_with(b"{")
    }
}

/// Whether this is a configuration: what is relied on in it is its uid.
fn is_kept(configuration: &Value) -> Result<(), String> {
    match configuration.get("uid") {
        Some(Value::String(uid)) => Uid::check_response(uid).map_err(|problem| problem.to_string()),
        Some(_) => Err("the field `uid` is not text".to_owned()),
        None if configuration.is_object() => Err("missing field `uid`".to_owned()),
        None => Err("a configuration is not an object".to_owned()),
    }
}

/// Why a body is not what an operation answers.
pub(crate) const NO_OBJECT: &str = "it is not a JSON object";

/// Reads a body, for a client without generated code. Says what is wrong with it, without repeating any of it.
pub(crate) fn read<T: DeserializeOwned>(operation: &Operation, body: &[u8]) -> Result<T, String> {
    if operation.answers_nothing() {
        return serde_json::from_slice(b"null").map_err(|problem| unreadable(&problem));
    }
    if !operation.answers_an_object(body) {
        return Err(NO_OBJECT.to_owned());
    }
    serde_json::from_slice(body).map_err(|problem| unreadable(&problem))
}

/// Where a body cannot be read, without repeating any of it.
pub(crate) fn unreadable(problem: &serde_json::Error) -> String {
    match problem.classify() {
        serde_json::error::Category::Data => without_texts(&problem.to_string()),
        _ => not_json(problem),
    }
}

/// Where a text stops being JSON.
pub(crate) fn not_json(problem: &serde_json::Error) -> String {
    format!("it is not JSON (line {}, column {})", problem.line(), problem.column())
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
    use serde_json::json;

    use super::*;
    use crate::{Api, CanDeployAnswer, CappingModels, Models, OPERATIONS, ThrottlingModels};

    /// Whether the models read it.
    fn is_read<M: Models>(operation: &Operation, body: &[u8]) -> bool {
        match operation.verb {
            Verb::List => read::<M::List>(operation, body).is_ok(),
            Verb::Get => read::<M::Read>(operation, body).is_ok(),
            Verb::Create => read::<M::Created>(operation, body).is_ok(),
            Verb::Update => read::<M::Updated>(operation, body).is_ok(),
            Verb::CanDeploy => read::<CanDeployAnswer>(operation, body).is_ok(),
            Verb::Delete | Verb::Deploy | Verb::Undeploy => read::<()>(operation, body).is_ok(),
        }
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
            for operation in &OPERATIONS {
                let expected = match operation.api {
                    Api::Capping => is_read::<CappingModels>(operation, text.as_bytes()),
                    Api::Throttling => is_read::<ThrottlingModels>(operation, text.as_bytes()),
                };
                prop_assert_eq!(operation.check(text.as_bytes()).is_ok(), expected, "{} {}", operation, text);
            }
        }
    }
}
