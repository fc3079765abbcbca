//! `ajo auth status`.

use ajo_engine::TokenClaims;
use serde_json::{Value, json};

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};
use crate::session::{
    AuthContext, CallerIdentity, ProfileStore, SettingSource, credential_file_warning, join_sources,
    token_cache_warning,
};
use crate::time::format_rfc3339;

pub(super) async fn run(settings: &GlobalSettings) -> Result<(), CommandError> {
    let caller = AuthContext::resolve(settings).await?;
    let claims = match &caller.identity {
        CallerIdentity::AccessToken { token, .. } => TokenClaims::parse(token),
        CallerIdentity::Credentials(_) => None,
    };
    if let Some(claims) = &claims {
        caller.check_token_expiry(claims)?;
    }
    let response = caller.token_provider()?.token().await?;
    let (client_id, org_id) = (caller.identity.client_id().to_owned(), caller.identity.org_id().to_string());
    let (scopes, expires) = match &caller.identity {
        CallerIdentity::Credentials(credentials) => {
            (Some(credentials.scopes().to_string()), Some(response.token.expires_at()))
        }
        // Only the service knows whether a static access token was revoked.
        CallerIdentity::AccessToken { .. } => {
            (claims.as_ref().and_then(|claims| claims.scopes.clone()), claims.and_then(|claims| claims.expires_at))
        }
    };
    let secret = secret_location(&caller);
    let service = caller.base_url(settings)?;
    let sandbox = caller.sandbox(settings).ok();
    let store = caller.token_store()?;
    let cache_warning = store.as_ref().and_then(token_cache_warning);
    let warnings: Vec<String> = credential_file_warning(settings)?.into_iter().chain(cache_warning).collect();
    let store = store.map(|store| store.directory().display().to_string());
    let profiles: Vec<String> = ProfileStore::open()
        .map(|profiles| profiles.names())
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect();
    if settings.output == OutputFormat::Json {
        return output::print_json(&format!(
            "{:#}",
            json!({
                "credentials": join_sources(&caller.origin), "profile": caller.profile.as_ref().map(|profile| profile.name.to_string()),
                "secret": secret, "serviceUrl": service.as_str(), "tokenEndpoint": caller.ims_url.as_str(), "clientId": client_id, "orgId": org_id,
                "scopes": scopes, "sandbox": sandbox, "expiresAt": expires.map(format_rfc3339), "tokenCache": store,
                "profiles": profiles, "sources": sources_json(&caller), "warnings": warnings,
            })
        ));
    }
    let from = caller.sources.access_token.as_ref().map(|source| format!("from {source}; ")).unwrap_or_default();
    let token = match expires {
        Some(expiry) => format!("{from}valid until {}", format_rfc3339(expiry)),
        None => format!("{from}expiry unknown"),
    };
    let sources = &caller.sources;
    let lines = [
        ("credentials", Some(join_sources(&caller.origin))),
        ("client id", Some(with_source(&caller, client_id, &sources.client_id))),
        ("secret", secret),
        ("organization", Some(with_source(&caller, org_id, &sources.org_id))),
        ("scopes", scopes.map(|scopes| with_source(&caller, scopes, &sources.scopes))),
        ("sandbox", sandbox),
        ("service", Some(service.to_string())),
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

/// Adds the source of a value, unless it is the source of the credentials.
fn with_source(caller: &AuthContext, value: String, source: &SettingSource) -> String {
    if caller.origin.contains(source) { value } else { format!("{value} (from {source})") }
}

fn sources_json(caller: &AuthContext) -> Value {
    let sources = &caller.sources;
    match &sources.access_token {
        Some(token) => json!({
            "accessToken": token.to_string(), "clientId": sources.client_id.to_string(),
            "orgId": sources.org_id.to_string(),
        }),
        None => json!({
            "clientId": sources.client_id.to_string(), "clientSecret": sources.client_secret.to_string(),
            "orgId": sources.org_id.to_string(), "scopes": sources.scopes.to_string(),
        }),
    }
}

/// Where the client secret is stored, if the caller uses a profile.
fn secret_location(caller: &AuthContext) -> Option<String> {
    match (&caller.identity, &caller.profile, &caller.sources.client_secret) {
        (CallerIdentity::Credentials(_), Some(_), SettingSource::Variable(name)) => Some(format!("in {name}")),
        (CallerIdentity::Credentials(_), Some(profile), _) => Some(profile.secrets.to_string()),
        _ => None,
    }
}
