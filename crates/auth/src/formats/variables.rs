//! Variables, from the environment or from lines `NAME=value`: this project's names, and those that Adobe's own command
//! writes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Candidate, form, secrets};
use crate::CredentialsError;

/// For each part, its names in the order in which they are looked for: ours, then those of Adobe's command.
pub(crate) const CLIENT_ID: [&str; 2] = ["AJO_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_ID"];
pub(crate) const CLIENT_SECRET: [&str; 2] = ["AJO_CLIENT_SECRET", "IMS_OAUTH_S2S_CLIENT_SECRET"];
pub(crate) const ORG_ID: [&str; 2] = ["AJO_ORG_ID", "IMS_OAUTH_S2S_ORG_ID"];
pub(crate) const SCOPES: [&str; 2] = ["AJO_SCOPES", "IMS_OAUTH_S2S_SCOPES"];

/// Whether the first line that says something is `NAME=value`.
pub(super) fn looks_like(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| assignment(line).is_some())
}

pub(super) fn read(text: &str) -> Result<Candidate, CredentialsError> {
    let values: BTreeMap<&str, &str> = text.lines().filter_map(|line| assignment(line.trim())).collect();
    let one = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| values.get(name)).filter(|value| !value.is_empty());
        found
            .map(|value| (*value).to_owned())
            .ok_or_else(|| form(format!("neither {} nor {} is set in it", names[0], names[1])))
    };
    Ok(Candidate {
        name: String::new(),
        client_id: one(CLIENT_ID)?,
        secrets: secrets(vec![one(CLIENT_SECRET)?]),
        org_id: one(ORG_ID)?,
        scopes: scopes_of(&one(SCOPES)?),
    })
}

/// `NAME=value`, with `export` before it or quotes around the value.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let value = value.trim();
    let unquoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    is_name.then_some((name, unquoted.unwrap_or(value)))
}

/// The scopes in a variable: with commas, or the JSON list that Adobe's command writes.
pub(crate) fn scopes_of(text: &str) -> Vec<String> {
    serde_json::from_str::<Value>(text)
        .ok()
        .and_then(|json| json.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect())
        .unwrap_or_else(|| vec![text.to_owned()])
}
