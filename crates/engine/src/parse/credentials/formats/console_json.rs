//! A JSON object with the fields of one credential: the download from the credential's page, a context of aio-lib-ims, the
//! configuration of aepp, or the variables of this project as JSON.

use alloc::string::String;

use super::credential_field::{CLIENT_ID, CLIENT_SECRETS, CredentialField, FIELDS, JWT_MATERIAL, ORG_ID, SCOPES};
use super::known_formats::unknown_format_error;
use super::parsed_credential::{
    JWT_END_MESSAGE, ParsedCredential, format_error, missing_field_error, string, strings, to_secrets,
};
use crate::CredentialsError;
use crate::json::JsonObject;
use crate::text::concat;

pub(super) fn parse(fields: &(impl JsonObject + ?Sized)) -> Result<ParsedCredential, CredentialsError> {
    if is_jwt(fields) {
        return Err(format_error(JWT_END_MESSAGE));
    }
    // A profile or an unrelated file with a client id is also recognized, so the error names the missing field.
    if FIELDS.iter().all(|field| field.find(fields).is_none()) {
        return Err(unknown_format_error("the JSON has none of the fields of a credential"));
    }
    let label = |field: &CredentialField| concat(&["the field ", field.label]);
    let value = |field: &CredentialField| field.find(fields).ok_or_else(|| missing_field_error(&label(field)));
    let secrets = to_secrets(strings(value(&CLIENT_SECRETS)?, &label(&CLIENT_SECRETS))?);
    let client_id = string(value(&CLIENT_ID)?, &label(&CLIENT_ID))?;
    let org_id = string(value(&ORG_ID)?, &label(&ORG_ID))?;
    let Some(scopes) = SCOPES.find(fields) else {
        return Err(format_error(concat(&["the field SCOPES is missing; perhaps ", JWT_END_MESSAGE])));
    };
    let scopes = strings(scopes, &label(&SCOPES))?;
    Ok(ParsedCredential { is_jwt: false, name: String::new(), client_id, secrets, org_id, scopes })
}

/// Whether an object is a JWT credential: it has key material or meta scopes, and no scopes.
pub(super) fn is_jwt(fields: &(impl JsonObject + ?Sized)) -> bool {
    JWT_MATERIAL.find(fields).is_some() && SCOPES.find(fields).is_none()
}
