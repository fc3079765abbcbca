//! A credential before validation, and helpers to read its fields.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::json::{JsonValue, MAX_DEPTH, parse};
use crate::text::concat;
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

/// The error for a value of the wrong type. `value` says which one.
pub(super) fn wrong_type_error(value: &str, expected: &str) -> CredentialsError {
    format_error(concat(&[value, " must be ", expected]))
}

/// The error for a field that is missing in a file from the Developer Console.
pub(super) fn missing_field_error(field: &str) -> CredentialsError {
    format_error(concat(&[
        field,
        " is missing; download the JSON of an OAuth server-to-server credential from its page in Adobe's Developer Console",
    ]))
}

/// Reads a string. `field` names it in errors.
pub(super) fn string(value: &impl JsonValue, field: &str) -> Result<String, CredentialsError> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong_type_error(field, "a string"))
}

/// Reads a list of strings or a single string. `field` names it in errors.
pub(super) fn strings(value: &impl JsonValue, field: &str) -> Result<Vec<String>, CredentialsError> {
    match value.items() {
        Some(items) => to_strings(items).ok_or_else(|| wrong_type_error(field, "a list of strings")),
        None => string(value, field).map(|text| vec![text]),
    }
}

/// The items of an array if all of them are strings.
pub(super) fn to_strings(items: &[impl JsonValue]) -> Option<Vec<String>> {
    let mut strings = Vec::new();
    for item in items {
        strings.push(item.as_str()?.to_owned());
    }
    Some(strings)
}

pub(super) fn to_secrets(values: Vec<String>) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for value in values {
        secrets.push(Secret::new(value));
    }
    secrets
}

/// The strings in a variable, which is either a JSON list (as Adobe's CLI writes it) or a single string.
pub(crate) fn parse_list(text: &str) -> Vec<String> {
    parse(text.as_bytes(), MAX_DEPTH)
        .ok()
        .and_then(|json| to_strings(json.items()?))
        .unwrap_or_else(|| vec![text.to_owned()])
}
