//! The options of an emulator, as JSON from JavaScript.

use std::time::Duration;

use ajo_emulator::{EmulatorSettings, RegisteredClient, ResourceLimits, SandboxSettings};
use ajo_engine::Secret;
use serde::Deserialize;

/// All fields are optional; see the defaults in [`EmulatorSettings::default`].
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct EmulatorOptions {
    clients: Option<Vec<RegisteredClientOptions>>,
    sandboxes: Option<Vec<SandboxOptions>>,
    token_lifetime_seconds: Option<u32>,
    required_scopes: Vec<String>,
    /// `off`, `lenient`, `any` or `strict`.
    auth: Option<String>,
    limits: LimitOptions,
    /// An integer up to 2⁵³, the limit in JavaScript.
    seed: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RegisteredClientOptions {
    client_id: String,
    client_secrets: Vec<String>,
    org_id: String,
    scopes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SandboxOptions {
    name: String,
    production: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct LimitOptions {
    configs: Option<u32>,
    logged_calls: Option<u32>,
    tokens: Option<u32>,
}

impl EmulatorOptions {
    /// Parses the settings; the error is one sentence.
    pub(crate) fn parse_settings(json: &str) -> Result<EmulatorSettings, String> {
        let options: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let defaults = EmulatorSettings::default();
        let clients = match options.clients {
            None => defaults.clients,
            Some(clients) if clients.is_empty() => return Err("clients must not be empty".to_owned()),
            Some(clients) => clients.into_iter().map(RegisteredClientOptions::into_client).collect::<Result<_, _>>()?,
        };
        let sandboxes = match options.sandboxes {
            None => defaults.sandboxes,
            Some(sandboxes) if sandboxes.is_empty() => return Err("sandboxes must not be empty".to_owned()),
            Some(sandboxes) => sandboxes
                .into_iter()
                .map(|SandboxOptions { name, production }| SandboxSettings { name, production })
                .collect(),
        };
        let lifetime = options.token_lifetime_seconds.map(|seconds| Duration::from_secs(seconds.into()));
        let LimitOptions { configs, logged_calls, tokens } = options.limits;
        let max = |limit: Option<u32>, defaults: usize| limit.and_then(|it| it.try_into().ok()).unwrap_or(defaults);
        Ok(EmulatorSettings {
            clients,
            sandboxes,
            token_lifetime: lifetime.unwrap_or(defaults.token_lifetime),
            required_scopes: options.required_scopes,
            auth: options
                .auth
                .map_or(Ok(defaults.auth), |mode| mode.parse().map_err(|error| format!("auth: {error}")))?,
            limits: ResourceLimits {
                configs: max(configs, defaults.limits.configs),
                logged_calls: max(logged_calls, defaults.limits.logged_calls),
                tokens: max(tokens, defaults.limits.tokens),
                ..defaults.limits
            },
            seed: options.seed,
            ..EmulatorSettings::default()
        })
    }
}

impl RegisteredClientOptions {
    /// Returns an error, unlike [`RegisteredClient::new`], which panics.
    fn into_client(self) -> Result<RegisteredClient, String> {
        let Self { client_id, client_secrets, org_id, scopes } = self;
        if client_secrets.is_empty() {
            return Err(format!("the client {client_id} has no secret"));
        }
        Ok(RegisteredClient {
            org_id: org_id.parse().map_err(|error| format!("invalid organization of {client_id}: {error}"))?,
            scopes: scopes.parse().map_err(|error| format!("invalid scopes of {client_id}: {error}"))?,
            secrets: client_secrets.into_iter().map(Secret::from).collect(),
            client_id,
            is_in_sandboxes: true,
            can_view_sandboxes: true,
        })
    }
}
