//! `ajo auth status`.

use serde_json::json;

use crate::arguments::Settings;
use crate::failure::Failure;
use crate::output;
use crate::report::Format;
use crate::session::{Caller, Identity, Profiles, variable};
use crate::time::rfc3339;

pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let caller = Caller::find(settings).await?;
    let granted = caller.tokens()?.token().await?;
    let (client_id, org_id) = (caller.identity.client_id().to_owned(), caller.identity.org_id().to_string());
    let (scopes, expires) = match &caller.identity {
        Identity::Credentials(credentials) => {
            (Some(credentials.scopes().to_string()), Some(granted.token.expires_at()))
        }
        // Whether a ready-made token is still good only the service can tell.
        Identity::Token { .. } => (None, None),
    };
    let secret = secret_of(&caller);
    let sandbox = caller.sandbox(settings).ok();
    let store = caller.token_store().map(|store| store.directory().display().to_string());
    let profiles: Vec<String> =
        Profiles::find().map(|profiles| profiles.names()).unwrap_or_default().iter().map(ToString::to_string).collect();
    if settings.output == Format::Json {
        return output::data(&format!(
            "{:#}",
            json!({
                "credentials": caller.found, "profile": caller.profile.as_ref().map(|profile| profile.name.to_string()),
                "secret": secret, "tokenHost": caller.ims_url.as_str(), "clientId": client_id, "orgId": org_id,
                "scopes": scopes, "sandbox": sandbox, "expiresAt": expires.map(rfc3339), "tokenCache": store,
                "profiles": profiles,
            })
        ));
    }
    let token = expires.map_or_else(
        || "given ready-made; its end is not known".to_owned(),
        |end| format!("granted, good until {}", rfc3339(end)),
    );
    let lines = [
        ("credentials", Some(caller.found.clone())),
        ("client id", Some(client_id)),
        ("secret", secret),
        ("organization", Some(org_id)),
        ("scopes", scopes),
        ("sandbox", sandbox),
        ("token host", Some(caller.ims_url.to_string())),
        ("token", Some(token)),
        ("token cache", Some(store.unwrap_or_else(|| "none; the token is not shared between runs".to_owned()))),
        ("profiles", Some(profiles.join(", ")).filter(|names| !names.is_empty())),
    ];
    let lines: Vec<String> =
        lines.into_iter().filter_map(|(name, value)| Some(format!("{name:<13} {}", value?))).collect();
    output::data(&lines.join("\n"))
}

/// Where the client secret lies of a caller that has a profile.
fn secret_of(caller: &Caller) -> Option<String> {
    match (&caller.identity, &caller.profile) {
        (Identity::Credentials(_), Some(_)) if variable("AJO_CLIENT_SECRET").is_some() => {
            Some("in AJO_CLIENT_SECRET".to_owned())
        }
        (Identity::Credentials(_), Some(profile)) => Some(profile.secrets.to_string()),
        _ => None,
    }
}
