//! Credentials in `NAME=value` lines, with the names of this project or of Adobe's CLI.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use super::aio_variables;
use super::credential_field::{self, CredentialField, FIELDS};
use super::dotenv::DotenvAssignments;
use super::known_formats::unknown_format_error;
use super::parsed_credential::{ParsedCredential, format_error, parse_list, to_secrets};
use crate::CredentialsError;

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
    let find = |field: &CredentialField| {
        let ranked = values.iter().filter_map(|(name, value)| Some((field.rank(name)?, value)));
        ranked.filter(|(_, value)| !value.is_empty()).min_by_key(|(rank, _)| *rank).map(|(_, value)| value.clone())
    };
    if FIELDS.iter().all(|field| find(field).is_none()) {
        return Err(unknown_format_error("no line sets a field of a credential"));
    }
    let required =
        |field: &CredentialField| find(field).ok_or_else(|| format_error(format!("{} is not set", field.label)));
    Ok(ParsedCredential {
        is_jwt: false,
        name: String::new(),
        client_id: required(&credential_field::CLIENT_ID)?,
        secrets: to_secrets(vec![required(&credential_field::CLIENT_SECRETS)?]),
        org_id: required(&credential_field::ORG_ID)?,
        scopes: parse_list(&required(&credential_field::SCOPES)?),
    })
}

fn parse_unnamed(values: &BTreeMap<&str, String>) -> Result<ParsedCredential, CredentialsError> {
    let required = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| values.get(name)).filter(|value| !value.is_empty());
        found.cloned().ok_or_else(|| format_error(format!("neither {} nor {} is set", names[0], names[1])))
    };
    Ok(ParsedCredential {
        is_jwt: false,
        name: String::new(),
        client_id: required(CLIENT_ID)?,
        secrets: to_secrets(vec![required(CLIENT_SECRET)?]),
        org_id: required(ORG_ID)?,
        scopes: parse_list(&required(SCOPES)?),
    })
}
