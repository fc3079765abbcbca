//! The known formats of credentials. This table drives both parsing and the error message that lists the formats.

use super::credential_field::FIELDS;
use super::parsed_credential::FormatError;
use crate::text::{concat, join};

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
pub(super) fn unknown_format_error(problem: &str) -> FormatError {
    let fields = FIELDS.each_ref().map(|field| field.label);
    let formats = JSON_FORMATS.map(|format| format.name);
    let (fields, formats) = (join(&fields, ", "), join(&formats, ", "));
    let end = ", and lines such as `AJO_CLIENT_ID=…`";
    concat(&[problem, "; known formats: JSON with ", &fields, ", ", &formats, end]).into()
}
