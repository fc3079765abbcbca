//! The token endpoint: `POST /ims/token/v3`.

use std::collections::BTreeMap;

use ajo_engine::untrusted_text::excerpt;
use ajo_engine::{Scopes, Timestamp};
use serde_json::json;

use crate::api::access_token;
use crate::api::ims_error::ImsRefusal;
use crate::api::response::{self, Answer};
use crate::api::unknown_fields;
use crate::state::settings::{Caller, Settings};
use crate::state::tokens::{Grant, Tokens};

/// The form of a token request. Everything that matters is in it; parameters in the query are not looked at.
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    pub(crate) fn read(body: &[u8]) -> Self {
        Self(serde_urlencoded::from_bytes(body).unwrap_or_default())
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The fields that nobody reads, as the journal writes them. `org_id` is for clients of several organizations.
    pub(crate) fn unread(&self) -> Vec<String> {
        let known = ["grant_type", "client_id", "client_secret", "scope", "org_id"];
        let unknown = self.0.keys().filter(|name| !known.contains(&name.as_str()));
        unknown.take(unknown_fields::MOST).map(|name| format!("/{}", excerpt(name, unknown_fields::MAX_NAME))).collect()
    }
}

/// Answers a token request.
pub(crate) fn grant(
    settings: &Settings,
    tokens: &mut Tokens,
    form: &Form,
    now: Timestamp,
    random: &mut fastrand::Rng,
) -> Answer {
    match judge(settings, form) {
        Err(refusal) => refusal.answer(),
        Ok((caller, scopes)) => {
            let lifetime = settings.token_lifetime;
            let expires_at = now.saturating_add(lifetime);
            let grant = Grant { client_id: caller.client_id.clone(), scopes, expires_at };
            let token = access_token::encode(&grant, now, lifetime, random);
            let body = json!({"access_token": token, "token_type": "bearer", "expires_in": lifetime.as_secs()});
            tokens.keep(token, grant, settings.limits.tokens);
            response::ok(&body)
        }
    }
}

fn judge<'s>(settings: &'s Settings, form: &Form) -> Result<(&'s Caller, Scopes), ImsRefusal> {
    if form.field("grant_type") != "client_credentials" {
        return Err(ImsRefusal::GRANT_TYPE);
    }
    let caller = settings.callers.iter().find(|caller| caller.client_id == form.field("client_id"));
    let caller = caller.ok_or(ImsRefusal::CLIENT_ID)?;
    if !caller.secrets.iter().any(|secret| secret.expose() == form.field("client_secret")) {
        return Err(ImsRefusal::CLIENT_SECRET);
    }
    let asked: Scopes = form.field("scope").parse().map_err(|_| ImsRefusal::SCOPE)?;
    let may = |scope: &str| caller.scopes.iter().any(|there| there == scope);
    if asked.iter().all(may) { Ok((caller, asked)) } else { Err(ImsRefusal::SCOPE) }
}
