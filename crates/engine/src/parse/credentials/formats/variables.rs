//! Credentials in `NAME=value` lines, with the names of this project or of Adobe's CLI.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use super::aio_variables;
use super::credential_field::{CredentialField, FIELDS};
use super::dotenv::DotenvAssignments;
use super::known_formats::unknown_format_error;
use super::parsed_credential::{ParsedCredential, format_error, parse_list};
use crate::{CredentialsError, Secret};

/// The variable names of each value, in order of precedence: this project's name, then the name of Adobe's CLI.
pub(crate) const CLIENT_ID: [&str; 2] = ["AJO_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_ID"];
pub(crate) const CLIENT_SECRET: [&str; 2] = ["AJO_CLIENT_SECRET", "IMS_OAUTH_S2S_CLIENT_SECRET"];
pub(crate) const ORG_ID: [&str; 2] = ["AJO_ORG_ID", "IMS_OAUTH_S2S_ORG_ID"];
pub(crate) const SCOPES: [&str; 2] = ["AJO_SCOPES", "IMS_OAUTH_S2S_SCOPES"];

/// Parses the unnamed credential of the variables above, which comes first, and the named ones of the older variables.
pub(super) fn parse(text: &str) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let values: BTreeMap<&str, String> =
        DotenvAssignments::new(text).collect::<Result<_, _>>().map_err(|error| format_error(error.to_string()))?;
    let mut credentials = aio_variables::parse(values.iter().map(|(name, value)| (*name, value.as_str())))?;
    let any = [CLIENT_ID, CLIENT_SECRET, ORG_ID, SCOPES].iter().flatten().any(|name| values.contains_key(*name));
    if any {
        credentials.insert(0, parse_unnamed(&values)?);
    } else if credentials.is_empty() {
        // Another program's file may have the same short names, so they count only without any others.
        credentials.push(parse_short_names(&values)?);
    }
    Ok(credentials)
}

/// Parses lines such as `CLIENT_ID=…`, with the names of the fields in JSON.
fn parse_short_names(values: &BTreeMap<&str, String>) -> Result<ParsedCredential, CredentialsError> {
    let mut entries: Vec<_> = values.iter().map(|(name, value)| (*name, value)).collect();
    entries.retain(|(_, value)| !value.is_empty());
    if FIELDS.iter().all(|field| field.pick(&entries).is_none()) {
        return Err(format_error(unknown_format_error("no line sets a field of a credential")));
    }
    let mut credential = ParsedCredential::default();
    for (field, target) in FIELDS.iter().zip(&mut credential.values) {
        let value = field.pick(&entries).ok_or_else(|| format_error(format!("{} is not set", field.label)))?;
        *target = parse_value(field, value);
    }
    Ok(credential)
}

fn parse_unnamed(values: &BTreeMap<&str, String>) -> Result<ParsedCredential, CredentialsError> {
    let mut credential = ParsedCredential::default();
    let variables = [CLIENT_ID, CLIENT_SECRET, ORG_ID, SCOPES];
    for ((field, names), target) in FIELDS.iter().zip(variables).zip(&mut credential.values) {
        let found = names.iter().find_map(|name| values.get(name)).filter(|value| !value.is_empty());
        let missing = || format_error(format!("neither {} nor {} is set", names[0], names[1]));
        *target = parse_value(field, found.ok_or_else(missing)?);
    }
    Ok(credential)
}

fn parse_value(field: &CredentialField, value: &str) -> Vec<Secret> {
    if field.is_list { parse_list(value) } else { vec![Secret::new(value)] }
}
