//! The options of a client and of a call.

use std::time::Duration;

use ajo_auth::{AuthError, Credentials, CredentialsError, Secret};
use ajo_core::{CallOptions, Caller, Error, Wanted};
use ajo_engine::json::{Json as _, Value};

use crate::failure;
use crate::json_reader::Fields;

/// The options of a client, as the shell passes them on.
pub(crate) struct Options {
    pub(crate) wanted: Wanted,
    pub(crate) token_store: bool,
}

impl Options {
    /// Reads them, or says as JSON what is wrong with them.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let invalid = |problem: String| failure::invalid(&problem);
        let mut fields = Fields::read(text).map_err(invalid)?;
        let options = call_options(&mut fields);
        let caller = caller(&mut fields);
        let (sandbox, base_url, ims_url) = (fields.text("sandbox"), fields.text("baseUrl"), fields.text("imsUrl"));
        let token_store = fields.flag("tokenStore");
        fields.end().map_err(invalid)?;
        let failed = |error: Error| failure::of(&error);
        let options = options.map_err(failed)?;
        let caller = caller.map_err(|error| failed(AuthError::from(error).into()))?;
        let wanted = Wanted { caller: Some(caller), sandbox, base_url, ims_url, options, ..Wanted::default() };
        Ok(Self { wanted, token_store })
    }
}

/// Who calls: by a token, by the credentials of a file, or by the single values.
fn caller(fields: &mut Fields<'_>) -> Result<Caller, CredentialsError> {
    let client_id = fields.text("clientId").unwrap_or_default();
    let org_id = fields.text("orgId").unwrap_or_default();
    let secrets: Vec<Secret> = fields.texts("clientSecrets").into_iter().map(Secret::new).collect();
    let scopes = scopes(fields.json("scopes"));
    // A text, or `true` for a function that is asked.
    let token = fields.json("accessToken");
    // The parsed JSON of a file, or its text.
    let credentials = fields.json("credentials");
    let name = fields.text("credentialName");
    if let Some(token) = token {
        return Ok(Caller::Token { token: token.as_str().map(Secret::new), client_id, org_id });
    }
    Ok(Caller::Credentials(match credentials {
        Some(Value::String(text)) => Credentials::from_json_text(&text, name.as_deref())?,
        Some(json) => Credentials::from_json(&json, name.as_deref())?,
        None => Credentials::with_secrets(&client_id, &secrets, &org_id, &scopes)?,
    }))
}

fn scopes(given: Option<Value<'_>>) -> String {
    match given {
        Some(Value::String(scopes)) => scopes.into_owned(),
        Some(Value::Array(scopes)) => {
            scopes.iter().filter_map(|scope| scope.as_str()).fold(String::new(), |all, scope| all + scope + ",")
        }
        _ => String::new(),
    }
}

/// What is different for some calls. The time limit is for a call with all its attempts.
pub(crate) fn call_options(fields: &mut Fields<'_>) -> Result<CallOptions, Error> {
    let mut options = CallOptions::default();
    if let Some(millis) = fields.number("timeoutMs") {
        options = options.deadline(Duration::from_millis(millis));
    }
    if let Some(attempts) = fields.count("maxAttempts") {
        options = options.attempts(attempts);
    }
    for (name, value) in fields.pairs("headers") {
        options = options.header(&name, &value)?;
    }
    Ok(options)
}
