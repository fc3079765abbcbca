//! The token endpoint: `POST /ims/token/v3`.

use std::collections::BTreeMap;

use ajo_engine::untrusted_text::excerpt;
use ajo_engine::{Scopes, Timestamp};
use serde_json::json;

use crate::api::access_token;
use crate::api::response::{self, ByteResponse};
use crate::api::token_endpoint_error::TokenEndpointError;
use crate::api::unknown_fields;
use crate::state::settings::{EmulatorSettings, RegisteredClient};
use crate::state::tokens::{IssuedTokens, TokenGrant};

/// The form in a token request. Query parameters are ignored.
pub(crate) struct TokenForm(BTreeMap<String, String>);

impl TokenForm {
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(serde_urlencoded::from_bytes(body).unwrap_or_default())
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Unknown fields, for the request log. `org_id` is for clients of several organizations.
    pub(crate) fn unknown_fields(&self) -> Vec<String> {
        let known = ["grant_type", "client_id", "client_secret", "scope", "org_id"];
        let unknown = self.0.keys().filter(|name| !known.contains(&name.as_str()));
        unknown
            .take(unknown_fields::MAX_FIELDS)
            .map(|name| format!("/{}", excerpt(name, unknown_fields::MAX_NAME)))
            .collect()
    }
}

pub(crate) fn issue_token(
    settings: &EmulatorSettings,
    tokens: &mut IssuedTokens,
    form: &TokenForm,
    now: Timestamp,
    random: &mut fastrand::Rng,
) -> ByteResponse {
    match authenticate(settings, form) {
        Err(error) => error.to_response(),
        Ok((client, scopes)) => {
            let lifetime = settings.token_lifetime;
            let expires_at = now.saturating_add(lifetime);
            let grant = TokenGrant { client_id: client.client_id.clone(), scopes, expires_at };
            let token = access_token::encode(&grant, now, lifetime, random);
            let body = json!({"access_token": token, "token_type": "bearer", "expires_in": lifetime.as_secs()});
            tokens.insert(token, grant, settings.limits.tokens);
            response::ok(&body)
        }
    }
}

fn authenticate<'s>(
    settings: &'s EmulatorSettings,
    form: &TokenForm,
) -> Result<(&'s RegisteredClient, Scopes), TokenEndpointError> {
    if form.field("grant_type") != "client_credentials" {
        return Err(TokenEndpointError::GRANT_TYPE);
    }
    let client = settings.clients.iter().find(|client| client.client_id == form.field("client_id"));
    let client = client.ok_or(TokenEndpointError::CLIENT_ID)?;
    if !client.secrets.iter().any(|secret| secret.expose() == form.field("client_secret")) {
        return Err(TokenEndpointError::CLIENT_SECRET);
    }
    let requested: Scopes = form.field("scope").parse().map_err(|_| TokenEndpointError::SCOPE)?;
    let is_allowed = |scope: &str| client.scopes.iter().any(|allowed| allowed == scope);
    if requested.iter().all(is_allowed) { Ok((client, requested)) } else { Err(TokenEndpointError::SCOPE) }
}
