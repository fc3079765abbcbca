//! The known formats of credentials. This table drives both parsing and the error message that lists the formats.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::credential_field::FIELDS;
use super::parsed_credential::format_error;
use crate::CredentialsError;

/// A JSON format.
pub(super) struct JsonFormat {
    pub(super) kind: JsonFormatKind,
    /// The field that only this format has.
    pub(super) marker: &'static str,
    /// The name in messages.
    pub(super) name: &'static str,
}

#[derive(Clone, Copy)]
pub(super) enum JsonFormatKind {
    Project,
    Postman,
    AioConfig,
}

/// The formats that a field marks. Any other object contains the fields of one credential.
pub(super) const JSON_FORMATS: [JsonFormat; 3] = [
    JsonFormat { kind: JsonFormatKind::Project, marker: "project", name: "the JSON of a project" },
    JsonFormat { kind: JsonFormatKind::Postman, marker: "values", name: "a Postman environment" },
    JsonFormat { kind: JsonFormatKind::AioConfig, marker: "ims", name: "contexts of aio-lib-ims" },
];

/// The error for a text in no known format.
pub(super) fn unknown_format_error(problem: &str) -> CredentialsError {
    let fields: Vec<&str> = FIELDS.iter().map(|field| field.label).collect();
    let formats: String = JSON_FORMATS.iter().map(|format| format!(", {}", format.name)).collect();
    format_error(format!(
        "{problem}; known formats: JSON with {}{formats}, and lines such as `AJO_CLIENT_ID=…`",
        fields.join(", ")
    ))
}
