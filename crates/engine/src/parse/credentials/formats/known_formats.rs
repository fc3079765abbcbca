//! The known formats of credentials. This table drives both parsing and the error message that lists the formats.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::credential_field::FIELDS;
use super::parsed_credential::format_error;
use crate::CredentialsError;

/// A JSON format, recognized by a field.
#[derive(Clone, Copy)]
pub(super) enum JsonFormat {
    Project,
    Postman,
    AioConfig,
}

/// The formats with their name and the field that marks them. Any other object contains the fields of one credential.
pub(super) const JSON_FORMATS: [(JsonFormat, &str, &str); 3] = [
    (JsonFormat::Project, "project", "the JSON of a project"),
    (JsonFormat::Postman, "values", "a Postman environment"),
    (JsonFormat::AioConfig, "ims", "contexts of aio-lib-ims"),
];

/// The error for a text in no known format.
pub(super) fn unknown_format_error(problem: &str) -> CredentialsError {
    let fields: Vec<&str> = FIELDS.iter().map(|field| field.label).collect();
    let formats: String = JSON_FORMATS.iter().map(|(_, _, name)| format!(", {name}")).collect();
    format_error(format!(
        "{problem}; known formats: JSON with {}{formats}, and lines such as `AJO_CLIENT_ID=…`",
        fields.join(", ")
    ))
}
