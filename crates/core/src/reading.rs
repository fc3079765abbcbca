//! Reading the body of an answer that says success.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Operation, Uid, Verb};

/// What is relied on in a configuration.
#[derive(Deserialize)]
struct Kept {
    #[serde(rename = "uid")]
    _uid: Uid,
}

/// What is relied on in the answer to `list`.
#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "results")]
    _results: Vec<Kept>,
}

/// What is relied on in the answer to `get`.
#[derive(Deserialize)]
struct Got {
    #[serde(rename = "result")]
    _result: Kept,
}

/// What is relied on in the answer to `can_deploy`.
#[derive(Deserialize)]
struct Judged {
    #[serde(rename = "canDeploy")]
    _can_deploy: Object,
}

/// Any object.
#[derive(Deserialize)]
struct Object {}

impl Operation {
    /// Whether the body says anything: the service answers nothing, or an empty object, where there is nothing to say.
    pub(crate) const fn answers_nothing(&self) -> bool {
        matches!(self.verb, Verb::Delete | Verb::Deploy | Verb::Undeploy)
    }

    /// Says what is wrong with the body of an answer that says success: what is relied on is not there. The rest is not looked
    /// at, and nothing of the body is repeated. It is what reading the models needs, at a fraction of the code.
    pub fn check(&self, body: &[u8]) -> Result<(), String> {
        match self.verb {
            Verb::List => read::<Listed>(self, body).map(drop),
            Verb::Get => read::<Got>(self, body).map(drop),
            Verb::Create | Verb::Update => read::<Kept>(self, body).map(drop),
            Verb::CanDeploy => read::<Judged>(self, body).map(drop),
            Verb::Delete | Verb::Deploy | Verb::Undeploy => Ok(()),
        }
    }

    /// Whether the body is an object where one is read. serde also reads a list as one, field by field: `[[]]` would be an
    /// empty list of configurations.
    pub(crate) fn answers_an_object(&self, body: &[u8]) -> bool {
        self.answers_nothing() || body.trim_ascii_start().starts_with(b"{")
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
        _ => format!("it is not JSON (line {}, column {})", problem.line(), problem.column()),
    }
}

/// A message of serde without the text that it found in place of what it expected: a careless server may echo the request
/// there, token and all.
fn without_texts(message: &str) -> String {
    match (message.find('"'), message.rfind('"')) {
        (Some(first), Some(last)) if first < last => format!("{}…{}", &message[..=first], &message[last..]),
        _ => message.to_owned(),
    }
}
