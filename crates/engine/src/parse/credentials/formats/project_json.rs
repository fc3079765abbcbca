//! The JSON of a project or workspace, with any number of credentials.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::vec::Vec;

use super::parsed_credential::{
    JWT_END_MESSAGE, ParsedCredential, format_error, string_field, string_list_field, to_secrets,
};
use crate::CredentialsError;
use crate::json::JsonValue;

/// The supported types. The second type was migrated from JWT and still has a `jwt` block.
const INTEGRATION_TYPES: [&str; 2] = ["oauth_server_to_server", "oauth_server_to_server_migrate"];

pub(super) fn parse(project: &impl JsonValue) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let missing =
        |field: &str| format_error(format!("the field {field} is missing; download the project's JSON again"));
    let org_id = project
        .get("org")
        .and_then(|org| org.get_str("ims_org_id"))
        .ok_or_else(|| missing("project.org.ims_org_id"))?;
    let details = project.get("workspace").and_then(|workspace| workspace.get("details"));
    let credentials = details
        .and_then(|details| details.get("credentials")?.items())
        .ok_or_else(|| missing("project.workspace.details.credentials"))?;
    let (mut usable, mut jwt_only) = (Vec::new(), Vec::new());
    for (index, credential) in credentials.iter().enumerate() {
        if !credential.get_str("integration_type").is_some_and(|kind| INTEGRATION_TYPES.contains(&kind)) {
            if let (Some(jwt), Some(name)) = (credential.get("jwt"), credential.get_str("name")) {
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
        let path = format!("project.workspace.details.credentials[{index}].oauth_server_to_server");
        let own =
            credential.get("oauth_server_to_server").and_then(JsonValue::as_object).ok_or_else(|| missing(&path))?;
        let path = format!("{path}.");
        let client_id = string_field(own, &path, "client_id")?;
        usable.push(ParsedCredential {
            is_jwt: false,
            // A credential without a readable name is selected by its client id.
            name: credential.get_str("name").filter(|name| is_visible(name)).unwrap_or(&client_id).to_owned(),
            client_id,
            secrets: to_secrets(string_list_field(own, &path, "client_secrets")?),
            org_id: org_id.to_owned(),
            scopes: string_list_field(own, &path, "scopes")?,
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
