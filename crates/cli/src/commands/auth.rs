//! `ajo auth`.

use std::process::ExitCode;

use ajo_auth::AccessToken;
use serde_json::json;

use crate::arguments::{Auth, Output, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::session::{Caller, Identity};
use crate::time::rfc3339;

pub(crate) async fn run(settings: &Settings, command: Auth) -> Result<ExitCode, Failure> {
    let caller = Caller::find(settings).await?;
    let granted = caller.tokens()?.token().await?;
    match command {
        Auth::Token => output::data(granted.token.value().expose())?,
        Auth::Status => status(settings.output, &caller, &granted.token)?,
    }
    Ok(Exit::Success.into())
}

fn status(format: Output, caller: &Caller, token: &AccessToken) -> Result<(), Failure> {
    let (client_id, org_id, scopes, expires) = match &caller.identity {
        Identity::Credentials(credentials) => (
            credentials.client_id().to_string(),
            credentials.org_id().to_string(),
            Some(credentials.scopes().to_string()),
            Some(token.expires_at()),
        ),
        // Whether a ready-made token is still good only the service can tell.
        Identity::Token { client_id, org_id, .. } => (client_id.clone(), org_id.to_string(), None, None),
    };
    if format == Output::Json {
        return output::data(&format!(
            "{:#}",
            json!({
                "credentials": caller.found, "tokenHost": caller.ims_url.as_str(), "clientId": client_id, "orgId": org_id,
                "scopes": scopes, "expiresAt": expires.map(rfc3339),
            })
        ));
    }
    let token = expires.map_or_else(
        || "given ready-made; its end is not known".to_owned(),
        |end| format!("granted, good until {}", rfc3339(end)),
    );
    let mut lines = vec![
        ("credentials", caller.found.clone()),
        ("client id", client_id),
        ("organization", org_id),
        ("token host", caller.ims_url.to_string()),
        ("token", token),
    ];
    if let Some(scopes) = scopes {
        lines.insert(3, ("scopes", scopes));
    }
    let lines: Vec<String> = lines.into_iter().map(|(name, value)| format!("{name:<13} {value}")).collect();
    output::data(&lines.join("\n"))
}
