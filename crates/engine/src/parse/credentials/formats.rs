//! The file formats of credentials, and how to detect them.
//!
//! The module of each format returns [`ParsedCredential`]s, which `Credentials` trims and validates. Errors name fields
//! and never values, because any value can be the secret.

mod aio_config;
pub(crate) mod aio_variables;
mod console_json;
mod credential_field;
pub(crate) mod dotenv;
mod json_object;
mod known_formats;
pub(crate) mod parsed_credential;
mod postman;
mod project_json;
pub(crate) mod variables;

use alloc::format;
use alloc::vec::Vec;

use crate::CredentialsError;
use crate::json::{self, JsonValue, MAX_DEPTH, Value};
use crate::text;
use json_object::parse_object;
use known_formats::unknown_format_error;
use parsed_credential::{JWT_END_MESSAGE, ParsedCredential, format_error};

/// Parses all credentials in a file.
pub(crate) fn parse_credentials(text: &str) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(format_error("the file is empty"));
    }
    if text::contains(text, "-----BEGIN") && !text.starts_with('{') {
        return Err(format_error(format!("this is a private key; {JWT_END_MESSAGE}")));
    }
    if dotenv::is_dotenv(text) {
        return variables::parse(text);
    }
    match parse_json(text) {
        Ok(json) => parse_json_credentials(&json),
        // A position helps only if the text was meant to be JSON.
        Err(error) if text.starts_with('{') => Err(error),
        Err(_) => Err(format_error(unknown_format_error(describe_unknown(text)))),
    }
}

/// Guesses the format of a text that is neither JSON nor `NAME=value` lines.
fn describe_unknown(text: &str) -> &'static str {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    let first = lines.next().unwrap_or_default();
    if first.starts_with('[') && first.ends_with(']') && lines.next().is_none_or(|line| line.contains('=')) {
        "the file is INI"
    } else if first == "---" || is_yaml_entry(first) {
        "the file is YAML"
    } else {
        "the file has an unknown format"
    }
}

/// Whether a line is `name: value` or `name:`.
fn is_yaml_entry(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(name, value)| (value.is_empty() || value.starts_with(' ')) && !name.contains([' ', '{', '/']))
}

/// Parses the JSON of a file. The error only has the position, because the text can contain the secret.
pub(crate) fn parse_json(text: &str) -> Result<Value<'_>, CredentialsError> {
    json::parse(text.as_bytes(), MAX_DEPTH)
        .map_err(|position| CredentialsError::InvalidJson { line: position.line, column: position.column })
}

/// Parses all credentials in the JSON of a file.
pub(crate) fn parse_json_credentials(json: &impl JsonValue) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let mut credentials = Vec::new();
    let result = match json.as_object() {
        Some(fields) => parse_object(fields, &mut credentials),
        None => Err(unknown_format_error("the file must contain a JSON object or lines such as `AJO_CLIENT_ID=…`")),
    };
    result.map(|()| credentials).map_err(format_error)
}
