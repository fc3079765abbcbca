//! The token endpoint: `POST /ims/token/v3`.

use std::collections::BTreeMap;

use ajo_auth::{Scopes, Timestamp};
use http::StatusCode;
use serde_json::json;

use crate::answer::{self, Answer};
use crate::settings::{Caller, Settings};

/// A token that was granted.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) expires_at: Timestamp,
}

/// Answers a token request. Everything that matters is in the form; parameters in the query are not looked at.
pub(crate) fn grant(
    settings: &Settings,
    tokens: &mut BTreeMap<String, Grant>,
    form: &[u8],
    token: &str,
    now: Timestamp,
) -> Answer {
    let form: BTreeMap<String, String> = serde_urlencoded::from_bytes(form).unwrap_or_default();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let refuse = |error: &str, description: Option<&str>| answer::ims(StatusCode::BAD_REQUEST, error, description);

    if field("grant_type") != "client_credentials" {
        // Inferred: the code that RFC 6749 names for it.
        return refuse("unsupported_grant_type", None);
    }
    let Some(caller) = settings.callers.iter().find(|caller| caller.client_id == field("client_id")) else {
        return refuse("invalid_client", Some("invalid client_id parameter"));
    };
    if !caller.secrets.iter().any(|secret| secret.expose() == field("client_secret")) {
        return refuse("invalid_client", Some("invalid client_secret parameter"));
    }
    if !may_ask_for(caller, field("scope")) {
        return refuse("invalid_scope", None);
    }
    tokens.retain(|_, grant| grant.expires_at > now);
    let expires_at = now.saturating_add(settings.token_lifetime);
    tokens.insert(token.to_owned(), Grant { client_id: caller.client_id.clone(), expires_at });
    answer::ok(&json!({
        "access_token": token,
        "token_type": "bearer",
        "expires_in": settings.token_lifetime.as_secs(),
    }))
}

fn may_ask_for(caller: &Caller, scopes: &str) -> bool {
    scopes.parse::<Scopes>().is_ok_and(|asked| asked.iter().all(|scope| caller.scopes.iter().any(|may| may == scope)))
}
