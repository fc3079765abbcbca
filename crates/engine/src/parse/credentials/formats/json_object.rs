//! Parses a JSON object in any known format.

use alloc::vec;
use alloc::vec::Vec;

use super::known_formats::{JSON_FORMATS, JsonFormatKind};
use super::parsed_credential::ParsedCredential;
use super::{aio_config, console_json, postman, project_json};
use crate::CredentialsError;
use crate::json::JsonObject;

/// Parses all credentials in a JSON object.
pub(super) fn parse_object(fields: &(impl JsonObject + ?Sized)) -> Result<Vec<ParsedCredential>, CredentialsError> {
    for format in JSON_FORMATS {
        if let Some(value) = fields.get(format.marker) {
            return match format.kind {
                JsonFormatKind::Project => project_json::parse(value),
                JsonFormatKind::Postman => postman::parse(fields).map(|credential| vec![credential]),
                JsonFormatKind::AioConfig => aio_config::parse(value),
            };
        }
    }
    console_json::parse(fields).map(|credential| vec![credential])
}
