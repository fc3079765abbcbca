//! Parses response bodies of successful calls.

use ajo_engine::check_json_object;
use ajo_engine::json::ErrorPosition;
use serde::de::DeserializeOwned;

/// Parses a body that must be an object. The error does not quote the body.
///
/// serde alone would also accept a list of the field values, so that `[[]]` would parse as an empty list of configurations.
pub(crate) fn parse_object<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    check_json_object(body)?;
    parse_any(body)
}

/// Parses any JSON. The error does not quote the body.
pub(crate) fn parse_any<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| describe_json_error(&error))
}

/// Describes a parse error without quoting the body.
fn describe_json_error(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => redact_strings(&error.to_string()),
        _ => ErrorPosition { line: error.line(), column: error.column() }.to_string(),
    }
}

/// Removes quoted strings from a message of serde. They come from the body, where a careless server may echo the token.
fn redact_strings(message: &str) -> String {
    match (message.find('"'), message.rfind('"')) {
        (Some(first), Some(last)) if first < last => format!("{}…{}", &message[..=first], &message[last..]),
        _ => message.to_owned(),
    }
}
