//! The configuration of aio-lib-ims: `{ims: {contexts: {<name>: {client_id, …}}}}`.

use alloc::borrow::ToOwned as _;
use alloc::vec::Vec;

use super::console_json::is_jwt;
use super::credential_field::{CLIENT_ID, FIELDS};
use super::parsed_credential::{JWT_END_MESSAGE, ParsedCredential, format_error, to_secrets};
use crate::CredentialsError;
use crate::json::{JsonObject, JsonValue};

/// Parses all contexts that have a client id. A context can also contain other data, such as a token.
pub(super) fn parse(ims: &impl JsonValue) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let contexts = ims
        .get("contexts")
        .and_then(JsonValue::as_object)
        .ok_or_else(|| format_error("the field ims.contexts is missing"))?;
    let mut credentials = Vec::new();
    for (name, context) in contexts.entries() {
        let Some(fields) = context.as_object() else { continue };
        if CLIENT_ID.find(fields).is_some() {
            credentials.push(parse_context(name, fields));
        }
    }
    if credentials.is_empty() {
        Err(format_error("no context in ims.contexts has a client_id"))
    } else if credentials.iter().all(|credential| credential.is_jwt) {
        Err(format_error(JWT_END_MESSAGE))
    } else {
        Ok(credentials)
    }
}

/// Missing values are reported only if this credential is selected.
fn parse_context(name: &str, fields: &(impl JsonObject + ?Sized)) -> ParsedCredential {
    let values = FIELDS.map(|field| {
        let value = field.find(fields);
        let items = value.map(|value| value.items().unwrap_or(core::slice::from_ref(value)));
        items.and_then(to_secrets).unwrap_or_default()
    });
    ParsedCredential { is_jwt: is_jwt(fields), name: name.to_owned(), values }
}
