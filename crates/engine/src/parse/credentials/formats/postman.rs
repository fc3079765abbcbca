//! A Postman environment: `{name, values: [{key, value, enabled}]}`.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::credential_field::{CLIENT_ID, CLIENT_SECRETS, CredentialField, ORG_ID, SCOPES};
use super::parsed_credential::{ParsedCredential, format_error, to_secrets, to_strings};
use crate::CredentialsError;
use crate::json::{JsonObject, JsonValue};

pub(super) fn parse(fields: &(impl JsonObject + ?Sized)) -> Result<ParsedCredential, CredentialsError> {
    let entries = fields
        .get("values")
        .and_then(JsonValue::items)
        .ok_or_else(|| format_error("the field `values` must be a list"))?;
    // If a key occurs twice, the last enabled entry wins.
    let value = |field: &CredentialField| {
        let is_enabled = |entry: &&_| JsonValue::get(*entry, "enabled").and_then(JsonValue::as_bool) != Some(false);
        let rank = |entry: &_| field.rank(JsonValue::get_str(entry, "key")?);
        let ranked = entries.iter().rev().filter(is_enabled).filter_map(|entry| Some((rank(entry)?, entry)));
        ranked.min_by_key(|(rank, _)| *rank)?.1.get("value")
    };
    let list = |field: &CredentialField, key: &str| -> Result<Vec<String>, CredentialsError> {
        let must_be_string = || format_error(format!("the value of {key} must be a string"));
        let value = value(field);
        if let Some(items) = value.and_then(JsonValue::items) {
            return to_strings(items).ok_or_else(must_be_string);
        }
        match value.map(JsonValue::as_str) {
            Some(Some(text)) if !text.trim().is_empty() => Ok(vec![text.to_owned()]),
            Some(Some(_)) | None => Err(format_error(format!("the Postman environment has no value for {key}"))),
            Some(None) => Err(must_be_string()),
        }
    };
    let single = |field: &CredentialField, key: &str| list(field, key).map(|mut list| list.pop().unwrap_or_default());
    Ok(ParsedCredential {
        is_jwt: false,
        name: fields.get("name").and_then(JsonValue::as_str).unwrap_or_default().to_owned(),
        client_id: single(&CLIENT_ID, "API_KEY")?,
        secrets: to_secrets(list(&CLIENT_SECRETS, "CLIENT_SECRET")?),
        org_id: single(&ORG_ID, "IMS_ORG")?,
        scopes: list(&SCOPES, "SCOPES")?,
    })
}
