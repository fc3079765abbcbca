//! A native client with the options of a question.

use std::sync::Arc;

use ajo_auth::{AuthError, TokenProvider};
use ajo_core::{AuthSource, CallError, CallOptions, Client, ClientConfig, Credentials, Secret};

use crate::question::{CallQuestion, ClientOptions};
use crate::transport::{Script, ScriptedTokens, ScriptedTransport};

pub(crate) fn build(question: &CallQuestion) -> Result<(Client<ScriptedTransport>, Arc<Script>), CallError> {
    let options = &question.options;
    let auth = auth_source(options)?;
    let config = ClientConfig {
        auth: Some(auth),
        sandbox: Some(options.sandbox.clone()),
        base_url: options.base_url.clone(),
        ims_url: options.ims_url.clone(),
        options: with_headers(CallOptions::default(), &options.headers)?,
        ..ClientConfig::default()
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
