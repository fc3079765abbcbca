//! Parses the options of clients and calls.

use std::time::Duration;

use ajo_auth::{AuthError, Credentials, CredentialsError, Secret};
use ajo_core::{AuthSource, CallError, CallOptions, ClientConfig};
use ajo_engine::json::{JsonValue as _, Value};

use crate::error_json;
use crate::json_reader::JsonReader;

/// The options of a client, as the JS wrapper passes them.
pub(crate) struct ClientOptions {
    pub(crate) config: ClientConfig,
    pub(crate) has_token_store: bool,
}

impl ClientOptions {
    /// Parses the options. The error is JSON.
    pub(crate) fn from_json(text: &str) -> Result<Self, String> {
        let invalid = |message: String| error_json::invalid(&message);
        let mut reader = JsonReader::parse(text).map_err(invalid)?;
        let options = call_options(&mut reader);
        let auth = auth_source(&mut reader);
        let (sandbox, base_url, ims_url) =
            (reader.string("sandbox"), reader.string("baseUrl"), reader.string("imsUrl"));
        let has_token_store = reader.flag("tokenStore");
        reader.finish().map_err(invalid)?;
        let to_json = |error: CallError| error_json::from_error(&error);
        let options = options.map_err(to_json)?;
        let auth = auth.map_err(|error| to_json(AuthError::from(error).into()))?;
        let config = ClientConfig { auth: Some(auth), sandbox, base_url, ims_url, options, ..ClientConfig::default() };
        Ok(Self { config, has_token_store })
    }
}

/// Parses the authentication: an access token, the contents of a credential file, or separate values.
fn auth_source(reader: &mut JsonReader<'_>) -> Result<AuthSource, CredentialsError> {
    let client_id = reader.string("clientId").unwrap_or_default();
    let org_id = reader.string("orgId").unwrap_or_default();
    let secrets: Vec<Secret> = reader.strings("clientSecrets").into_iter().map(Secret::new).collect();
    let scopes = scopes(reader.take_value("scopes"));
    // A string, or `true` if a function provides tokens.
    let token = reader.take_value("accessToken");
    // The JSON of a credential file, parsed or as a string.
    let credentials = reader.take_value("credentials");
    let name = reader.string("credentialName");
    if let Some(token) = token {
        return Ok(AuthSource::Token { token: token.as_str().map(Secret::new), client_id, org_id });
    }
    Ok(AuthSource::Credentials(match credentials {
        Some(Value::String(text)) => Credentials::parse_json(&text, name.as_deref())?,
        Some(json) => Credentials::from_json(&json, name.as_deref())?,
        None => Credentials::with_secrets(&client_id, &secrets, &org_id, &scopes)?,
    }))
}

fn scopes(value: Option<Value<'_>>) -> String {
    match value {
        Some(Value::String(scopes)) => scopes.into_owned(),
        Some(Value::Array(scopes)) => {
            scopes.iter().filter_map(|scope| scope.as_str()).fold(String::new(), |all, scope| all + scope + ",")
        }
        _ => String::new(),
    }
}

/// Parses call options. `timeoutMs` limits the whole call including retries.
pub(crate) fn call_options(reader: &mut JsonReader<'_>) -> Result<CallOptions, CallError> {
    let mut options = CallOptions::default();
    if let Some(millis) = reader.number("timeoutMs") {
        options = options.deadline(Duration::from_millis(millis));
    }
    if let Some(attempts) = reader.integer("maxAttempts") {
        options = options.attempts(attempts);
    }
    for (name, value) in reader.string_pairs("headers") {
        options = options.header(&name, &value)?;
    }
    Ok(options)
}
