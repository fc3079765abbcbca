//! A Postman environment: `{name, values: [{key, value, enabled}]}`.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::parsed_credential::{ParsedCredential, form, secrets, strings};
use crate::CredentialsError;
use crate::json::{Fields, Json};

pub(super) fn read(fields: &(impl Fields + ?Sized)) -> Result<ParsedCredential, CredentialsError> {
    let entries = fields.get("values").and_then(Json::items).ok_or_else(|| form("the field values must be a list"))?;
    // The last one of a name is the one that counts.
    let value = |key: &str| {
        let is_enabled = |entry: &&_| Json::get(*entry, "enabled").and_then(Json::as_bool) != Some(false);
        let entry = entries.iter().rev().filter(is_enabled).find(|entry| entry.str_at("key") == Some(key))?;
        entry.get("value")
    };
    let list = |key: &str| -> Result<Vec<String>, CredentialsError> {
        let must_be_text = || form(format!("the value of {key} must be text"));
        let value = value(key);
        if let Some(items) = value.and_then(Json::items) {
            return strings(items).ok_or_else(must_be_text);
        }
        match value.map(Json::as_str) {
            Some(Some(text)) if !text.trim().is_empty() => Ok(vec![text.to_owned()]),
            Some(Some(_)) | None => Err(form(format!("the Postman environment has no value for {key}"))),
            Some(None) => Err(must_be_text()),
        }
    };
    let one = |key: &str| list(key).map(|mut list| list.pop().unwrap_or_default());
    Ok(ParsedCredential {
        is_jwt: false,
        name: fields.get("name").and_then(Json::as_str).unwrap_or_default().to_owned(),
        client_id: one("API_KEY")?,
        secrets: secrets(list("CLIENT_SECRET")?),
        org_id: one("IMS_ORG")?,
        scopes: list("SCOPES")?,
    })
}
