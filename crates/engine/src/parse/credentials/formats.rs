//! The file formats of credentials, and how to detect them.
//!
//! The module of each format returns [`ParsedCredential`]s, which `Credentials` trims and validates. Errors name fields
//! and never values, because any value can be the secret.

pub(crate) mod aio_variables;
mod console_json;
mod dotenv;
pub(crate) mod parsed_credential;
mod postman;
mod project_json;
pub(crate) mod variables;

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use crate::CredentialsError;
use crate::json::{self, JsonObject as _, JsonValue, MAX_DEPTH, Value};
use parsed_credential::{JWT_END_MESSAGE, ParsedCredential, format_error};

/// Parses all credentials in a file.
pub(crate) fn parse_credentials(text: &str) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains("-----BEGIN") && !text.trim_start().starts_with('{') {
        return Err(format_error(format!("this is a private key; {JWT_END_MESSAGE}")));
    }
    if dotenv::is_dotenv(text) {
        return variables::parse(text);
    }
    parse_json_credentials(&parse_json(text)?)
}

/// Parses the JSON of a file. The error only has the position, because the text can contain the secret.
pub(crate) fn parse_json(text: &str) -> Result<Value<'_>, CredentialsError> {
    json::parse(text.as_bytes(), MAX_DEPTH)
        .map_err(|position| CredentialsError::InvalidJson { line: position.line, column: position.column })
}

/// Parses all credentials in the JSON of a file.
pub(crate) fn parse_json_credentials(json: &impl JsonValue) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let Some(fields) = json.as_object() else {
        return Err(format_error("the file must contain a JSON object or lines such as `AJO_CLIENT_ID=…`"));
    };
    if let Some(project) = fields.get("project") {
        project_json::parse(project)
    } else if fields.get("values").is_some() {
        postman::parse(fields).map(|credential| vec![credential])
    } else {
        console_json::parse(fields).map(|credential| vec![credential])
    }
}
