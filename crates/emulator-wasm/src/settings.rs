//! How an emulator is to be, as JavaScript says it.

use std::time::Duration;

use ajo_emulator::{Caller, Limits, SandboxSettings, Settings};
use ajo_engine::Secret;
use serde::Deserialize;

/// Everything is optional; what is not there is as in [`Settings::default`].
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Wanted {
    callers: Option<Vec<WantedCaller>>,
    sandboxes: Option<Vec<WantedSandbox>>,
    /// Whole seconds.
    token_lifetime_seconds: Option<u32>,
    required_scopes: Vec<String>,
    /// `off`, `lenient` or `strict`.
    auth: Option<String>,
    limits: WantedLimits,
    /// A whole number; JavaScript has them up to 2⁵³.
    seed: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WantedCaller {
    client_id: String,
    client_secrets: Vec<String>,
    org_id: String,
    scopes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedSandbox {
    name: String,
    production: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WantedLimits {
    configs: Option<u32>,
    journal: Option<u32>,
    tokens: Option<u32>,
}

impl Wanted {
    /// The settings, or what is wrong with them, in a sentence.
    pub(crate) fn read(json: &str) -> Result<Settings, String> {
        let wanted: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let usual = Settings::default();
        let callers = match wanted.callers {
            None => usual.callers,
            Some(callers) if callers.is_empty() => return Err("there is no caller".to_owned()),
            Some(callers) => callers.into_iter().map(WantedCaller::read).collect::<Result<_, _>>()?,
        };
        let sandboxes = match wanted.sandboxes {
            None => usual.sandboxes,
            Some(sandboxes) if sandboxes.is_empty() => return Err("there is no sandbox".to_owned()),
            Some(sandboxes) => sandboxes
                .into_iter()
                .map(|WantedSandbox { name, production }| SandboxSettings { name, production })
                .collect(),
        };
        let lifetime = wanted.token_lifetime_seconds.map(|seconds| Duration::from_secs(seconds.into()));
        let WantedLimits { configs, journal, tokens } = wanted.limits;
        let most = |limit: Option<u32>, usual: usize| limit.and_then(|it| it.try_into().ok()).unwrap_or(usual);
        Ok(Settings {
            callers,
            sandboxes,
            token_lifetime: lifetime.unwrap_or(usual.token_lifetime),
            required_scopes: wanted.required_scopes,
            auth: wanted.auth.map_or(Ok(usual.auth), |mode| mode.parse().map_err(|error| format!("auth: {error}")))?,
            limits: Limits {
                configs: most(configs, usual.limits.configs),
                journal: most(journal, usual.limits.journal),
                tokens: most(tokens, usual.limits.tokens),
                ..usual.limits
            },
            seed: wanted.seed,
            ..Settings::default()
        })
    }
}

impl WantedCaller {
    /// Checked here and not with [`Caller::new`], which panics.
    fn read(self) -> Result<Caller, String> {
        let Self { client_id, client_secrets, org_id, scopes } = self;
        if client_secrets.is_empty() {
            return Err(format!("the client {client_id} has no secret"));
        }
        Ok(Caller {
            org_id: org_id.parse().map_err(|error| format!("the organization of {client_id}: {error}"))?,
            scopes: scopes.parse().map_err(|error| format!("the scopes of {client_id}: {error}"))?,
            secrets: client_secrets.into_iter().map(Secret::from).collect(),
            client_id,
        })
    }
}
