//! A credential before validation, and helpers to read its fields.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::json::{JsonObject, JsonValue, MAX_DEPTH, parse};
use crate::{CredentialsError, Secret};

/// One credential as written in a file, before validation.
#[derive(Debug)]
pub(crate) struct ParsedCredential {
    /// Selects the credential if there are several. An unnamed credential comes first and is the default.
    pub(crate) name: String,
    /// A JWT credential can be selected by name, but using it is an error.
    pub(crate) is_jwt: bool,
    pub(crate) client_id: String,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) org_id: String,
    pub(crate) scopes: Vec<String>,
}

/// The error for a JWT credential. Source: Adobe's end-of-life notice for 2025-06-30.
pub(crate) const JWT_END_MESSAGE: &str = "this is a JWT (service account) credential, which Adobe retired on 2025-06-30; add an OAuth server-to-server \
     credential to the project in Adobe's Developer Console and download its JSON from the credential's page";

pub(super) fn format_error(message: impl Into<String>) -> CredentialsError {
    CredentialsError::InvalidFormat(message.into())
}

/// Reads a string field. `path` precedes the field name in errors.
pub(super) fn string_field(
    fields: &(impl JsonObject + ?Sized),
    path: &str,
    name: &str,
) -> Result<String, CredentialsError> {
    match fields.get(name) {
        Some(value) => match value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(format_error(format!("the field {path}{name} must be a string"))),
        },
        None => Err(missing_field_error(path, name)),
    }
}

pub(super) fn missing_field_error(path: &str, name: &str) -> CredentialsError {
    format_error(format!(
        "the field {path}{name} is missing; download the JSON of an OAuth server-to-server credential from its page in Adobe's \
         Developer Console"
    ))
}

/// Reads a field that is a list of strings or a single string.
pub(super) fn string_list_field(
    fields: &(impl JsonObject + ?Sized),
    path: &str,
    name: &str,
) -> Result<Vec<String>, CredentialsError> {
    match fields.get(name).and_then(JsonValue::items) {
        Some(items) => {
            to_strings(items).ok_or_else(|| format_error(format!("the field {path}{name} must be a list of strings")))
        }
        None => string_field(fields, path, name).map(|text| vec![text]),
    }
}

/// The items of an array if all of them are strings.
pub(super) fn to_strings(items: &[impl JsonValue]) -> Option<Vec<String>> {
    items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

pub(super) fn to_secrets(values: Vec<String>) -> Vec<Secret> {
    values.into_iter().map(Secret::new).collect()
}

/// The strings in a variable, which is either a JSON list (as Adobe's CLI writes it) or a single string.
pub(crate) fn parse_list(text: &str) -> Vec<String> {
    parse(text.as_bytes(), MAX_DEPTH)
        .ok()
        .and_then(|json| to_strings(json.items()?))
        .unwrap_or_else(|| vec![text.to_owned()])
}
