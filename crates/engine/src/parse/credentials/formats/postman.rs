//! A Postman environment: `{name, values: [{key, value, enabled}]}`.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::credential_field::{CLIENT_ID, CLIENT_SECRETS, CredentialField, ORG_ID, SCOPES, is_blank};
use super::parsed_credential::{ParsedCredential, format_error, string, to_secrets, to_strings, wrong_type_error};
use crate::CredentialsError;
use crate::json::{JsonObject, JsonValue};
use crate::text::concat;

pub(super) fn parse(fields: &(impl JsonObject + ?Sized)) -> Result<ParsedCredential, CredentialsError> {
    let list = fields.get("values").and_then(JsonValue::items);
    let list = list.ok_or_else(|| format_error("the field `values` must be a list"))?;
    let mut entries = Vec::new();
    // If a key occurs twice, the last enabled entry wins.
    for entry in list.iter().rev() {
        let is_enabled = JsonValue::get(entry, "enabled").and_then(JsonValue::as_bool) != Some(false);
        if let (true, Some(key), Some(value)) = (is_enabled, entry.get_str("key"), JsonValue::get(entry, "value")) {
            entries.push((key, value));
        }
    }
    let values = |field: &CredentialField, key: &str| -> Result<Vec<String>, CredentialsError> {
        let location = concat(&["the value of ", key]);
        match field.pick(&entries).filter(|value| !is_blank(*value)) {
            None => Err(format_error(concat(&["the Postman environment has no value for ", key]))),
            Some(value) => match value.items() {
                Some(items) => to_strings(items).ok_or_else(|| wrong_type_error(&location, "a string")),
                None => string(value, &location).map(|text| alloc::vec![text]),
            },
        }
    };
    let value = |field: &CredentialField, key: &str| values(field, key).map(|mut all| all.pop().unwrap_or_default());
    Ok(ParsedCredential {
        is_jwt: false,
        name: fields.get("name").and_then(JsonValue::as_str).unwrap_or_default().to_owned(),
        client_id: value(&CLIENT_ID, "API_KEY")?,
        secrets: to_secrets(values(&CLIENT_SECRETS, "CLIENT_SECRET")?),
        org_id: value(&ORG_ID, "IMS_ORG")?,
        scopes: values(&SCOPES, "SCOPES")?,
    })
}
