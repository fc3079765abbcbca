//! Parses a JSON object in any known format.

use alloc::vec;
use alloc::vec::Vec;

use super::known_formats::{JSON_FORMATS, JsonFormat};
use super::parsed_credential::ParsedCredential;
use super::{aio_config, console_json, postman, project_json};
use crate::CredentialsError;
use crate::json::JsonObject;

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
