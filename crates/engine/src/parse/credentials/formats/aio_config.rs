//! The configuration of aio-lib-ims: `{ims: {contexts: {<name>: {client_id, …}}}}`.

use alloc::borrow::ToOwned as _;
use alloc::vec::Vec;

use super::console_json::is_jwt;
use super::credential_field::{CLIENT_ID, FIELDS};
use super::parsed_credential::{FormatError, JWT_END_MESSAGE, ParsedCredential, to_secrets};
use crate::json::{JsonObject, JsonValue};

/// Parses all contexts that have a client id. A context can also contain other data, such as a token.
pub(super) fn parse(ims: &impl JsonValue, credentials: &mut Vec<ParsedCredential>) -> Result<(), FormatError> {
    let contexts = ims.get("contexts").and_then(JsonValue::as_object);
    let contexts = contexts.ok_or("the field ims.contexts is missing")?;
    for (name, context) in contexts.entries() {
        let Some(fields) = context.as_object() else { continue };
        if CLIENT_ID.find(fields).is_none() {
            continue;
        }
        let mut credential =
            ParsedCredential { is_jwt: is_jwt(fields), name: name.to_owned(), ..ParsedCredential::default() };
        // Missing values are reported only if this credential is selected.
        for (field, target) in FIELDS.iter().zip(&mut credential.values) {
            if let Some(value) = field.find(fields) {
                let items = value.items().unwrap_or(core::slice::from_ref(value));
                *target = to_secrets(items).unwrap_or_default();
            }
        }
        credentials.push(credential);
    }
    if credentials.is_empty() {
        Err("no context in ims.contexts has a client_id".into())
    } else if credentials.iter().all(|credential| credential.is_jwt) {
        Err(JWT_END_MESSAGE.into())
    } else {
        Ok(())
    }
}
