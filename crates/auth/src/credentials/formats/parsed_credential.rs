//! One credential as a file has it, and the fields it is read from.

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

pub(super) fn form(problem: impl Into<String>) -> CredentialsError {
    CredentialsError::Form(problem.into())
}

/// A field that must be text. `place` is what stands before its name in errors.
pub(super) fn text(fields: &Map<String, Value>, place: &str, name: &str) -> Result<String, CredentialsError> {
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
pub(super) fn texts(fields: &Map<String, Value>, place: &str, name: &str) -> Result<Vec<String>, CredentialsError> {
    match fields.get(name) {
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| form(format!("the field {place}{name} must be a list of texts"))),
        _ => text(fields, place, name).map(|text| vec![text]),
    }
}

pub(super) fn secrets(texts: Vec<String>) -> Vec<Secret> {
    texts.into_iter().map(Secret::new).collect()
}

/// The texts in one variable: the JSON list that Adobe's command writes, or the one text that it is.
pub(crate) fn list_of(text: &str) -> Vec<String> {
    serde_json::from_str::<Value>(text)
        .ok()
        .and_then(|json| json.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect())
        .unwrap_or_else(|| vec![text.to_owned()])
}
