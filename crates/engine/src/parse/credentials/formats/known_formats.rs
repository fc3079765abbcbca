//! The known formats of credentials. This table drives both parsing and the error message that lists the formats.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::credential_field::FIELDS;
use super::parsed_credential::{ParsedCredential, format_error};
use super::{aio_config, console_json, postman, project_json};
use crate::CredentialsError;
use crate::json::JsonObject;

/// A JSON format, recognized by a field.
#[derive(Clone, Copy)]
enum JsonFormat {
    Project,
    Postman,
    AioConfig,
}

/// The formats with their name and the field that marks them. Any other object contains the fields of one credential.
const JSON_FORMATS: [(JsonFormat, &str, &str); 3] = [
    (JsonFormat::Project, "project", "the JSON of a project"),
    (JsonFormat::Postman, "values", "a Postman environment"),
    (JsonFormat::AioConfig, "ims", "contexts of aio-lib-ims"),
];

/// Parses all credentials in a JSON object.
pub(super) fn parse_object(fields: &(impl JsonObject + ?Sized)) -> Result<Vec<ParsedCredential>, CredentialsError> {
    for (format, marker, _) in JSON_FORMATS {
        if let Some(value) = fields.get(marker) {
            return match format {
                JsonFormat::Project => project_json::parse(value),
                JsonFormat::Postman => postman::parse(fields).map(|credential| vec![credential]),
                JsonFormat::AioConfig => aio_config::parse(value),
            };
        }
    }
    console_json::parse(fields).map(|credential| vec![credential])
}

/// The error for a text in no known format.
pub(super) fn unknown_format_error(problem: &str) -> CredentialsError {
    let fields: Vec<&str> = FIELDS.iter().map(|field| field.label).collect();
    let formats: String = JSON_FORMATS.iter().map(|(_, _, name)| format!(", {name}")).collect();
    format_error(format!(
        "{problem}; known formats: JSON with {}{formats}, and lines such as `AJO_CLIENT_ID=…`",
        fields.join(", ")
    ))
}
