//! The token endpoint: `POST /ims/token/v3` and `POST /ims/token/v2`.

use ajo_engine::{Scopes, Timestamp};
use http::StatusCode;
use serde_json::json;

use crate::api::access_token;
use crate::api::response::{self, ByteResponse};
use crate::api::token_endpoint_error::TokenEndpointError;
use crate::api::token_form::TokenForm;
use crate::state::settings::{AuthMode, EmulatorSettings};
use crate::state::tokens::{IssuedTokens, TokenGrant};

pub(crate) fn issue_token(
    settings: &EmulatorSettings,
    tokens: &mut IssuedTokens,
    form: &TokenForm,
    now: Timestamp,
    random: &mut fastrand::Rng,
) -> ByteResponse {
    if let Some(media_type) = form.unsupported_type() {
        return reject_media_type(media_type);
    }
    match authenticate(settings, form) {
        Err(error) => error.to_response(),
        Ok((client_id, scopes)) => {
            let lifetime = settings.token_lifetime;
            let expires_at = now.saturating_add(lifetime);
            let grant = TokenGrant { client_id: client_id.to_owned(), scopes, expires_at };
            let token = access_token::encode(&grant, now, lifetime, random);
            let body = json!({"access_token": token, "token_type": "bearer", "expires_in": lifetime.as_secs()});
            tokens.insert(token, grant, settings.limits.tokens);
            response::ok(&body)
        }
    }
}

/// The client id and the granted scopes.
fn authenticate<'f>(settings: &EmulatorSettings, form: &'f TokenForm) -> Result<(&'f str, Scopes), TokenEndpointError> {
    if form.field("grant_type") != "client_credentials" {
        return Err(TokenEndpointError::GRANT_TYPE);
    }
    let (client_id, secret) = (form.field("client_id"), form.field("client_secret"));
    let requested = form.field("scope").parse::<Scopes>();
    // With `off`, nothing needs a token, and a client that requests one anyway gets it.
    if settings.auth == AuthMode::Off {
        let anyone = if client_id.is_empty() { "anonymous" } else { client_id };
        return Ok((anyone, requested.or_else(|_| "openid".parse()).map_err(|_| TokenEndpointError::SCOPE)?));
    }
    if settings.auth == AuthMode::Any {
        if client_id.is_empty() {
            return Err(TokenEndpointError::CLIENT_ID);
        }
        if secret.is_empty() {
            return Err(TokenEndpointError::CLIENT_SECRET);
        }
        return requested.map(|scopes| (client_id, scopes)).map_err(|_| TokenEndpointError::SCOPE);
    }
    let client = settings.client(client_id);
    let client = client.ok_or(TokenEndpointError::CLIENT_ID)?;
    if !client.secrets.iter().any(|known| known.expose() == secret) {
        return Err(TokenEndpointError::CLIENT_SECRET);
    }
    let requested = requested.map_err(|_| TokenEndpointError::SCOPE)?;
    let is_allowed = |scope: &str| client.scopes.iter().any(|allowed| allowed == scope);
    if requested.iter().all(is_allowed) { Ok((client_id, requested)) } else { Err(TokenEndpointError::SCOPE) }
}

/// Inferred: the endpoint's own response to other media types is unknown.
fn reject_media_type(media_type: &str) -> ByteResponse {
    let description = format!(
        "the emulator's token endpoint reads application/x-www-form-urlencoded and multipart/form-data, not {media_type}"
    );
    response::token_endpoint_error(StatusCode::BAD_REQUEST, "invalid_request", Some(&description))
}
