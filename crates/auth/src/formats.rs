//! The forms in which people have credentials, and telling one from another.
//!
//! Each form has a module that finds [`Candidate`]s; what is common to all, trimming and checking, is done by
//! `Credentials`. Errors name fields and never values, because any value may be the secret.

pub(crate) mod contexts;
mod flat;
mod lines;
mod postman;
mod project;
mod variables;

pub(crate) use variables::{CLIENT_ID, CLIENT_SECRET, ORG_ID, SCOPES, list_of};

use serde_json::{Map, Value};

use crate::{CredentialsError, Secret};

/// What a file says of one credential, before it is checked.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// To choose it by, where there are several. One without a name is first and used where none is chosen.
    pub(crate) name: String,
    /// What is left of a JWT credential: it is known by its name, and cannot be used.
    pub(crate) is_jwt: bool,
    pub(crate) client_id: String,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) org_id: String,
    pub(crate) scopes: Vec<String>,
}

/// What to do instead of using a JWT credential. Source: Adobe's notice of their end on 2025-06-30.
pub(crate) const JWT_ENDED: &str = "this is a JWT (service account) credential, and those ended on 2025-06-30; add an OAuth server-to-server \
     credential to the project in Adobe's Developer Console and download its JSON from the credential's page";

/// All credentials in the text of a file.
pub(crate) fn read(text: &str) -> Result<Vec<Candidate>, CredentialsError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains("-----BEGIN") && !text.trim_start().starts_with('{') {
        return Err(form(format!("this is a key; {JWT_ENDED}")));
    }
    if lines::looks_like(text) {
        return variables::read(text);
    }
    of_json(&parse(text)?)
}

/// serde's own errors repeat the value they stumble over, which may be the secret: only the place is kept.
pub(crate) fn parse(text: &str) -> Result<Value, CredentialsError> {
    // As bytes, like all JSON that is read in WebAssembly: the parser is there once for each kind of input.
    serde_json::from_slice(text.as_bytes())
        .map_err(|error| CredentialsError::NotJson { line: error.line(), column: error.column() })
}

/// All credentials in the JSON of a file.
pub(crate) fn of_json(json: &Value) -> Result<Vec<Candidate>, CredentialsError> {
    let Value::Object(fields) = json else {
        return Err(form("the file must hold a JSON object, or lines such as `AJO_CLIENT_ID=…`"));
    };
    if fields.contains_key("project") {
        project::read(fields)
    } else if fields.contains_key("values") {
        postman::read(fields).map(|candidate| vec![candidate])
    } else {
        flat::read(fields).map(|candidate| vec![candidate])
    }
}

fn form(problem: impl Into<String>) -> CredentialsError {
    CredentialsError::Form(problem.into())
}

/// A field that must be text. `place` is what stands before its name in errors.
fn text(fields: &Map<String, Value>, place: &str, name: &str) -> Result<String, CredentialsError> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(form(format!("the field {place}{name} must be text"))),
        None => Err(form(format!(
            "the field {place}{name} is missing; download the JSON of an OAuth server-to-server credential from its page in Adobe's \
             Developer Console"
        ))),
    }
}

/// A field that is a list of texts, or one text.
fn texts(fields: &Map<String, Value>, place: &str, name: &str) -> Result<Vec<String>, CredentialsError> {
    match fields.get(name) {
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| form(format!("the field {place}{name} must be a list of texts"))),
        _ => text(fields, place, name).map(|text| vec![text]),
    }
}

fn secrets(texts: Vec<String>) -> Vec<Secret> {
    texts.into_iter().map(Secret::new).collect()
}
