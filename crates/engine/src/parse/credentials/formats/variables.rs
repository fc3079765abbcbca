//! Variables, from the environment or from lines `NAME=value`: this project's names, and those that Adobe's own command
//! writes.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use super::aio_contexts;
use super::dotenv::Lines;
use super::parsed_credential::{ParsedCredential, form, list_of, secrets};
use crate::CredentialsError;

/// For each part, its names in the order in which they are looked for: ours, then those of Adobe's command.
pub(crate) const CLIENT_ID: [&str; 2] = ["AJO_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_ID"];
pub(crate) const CLIENT_SECRET: [&str; 2] = ["AJO_CLIENT_SECRET", "IMS_OAUTH_S2S_CLIENT_SECRET"];
pub(crate) const ORG_ID: [&str; 2] = ["AJO_ORG_ID", "IMS_OAUTH_S2S_ORG_ID"];
pub(crate) const SCOPES: [&str; 2] = ["AJO_SCOPES", "IMS_OAUTH_S2S_SCOPES"];

/// The credential of these names, which has no name of its own and so comes first, and those of the older family.
pub(super) fn read(text: &str) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let values: BTreeMap<&str, String> =
        Lines::of(text).collect::<Result<_, _>>().map_err(|error| form(error.to_string()))?;
    let mut candidates = aio_contexts::read(values.iter().map(|(name, value)| (*name, value.as_str())))?;
    let any = [CLIENT_ID, CLIENT_SECRET, ORG_ID, SCOPES].iter().flatten().any(|name| values.contains_key(*name));
    if any || candidates.is_empty() {
        candidates.insert(0, unnamed(&values)?);
    }
    Ok(candidates)
}

fn unnamed(values: &BTreeMap<&str, String>) -> Result<ParsedCredential, CredentialsError> {
    let one = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| values.get(name)).filter(|value| !value.is_empty());
        found.cloned().ok_or_else(|| form(format!("neither {} nor {} is set in it", names[0], names[1])))
    };
    Ok(ParsedCredential {
        is_jwt: false,
        name: String::new(),
        client_id: one(CLIENT_ID)?,
        secrets: secrets(vec![one(CLIENT_SECRET)?]),
        org_id: one(ORG_ID)?,
        scopes: list_of(&one(SCOPES)?),
    })
}
