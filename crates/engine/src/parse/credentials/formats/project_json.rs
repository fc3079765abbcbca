//! The JSON of a project or workspace, with any number of credentials.

use alloc::borrow::ToOwned as _;
use alloc::vec::Vec;

use super::parsed_credential::{
    JWT_END_MESSAGE, ParsedCredential, format_error, missing_field_error, string, strings, to_secrets,
};
use crate::CredentialsError;
use crate::json::JsonValue;
use crate::text::{concat, decimal};

/// The path of the list.
const CREDENTIALS: &str = "project.workspace.details.credentials";

/// The supported types. The second type was migrated from JWT and still has a `jwt` block.
const INTEGRATION_TYPES: [&str; 2] = ["oauth_server_to_server", "oauth_server_to_server_migrate"];

pub(super) fn parse(project: &impl JsonValue) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let missing =
        |field: &str| format_error(concat(&["the field ", field, " is missing; download the project's JSON again"]));
    let org_id = project.get("org").and_then(|org| org.get_str("ims_org_id"));
    let org_id = org_id.ok_or_else(|| missing("project.org.ims_org_id"))?;
    let details = project.get("workspace").and_then(|workspace| workspace.get("details"));
    let credentials = details.and_then(|details| details.get("credentials")?.items());
    let credentials = credentials.ok_or_else(|| missing(CREDENTIALS))?;
    let (mut usable, mut jwt_only) = (Vec::new(), Vec::new());
    for (index, credential) in (0..).zip(credentials) {
        let name = credential.get_str("name");
        let kind = credential.get_str("integration_type").unwrap_or_default();
        if !INTEGRATION_TYPES.contains(&kind) {
            if let (Some(jwt), Some(name)) = (credential.get("jwt"), name) {
                jwt_only.push(ParsedCredential {
                    is_jwt: true,
                    name: name.to_owned(),
                    client_id: jwt.get_str("client_id").unwrap_or_default().to_owned(),
                    secrets: Vec::new(),
                    org_id: org_id.to_owned(),
                    scopes: Vec::new(),
                });
            }
            continue;
        }
        let path = concat(&[CREDENTIALS, "[", &decimal(index), "].oauth_server_to_server"]);
        let own = credential.get("oauth_server_to_server").filter(|own| own.as_object().is_some());
        let own = own.ok_or_else(|| missing(&path))?;
        let label = |name: &str| concat(&["the field ", &path, ".", name]);
        let value = |name: &str| own.get(name).ok_or_else(|| missing_field_error(&label(name)));
        let client_id = string(value("client_id")?, &label("client_id"))?;
        usable.push(ParsedCredential {
            is_jwt: false,
            // A credential without a readable name is selected by its client id.
            name: name.filter(|name| is_visible(name)).unwrap_or(&client_id).to_owned(),
            client_id,
            secrets: to_secrets(strings(value("client_secrets")?, &label("client_secrets"))?),
            org_id: org_id.to_owned(),
            scopes: strings(value("scopes")?, &label("scopes"))?,
        });
    }
    if usable.is_empty() {
        let jwt = credentials.iter().any(|credential| credential.get("jwt").is_some());
        return Err(format_error(if jwt {
            JWT_END_MESSAGE
        } else {
            "the project has no OAuth server-to-server credential; add one in Adobe's Developer Console"
        }));
    }
    usable.append(&mut jwt_only);
    Ok(usable)
}

fn is_visible(name: &str) -> bool {
    name.chars().any(|c| !c.is_whitespace() && !c.is_control())
}
