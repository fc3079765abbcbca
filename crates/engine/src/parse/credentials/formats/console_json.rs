//! A JSON object with the fields of one credential: the download from the credential's page, a context of aio-lib-ims, the
//! configuration of aepp, or the variables of this project as JSON.

use alloc::vec::Vec;

use super::credential_field::{CredentialField, FIELDS, JWT_MATERIAL, SCOPES};
use super::known_formats::unknown_format_error;
use super::parsed_credential::{FormatError, JWT_END_MESSAGE, ParsedCredential, missing_field_error, read_values};
use crate::json::JsonObject;
use crate::text::concat;

pub(super) fn parse(
    fields: &(impl JsonObject + ?Sized),
    credentials: &mut Vec<ParsedCredential>,
) -> Result<(), FormatError> {
    if is_jwt(fields) {
        return Err(JWT_END_MESSAGE.into());
    }
    // A profile or an unrelated file with a client id is also recognized, so the error names the missing field.
    if FIELDS.iter().all(|field| field.find(fields).is_none()) {
        return Err(unknown_format_error("the JSON has none of the fields of a credential"));
    }
    let label = |field: &CredentialField| concat(&["the field ", field.label]);
    let missing = |field: &CredentialField| {
        if field.label == SCOPES.label {
            concat(&["the field SCOPES is missing; perhaps ", JWT_END_MESSAGE]).into()
        } else {
            missing_field_error(&label(field))
        }
    };
    let mut credential = ParsedCredential::default();
    read_values(&mut credential, &|field| field.find(fields), &label, &missing)?;
    credentials.push(credential);
    Ok(())
}

/// Whether an object is a JWT credential: it has key material or meta scopes, and no scopes.
pub(super) fn is_jwt(fields: &(impl JsonObject + ?Sized)) -> bool {
    JWT_MATERIAL.find(fields).is_some() && SCOPES.find(fields).is_none()
}
