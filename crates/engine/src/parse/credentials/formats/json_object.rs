//! Parses a JSON object in any known format.

use alloc::vec::Vec;

use super::known_formats::{JSON_FORMATS, JsonFormatKind};
use super::parsed_credential::{FormatError, ParsedCredential};
use super::{aio_config, console_json, postman, project_json};
use crate::json::JsonObject;

/// Parses all credentials in a JSON object.
pub(super) fn parse_object(
    fields: &(impl JsonObject + ?Sized),
    credentials: &mut Vec<ParsedCredential>,
) -> Result<(), FormatError> {
    for format in &JSON_FORMATS {
        if let Some(value) = fields.get(format.marker) {
            return match format.kind {
                JsonFormatKind::Project => project_json::parse(value, credentials),
                JsonFormatKind::Postman => postman::parse(fields, credentials),
                JsonFormatKind::AioConfig => aio_config::parse(value, credentials),
            };
        }
    }
    console_json::parse(fields, credentials)
}
