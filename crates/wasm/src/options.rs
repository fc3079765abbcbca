//! The options of a client and of a call.

use std::time::Duration;

use ajo_auth::{AuthError, Credentials, Secret};
use ajo_core::{CallOptions, Caller, Error, Wanted};
use serde::Deserialize;
use serde_json::Value;

/// The options of a client, as the shell passes them on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Options {
    client_id: Option<String>,
    #[serde(default)]
    client_secrets: Vec<String>,
    org_id: Option<String>,
    /// A text with commas, or a list.
    scopes: Option<Value>,
    sandbox: Option<String>,
    /// The parsed JSON of a file, or its text.
    credentials: Option<Value>,
    credential_name: Option<String>,
    /// A text, or `true` for a function that is asked.
    access_token: Option<Value>,
    base_url: Option<String>,
    ims_url: Option<String>,
    #[serde(default)]
    pub(crate) token_store: bool,
    timeout_ms: Option<f64>,
    max_attempts: Option<u32>,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

impl Options {
    /// What the client is built from.
    pub(crate) fn wanted(self) -> Result<Wanted, Error> {
        let options = call_options(self.timeout_ms, self.max_attempts, &self.headers)?;
        let caller = match (self.access_token, self.credentials) {
            (Some(token), _) => Caller::Token {
                token: token.as_str().map(Secret::new),
                client_id: self.client_id.unwrap_or_default(),
                org_id: self.org_id.unwrap_or_default(),
            },
            (None, Some(credentials)) => {
                let text = match credentials {
                    Value::String(text) => text,
                    json => json.to_string(),
                };
                let credentials = Credentials::from_text(&text, self.credential_name.as_deref());
                Caller::Credentials(credentials.map_err(AuthError::from)?)
            }
            (None, None) => {
                let secrets: Vec<Secret> = self.client_secrets.into_iter().map(Secret::new).collect();
                let credentials = Credentials::with_secrets(
                    &self.client_id.unwrap_or_default(),
                    &secrets,
                    &self.org_id.unwrap_or_default(),
                    &scopes(self.scopes),
                );
                Caller::Credentials(credentials.map_err(AuthError::from)?)
            }
        };
        Ok(Wanted {
            caller: Some(caller),
            sandbox: self.sandbox,
            base_url: self.base_url,
            ims_url: self.ims_url,
            options,
            ..Wanted::default()
        })
    }
}

fn scopes(given: Option<Value>) -> String {
    match given {
        Some(Value::String(scopes)) => scopes,
        Some(Value::Array(scopes)) => scopes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        _ => String::new(),
    }
}

/// What is different for some calls. The time limit is for a call with all its attempts.
pub(crate) fn call_options(
    timeout_ms: Option<f64>,
    max_attempts: Option<u32>,
    headers: &[(String, String)],
) -> Result<CallOptions, Error> {
    let mut options = CallOptions::default();
    if let Some(millis) = timeout_ms {
        options = options.deadline(Duration::try_from_secs_f64(millis / 1000.0).unwrap_or(Duration::MAX));
    }
    if let Some(attempts) = max_attempts {
        options = options.attempts(attempts);
    }
    for (name, value) in headers {
        options = options.header(name, value)?;
    }
    Ok(options)
}
