//! A native client with the options of a question.

use std::collections::BTreeMap;
use std::sync::Arc;

use ajo_auth::{AuthError, TokenProvider};
use ajo_core::{AuthSource, CallError, CallOptions, Client, ClientConfig, Credentials, Secret};

use crate::question::{CallQuestion, ClientOptions};
use crate::transport::{Script, ScriptedTokens, ScriptedTransport};

pub(crate) fn build(question: &CallQuestion) -> Result<(Client<ScriptedTransport>, Arc<Script>), CallError> {
    let options = &question.options;
    let config = match &options.variables {
        Some(variables) => env_config(variables)?,
        None => ClientConfig {
            auth: Some(auth_source(options)?),
            sandbox: Some(options.sandbox.clone()),
            base_url: options.base_url.clone(),
            ims_url: options.ims_url.clone(),
            options: with_headers(CallOptions::default(), &options.headers)?,
            ..ClientConfig::default()
        },
    };
    let config = config.validate()?;
    let script = Script::new(question);
    let tokens = || Arc::new(ScriptedTokens(script.clone()));
    let provider = match &config.auth {
        AuthSource::Credentials(credentials) => {
            TokenProvider::with_transport(credentials.clone(), &config.ims_url, tokens())
        }
        AuthSource::Token { token: Some(token), .. } => TokenProvider::from_static(token)?,
        AuthSource::Token { token: None, .. } => TokenProvider::from_callback(tokens()),
    };
    Ok((Client::new(config, ScriptedTransport(script.clone()), provider), script))
}

pub(crate) fn with_headers(mut options: CallOptions, headers: &[(String, String)]) -> Result<CallOptions, CallError> {
    for (name, value) in headers {
        options = options.header(name, value)?;
    }
    Ok(options)
}

/// Reads environment variables as the command `ajo` does. There are no files.
fn env_config(variables: &BTreeMap<String, String>) -> Result<ClientConfig, CallError> {
    let get =
        |name: &str| variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
    let or_adobe = |name: &str| get(&format!("AJO_{name}")).or_else(|| get(&format!("IMS_OAUTH_S2S_{name}")));
    let token = get("AJO_ACCESS_TOKEN");
    let auth = if let Some(token) = &token {
        let [client_id, org_id] = ["CLIENT_ID", "ORG_ID"].map(|name| or_adobe(name).unwrap_or_default());
        AuthSource::Token { token: Some(Secret::new(token)), client_id, org_id }
    } else {
        let credentials = Credentials::from_vars(variables.clone(), |_| Err::<String, _>("there are no files"));
        AuthSource::Credentials(credentials.map_err(AuthError::from)?)
    };
    Ok(ClientConfig {
        auth: Some(auth),
        sandbox: Some(get("AJO_SANDBOX").unwrap_or_default()),
        base_url: get("AJO_BASE_URL"),
        ims_url: get("AJO_IMS_URL").filter(|_| token.is_none()),
        ..ClientConfig::default()
    })
}

fn auth_source(options: &ClientOptions) -> Result<AuthSource, CallError> {
    if options.has_token_function || options.access_token.is_some() {
        let token = options.access_token.as_deref().filter(|_| !options.has_token_function).map(Secret::new);
        let (client_id, org_id) = (options.client_id.clone(), options.org_id.clone());
        return Ok(AuthSource::Token { token, client_id, org_id });
    }
    let secrets: Vec<Secret> = options.client_secrets.iter().map(Secret::new).collect();
    let credentials = match &options.credentials {
        Some(json) => Credentials::parse_json(json, options.credential_name.as_deref()),
        None => Credentials::with_secrets(&options.client_id, &secrets, &options.org_id, &options.scopes),
    };
    Ok(AuthSource::Credentials(credentials.map_err(AuthError::from)?))
}
