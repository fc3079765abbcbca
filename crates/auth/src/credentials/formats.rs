//! The file formats of credentials, and how they are told apart.
//!
//! Each format has a module that finds [`Candidate`]s; `Credentials` trims and checks them. Errors name fields and never
//! values, because any value may be the secret.

pub(crate) mod aio_contexts;
mod console_json;
mod dotenv;
pub(crate) mod parsed_credential;
mod postman;
mod project;
pub(crate) mod variables;

use serde_json::Value;

use crate::CredentialsError;
use parsed_credential::{Candidate, JWT_ENDED, form};

/// All credentials in the text of a file.
pub(crate) fn read(text: &str) -> Result<Vec<Candidate>, CredentialsError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains("-----BEGIN") && !text.trim_start().starts_with('{') {
        return Err(form(format!("this is a key; {JWT_ENDED}")));
    }
    if dotenv::looks_like(text) {
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
        console_json::read(fields).map(|candidate| vec![candidate])
    }
}
