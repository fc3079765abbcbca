//! One credential as a file has it, and the fields it is read from.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::json::{Fields, Json, MAX_DEPTH, parse};
use crate::{CredentialsError, Secret};

/// What a file says of one credential, before it is checked.
#[derive(Debug)]
pub(crate) struct ParsedCredential {
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
pub(super) fn text(fields: &(impl Fields + ?Sized), place: &str, name: &str) -> Result<String, CredentialsError> {
    match fields.get(name) {
        Some(value) => match value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(form(format!("the field {place}{name} must be text"))),
        },
        None => Err(form(format!(
            "the field {place}{name} is missing; download the JSON of an OAuth server-to-server credential from its page in Adobe's \
             Developer Console"
        ))),
    }
}

/// A field that is a list of texts, or one text.
pub(super) fn texts(fields: &(impl Fields + ?Sized), place: &str, name: &str) -> Result<Vec<String>, CredentialsError> {
    match fields.get(name).and_then(Json::items) {
        Some(items) => strings(items).ok_or_else(|| form(format!("the field {place}{name} must be a list of texts"))),
        None => text(fields, place, name).map(|text| vec![text]),
    }
}

/// The items of an array, if all are strings.
pub(super) fn strings(items: &[impl Json]) -> Option<Vec<String>> {
    items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

pub(super) fn secrets(texts: Vec<String>) -> Vec<Secret> {
    texts.into_iter().map(Secret::new).collect()
}

/// The texts in one variable: the JSON list that Adobe's command writes, or the one text that it is.
pub(crate) fn list_of(text: &str) -> Vec<String> {
    parse(text.as_bytes(), MAX_DEPTH)
        .ok()
        .and_then(|json| strings(json.items()?))
        .unwrap_or_else(|| vec![text.to_owned()])
}
