//! A JSON object with the fields of one credential: the download from the credential's page, a context of aio-lib-ims, the
//! configuration of aepp, or the variables of this project as JSON.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::credential_field::{CLIENT_ID, CLIENT_SECRETS, CredentialField, FIELDS, JWT_MATERIAL, ORG_ID, SCOPES};
use super::known_formats::unknown_format_error;
use super::parsed_credential::{
    JWT_END_MESSAGE, ParsedCredential, format_error, missing_field_error, to_secrets, to_strings,
};
use crate::CredentialsError;
use crate::json::{JsonObject, JsonValue};

pub(super) fn parse(fields: &(impl JsonObject + ?Sized)) -> Result<ParsedCredential, CredentialsError> {
    if is_jwt(fields) {
        return Err(format_error(JWT_END_MESSAGE));
    }
    // A profile or an unrelated file with a client id is also recognized, so the error names the missing field.
    if FIELDS.iter().all(|field| field.find(fields).is_none()) {
        return Err(unknown_format_error("the JSON has none of the fields of a credential"));
    }
    Ok(ParsedCredential {
        is_jwt: false,
        secrets: to_secrets(strings(fields, &CLIENT_SECRETS)?),
        client_id: string(fields, &CLIENT_ID)?,
        name: String::new(),
        org_id: string(fields, &ORG_ID)?,
        scopes: strings(fields, &SCOPES)?,
    })
}

/// Whether an object is a JWT credential: it has key material or meta scopes, and no scopes.
pub(super) fn is_jwt(fields: &(impl JsonObject + ?Sized)) -> bool {
    JWT_MATERIAL.find(fields).is_some() && SCOPES.find(fields).is_none()
}

fn string(fields: &(impl JsonObject + ?Sized), field: &CredentialField) -> Result<String, CredentialsError> {
    let value = field.find(fields).ok_or_else(|| missing_field_error("", field.label))?;
    let text = value.as_str().ok_or_else(|| format_error(format!("the field {} must be a string", field.label)))?;
    Ok(text.to_owned())
}

/// Reads a list of strings or a single string.
fn strings(fields: &(impl JsonObject + ?Sized), field: &CredentialField) -> Result<Vec<String>, CredentialsError> {
    match field.find(fields).and_then(JsonValue::items) {
        Some(items) => to_strings(items)
            .ok_or_else(|| format_error(format!("the field {} must be a list of strings", field.label))),
        None => match string(fields, field) {
            Err(_) if field.label == SCOPES.label && SCOPES.find(fields).is_none() => {
                Err(format_error(format!("the field SCOPES is missing; perhaps {JWT_END_MESSAGE}")))
            }
            text => text.map(|text| vec![text]),
        },
    }
}
