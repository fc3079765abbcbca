//! The JSON of a whole project or workspace, with any number of credentials.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::vec::Vec;

use super::parsed_credential::{JWT_ENDED, ParsedCredential, form, secrets, text, texts};
use crate::CredentialsError;
use crate::json::Json;

/// The kinds that can be used. The second was a JWT credential and has a `jwt` block beside its own.
const KINDS: [&str; 2] = ["oauth_server_to_server", "oauth_server_to_server_migrate"];

pub(super) fn read(project: &impl Json) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let missing = |what: &str| form(format!("{what} is missing; download the project's JSON again"));
    let org_id =
        project.get("org").and_then(|org| org.str_at("ims_org_id")).ok_or_else(|| missing("project.org.ims_org_id"))?;
    let details = project.get("workspace").and_then(|workspace| workspace.get("details"));
    let credentials = details
        .and_then(|details| details.get("credentials")?.items())
        .ok_or_else(|| missing("project.workspace.details.credentials"))?;
    let (mut candidates, mut left_over) = (Vec::new(), Vec::new());
    for (index, credential) in credentials.iter().enumerate() {
        if !credential.str_at("integration_type").is_some_and(|kind| KINDS.contains(&kind)) {
            if let (Some(jwt), Some(name)) = (credential.get("jwt"), credential.str_at("name")) {
                left_over.push(ParsedCredential {
                    is_jwt: true,
                    name: name.to_owned(),
                    client_id: jwt.str_at("client_id").unwrap_or_default().to_owned(),
                    secrets: Vec::new(),
                    org_id: org_id.to_owned(),
                    scopes: Vec::new(),
                });
            }
            continue;
        }
        let place = format!("project.workspace.details.credentials[{index}].oauth_server_to_server");
        let own = credential.get("oauth_server_to_server").and_then(Json::as_object).ok_or_else(|| missing(&place))?;
        let place = format!("{place}.");
        let client_id = text(own, &place, "client_id")?;
        candidates.push(ParsedCredential {
            is_jwt: false,
            // One without a name, or with one that nobody can read, is chosen by its client id.
            name: credential.str_at("name").filter(|name| is_visible(name)).unwrap_or(&client_id).to_owned(),
            client_id,
            secrets: secrets(texts(own, &place, "client_secrets")?),
            org_id: org_id.to_owned(),
            scopes: texts(own, &place, "scopes")?,
        });
    }
    if candidates.is_empty() {
        let jwt = credentials.iter().any(|credential| credential.get("jwt").is_some());
        return Err(form(if jwt {
            JWT_ENDED
        } else {
            "the project has no OAuth server-to-server credential; add one in Adobe's Developer Console"
        }));
    }
    candidates.append(&mut left_over);
    Ok(candidates)
}

fn is_visible(name: &str) -> bool {
    name.chars().any(|c| !c.is_whitespace() && !c.is_control())
}
