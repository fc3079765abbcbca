//! A Postman environment: `{name, values: [{key, value, enabled}]}`.

use alloc::borrow::ToOwned as _;
use alloc::vec::Vec;

use super::credential_field::{CredentialField, is_blank};
use super::parsed_credential::{FormatError, ParsedCredential, read_values};
use crate::json::{JsonObject, JsonValue};
use crate::text::concat;

pub(super) fn parse(
    fields: &(impl JsonObject + ?Sized),
    credentials: &mut Vec<ParsedCredential>,
) -> Result<(), FormatError> {
    let list = fields.get("values").and_then(JsonValue::items);
    let list = list.ok_or("the field `values` must be a list")?;
    let mut entries = Vec::new();
    // If a key occurs twice, the last enabled entry wins.
    for entry in list.iter().rev() {
        let is_enabled = JsonValue::get(entry, "enabled").and_then(JsonValue::as_bool) != Some(false);
        if let (true, Some(key), Some(value)) = (is_enabled, entry.get_str("key"), JsonValue::get(entry, "value")) {
            entries.push((key, value));
        }
    }
    let find = |field: &CredentialField| field.pick(&entries).filter(|value| !is_blank(*value));
    let label = |field: &CredentialField| concat(&["the value of ", key_name(field)]);
    let missing =
        |field: &CredentialField| concat(&["the Postman environment has no value for ", key_name(field)]).into();
    let name = fields.get("name").and_then(JsonValue::as_str).unwrap_or_default().to_owned();
    let mut credential = ParsedCredential { name, ..ParsedCredential::default() };
    read_values(&mut credential, &find, &label, &missing)?;
    credentials.push(credential);
    Ok(())
}

/// The key in Adobe's environments.
fn key_name(field: &CredentialField) -> &'static str {
    match field.label {
        "CLIENT_ID" => "API_KEY",
        "CLIENT_SECRETS" => "CLIENT_SECRET",
        "ORG_ID" => "IMS_ORG",
        label => label,
    }
}
