//! `ajo auth status`.

use serde_json::json;

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};
use crate::session::{
    AuthContext, CallerIdentity, ProfileStore, credential_file_warning, token_cache_warning, variable,
};
use crate::time::format_rfc3339;

pub(super) async fn run(settings: &GlobalSettings) -> Result<(), CommandError> {
    let caller = AuthContext::resolve(settings).await?;
    let response = caller.token_provider()?.token().await?;
    let (client_id, org_id) = (caller.identity.client_id().to_owned(), caller.identity.org_id().to_string());
    let (scopes, expires) = match &caller.identity {
        CallerIdentity::Credentials(credentials) => {
            (Some(credentials.scopes().to_string()), Some(response.token.expires_at()))
        }
        // Only the service knows whether a static access token is still valid.
        CallerIdentity::AccessToken { .. } => (None, None),
    };
    let secret = secret_location(&caller);
    let sandbox = caller.sandbox(settings).ok();
    let store = caller.token_store();
    let cache_warning = store.as_ref().and_then(token_cache_warning);
    let warnings: Vec<String> = credential_file_warning(settings).into_iter().chain(cache_warning).collect();
    let store = store.map(|store| store.directory().display().to_string());
    let profiles: Vec<String> = ProfileStore::open()
        .map(|profiles| profiles.names())
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect();
    if settings.output == OutputFormat::Json {
        return output::print_data(SafeText::json(&format!(
            "{:#}",
            json!({
                "credentials": caller.source, "profile": caller.profile.as_ref().map(|profile| profile.name.to_string()),
                "secret": secret, "tokenEndpoint": caller.ims_url.as_str(), "clientId": client_id, "orgId": org_id,
                "scopes": scopes, "sandbox": sandbox, "expiresAt": expires.map(format_rfc3339), "tokenCache": store,
                "profiles": profiles, "warnings": warnings,
            })
        )));
    }
    let token = expires.map_or_else(
        || "from AJO_ACCESS_TOKEN; expiry unknown".to_owned(),
        |expiry| format!("valid until {}", format_rfc3339(expiry)),
    );
    let lines = [
        ("credentials", Some(caller.source.clone())),
        ("client id", Some(client_id)),
        ("secret", secret),
        ("organization", Some(org_id)),
        ("scopes", scopes),
        ("sandbox", sandbox),
        ("token endpoint", Some(caller.ims_url.to_string())),
        ("token", Some(token)),
        ("token cache", Some(store.unwrap_or_else(|| "off; runs do not share tokens".to_owned()))),
        ("profiles", Some(profiles.join(", ")).filter(|names| !names.is_empty())),
    ];
    let lines = lines.into_iter().filter_map(|(name, value)| Some(safe!("{:<15} {}", name, value?)));
    output::print_data(SafeText::join_lines(lines))?;
    for warning in warnings {
        output::print_note(safe!("warning: {}", warning));
    }
    Ok(())
}

/// Where the client secret is stored, if the caller uses a profile.
fn secret_location(caller: &AuthContext) -> Option<String> {
    match (&caller.identity, &caller.profile) {
        (CallerIdentity::Credentials(_), Some(_)) if variable("AJO_CLIENT_SECRET").is_some() => {
            Some("in AJO_CLIENT_SECRET".to_owned())
        }
        (CallerIdentity::Credentials(_), Some(profile)) => Some(profile.secrets.to_string()),
        _ => None,
    }
}
