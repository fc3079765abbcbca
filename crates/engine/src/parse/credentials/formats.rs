//! The file formats of credentials, and how they are told apart.
//!
//! Each format has a module that finds [`ParsedCredential`]s; `Credentials` trims and checks them. Errors name fields and never
//! values, because any value may be the secret.

pub(crate) mod aio_contexts;
mod console_json;
mod dotenv;
pub(crate) mod parsed_credential;
mod postman;
mod project;
pub(crate) mod variables;

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use crate::CredentialsError;
use crate::json::{self, Fields as _, Json, MAX_DEPTH, Value};
use parsed_credential::{JWT_ENDED, ParsedCredential, form};

/// All credentials in the text of a file.
pub(crate) fn read(text: &str) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains("-----BEGIN") && !text.trim_start().starts_with('{') {
        return Err(form(format!("this is a key; {JWT_ENDED}")));
    }
    if dotenv::looks_like(text) {
        return variables::read(text);
    }
    of_json(&parse(text)?)
}

/// The JSON of a file. An error has the position only, because the text may hold the secret.
pub(crate) fn parse(text: &str) -> Result<Value<'_>, CredentialsError> {
    json::parse(text.as_bytes(), MAX_DEPTH)
        .map_err(|position| CredentialsError::NotJson { line: position.line, column: position.column })
}

/// All credentials in the JSON of a file.
pub(crate) fn of_json(json: &impl Json) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let Some(fields) = json.as_object() else {
        return Err(form("the file must hold a JSON object, or lines such as `AJO_CLIENT_ID=…`"));
    };
    if let Some(project) = fields.get("project") {
        project::read(project)
    } else if fields.get("values").is_some() {
        postman::read(fields).map(|candidate| vec![candidate])
    } else {
        console_json::read(fields).map(|candidate| vec![candidate])
    }
}
