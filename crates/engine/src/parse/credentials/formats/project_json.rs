//! The JSON of a project or workspace, with any number of credentials.

use alloc::borrow::ToOwned as _;
use alloc::vec::Vec;

use super::credential_field::CredentialField;
use super::parsed_credential::{FormatError, JWT_END_MESSAGE, ParsedCredential, missing_field_error, read_values};
use crate::Secret;
use crate::json::JsonValue;
use crate::text::{concat, decimal, is_white_space};

/// The path of the list.
const CREDENTIALS: &str = "project.workspace.details.credentials";

/// The supported types. The second type was migrated from JWT and still has a `jwt` block.
const INTEGRATION_TYPES: [&str; 2] = ["oauth_server_to_server", "oauth_server_to_server_migrate"];

pub(super) fn parse(project: &impl JsonValue, usable: &mut Vec<ParsedCredential>) -> Result<(), FormatError> {
    let missing = |field: &str| concat(&["the field ", field, " is missing; download the project's JSON again"]);
    let org_id = project.get("org").and_then(|org| org.get_str("ims_org_id"));
    let org_id = org_id.ok_or_else(|| missing("project.org.ims_org_id"))?;
    let details = project.get("workspace").and_then(|workspace| workspace.get("details"));
    let credentials = details.and_then(|details| details.get("credentials")?.items());
    let credentials = credentials.ok_or_else(|| missing(CREDENTIALS))?;
    let mut jwt_only = Vec::new();
    for (index, json) in (0..).zip(credentials) {
        let name = json.get_str("name");
        let mut credential = ParsedCredential::default();
        credential.values[2].push(Secret::new(org_id));
        let kind = json.get_str("integration_type").unwrap_or_default();
        if !INTEGRATION_TYPES.contains(&kind) {
            if let (Some(jwt), Some(name)) = (json.get("jwt"), name) {
                credential.is_jwt = true;
                name.clone_into(&mut credential.name);
                credential.values[0].push(Secret::new(jwt.get_str("client_id").unwrap_or_default()));
                jwt_only.push(credential);
            }
            continue;
        }
        let path = concat(&[CREDENTIALS, "[", &decimal(index), "].oauth_server_to_server"]);
        let own = json.get("oauth_server_to_server").filter(|own| own.as_object().is_some());
        let own = own.ok_or_else(|| missing(&path))?;
        let find = |field: &CredentialField| own.get(&field.label.to_ascii_lowercase());
        let label = |field: &CredentialField| concat(&["the field ", &path, ".", &field.label.to_ascii_lowercase()]);
        read_values(&mut credential, &find, &label, &|field| missing_field_error(&label(field)))?;
        // A credential without a readable name is selected by its client id.
        let name = name.filter(|name| is_visible(name)).unwrap_or(credential.client_id()).to_owned();
        credential.name = name;
        usable.push(credential);
    }
    if usable.is_empty() {
        let has_jwt = credentials.iter().any(|credential| credential.get("jwt").is_some());
        let no_credential =
            "the project has no OAuth server-to-server credential; add one in Adobe's Developer Console";
        return Err(if has_jwt { JWT_END_MESSAGE } else { no_credential }.into());
    }
    usable.append(&mut jwt_only);
    Ok(())
}

fn is_visible(name: &str) -> bool {
    name.chars().any(|c| !is_white_space(c) && !c.is_control())
}
