//! A credential before validation, and helpers to read its fields.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::credential_field::{CredentialField, FIELDS};
use crate::json::{JsonValue, MAX_DEPTH, parse};
use crate::text::concat;
use crate::{CredentialsError, Secret};

/// One credential as written in a file, before validation.
#[derive(Debug, Default)]
pub(crate) struct ParsedCredential {
    /// Selects the credential if there are several. An unnamed credential comes first and is the default.
    pub(crate) name: String,
    /// A JWT credential can be selected by name, but using it is an error.
    pub(crate) is_jwt: bool,
    /// The values of [`FIELDS`](super::credential_field::FIELDS), which are lists or single values. Any of them can be the
    /// secret, in the wrong field.
    pub(crate) values: [Vec<Secret>; 4],
}

impl ParsedCredential {
    pub(crate) fn client_id(&self) -> &str {
        last(&self.values[0])
    }

    pub(crate) fn org_id(&self) -> &str {
        last(&self.values[2])
    }
}

/// The single value of a field; empty if there is none.
fn last(values: &[Secret]) -> &str {
    values.last().map_or("", Secret::expose)
}

/// The error for a JWT credential. Source: Adobe's end-of-life notice for 2025-06-30.
pub(crate) const JWT_END_MESSAGE: &str = "this is a JWT (service account) credential, which Adobe retired on 2025-06-30; add an OAuth server-to-server \
     credential to the project in Adobe's Developer Console and download its JSON from the credential's page";

/// Why a text does not have the format, without a value.
pub(super) type FormatError = Cow<'static, str>;

pub(super) fn format_error(message: impl Into<String>) -> CredentialsError {
    CredentialsError::InvalidFormat(message.into())
}

/// Reads the value of each field. A field without a value is an error at the end, unless it already has one.
pub(super) fn read_values<'v, V: JsonValue + 'v>(
    credential: &mut ParsedCredential,
    find: &dyn Fn(&CredentialField) -> Option<&'v V>,
    label: &dyn Fn(&CredentialField) -> String,
    missing: &dyn Fn(&CredentialField) -> FormatError,
) -> Result<(), FormatError> {
    let mut first_missing = None;
    for (field, target) in FIELDS.iter().zip(&mut credential.values) {
        match find(field) {
            Some(value) => {
                let items = value.items().filter(|_| field.is_list);
                let expected = if items.is_some() { "a list of strings" } else { "a string" };
                let values = to_secrets(items.unwrap_or(core::slice::from_ref(value)));
                *target = values.ok_or_else(|| concat(&[&label(field), " must be ", expected]))?;
            }
            None if target.is_empty() => drop(first_missing.get_or_insert(field)),
            None => {}
        }
    }
    first_missing.map_or(Ok(()), |field| Err(missing(field)))
}

/// The error for a field that is missing in a file from the Developer Console.
pub(super) fn missing_field_error(label: &str) -> FormatError {
    let advice = "download the JSON of an OAuth server-to-server credential from its page in Adobe's Developer Console";
    concat(&[label, " is missing; ", advice]).into()
}

/// The values if all of them are strings.
pub(super) fn to_secrets(values: &[impl JsonValue]) -> Option<Vec<Secret>> {
    let mut secrets = Vec::new();
    for value in values {
        secrets.push(Secret::new(value.as_str()?));
    }
    Some(secrets)
}

/// The strings in a variable, which is either a JSON list (as Adobe's CLI writes it) or a single string.
pub(crate) fn parse_list(text: &str) -> Vec<Secret> {
    let json = parse(text.as_bytes(), MAX_DEPTH).ok();
    json.and_then(|json| to_secrets(json.items()?)).unwrap_or_else(|| vec![Secret::new(text)])
}
