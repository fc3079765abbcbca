//! Parses the options of clients.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use ajo_engine::json::{JsonValue as _, Value};
use ajo_engine::{
    AllowedOrigins, BaseUrl, ClientId, Credentials, CredentialsError, ErrorKind, OrgId, SandboxName, Secret, StoreLocks,
};

use crate::error_json;
use crate::json_reader::JsonReader;

/// The options of a client, as the JS wrapper passes them.
pub(crate) struct ClientOptions {
    pub(crate) source: TokenSource,
    pub(crate) client_id: ClientId,
    pub(crate) org_id: OrgId,
    pub(crate) sandbox: Option<SandboxName>,
    pub(crate) base_url: BaseUrl,
    pub(crate) ims_url: BaseUrl,
    pub(crate) origins: AllowedOrigins,
    pub(crate) has_store: bool,
    pub(crate) store_locks: StoreLocks,
}

/// Where the tokens come from.
pub(crate) enum TokenSource {
    Credentials(Credentials),
    Static(Secret),
    /// A function in JavaScript.
    Callback,
}

impl ClientOptions {
    /// Parses the options. The error is JSON.
    pub(crate) fn from_json(text: &str) -> Result<Self, String> {
        let invalid = |message: String| error_json::invalid(&message);
        let mut reader = JsonReader::parse(text).map_err(invalid)?;
        let [client_id, org_id] = ["clientId", "orgId"].map(|name| reader.string(name).unwrap_or_default());
        let [sandbox, base_url, ims_url] = ["sandbox", "baseUrl", "imsUrl"].map(|name| reader.string(name));
        let [has_store, has_locks] = ["tokenStore", "storeLocks"].map(|name| reader.flag(name));
        let hosts = reader.strings("allowedHosts");
        let source = token_source(&mut reader, &client_id, &org_id);
        reader.finish().map_err(invalid)?;
        let config = |message: String| error_json::without_call(&ErrorKind::Config(message).into());
        let credentials_error =
            |error: CredentialsError| error_json::without_call(&ErrorKind::Auth(error.into()).into());
        let source = source.map_err(credentials_error)?;
        let sandbox = sandbox.map(|name| name.parse::<SandboxName>()).transpose();
        let sandbox = sandbox.map_err(|error| config(error.to_string()))?;
        let base_url = BaseUrl::parse_service(base_url.as_deref()).map_err(config)?;
        let ims_url = BaseUrl::parse_token_endpoint(ims_url.as_deref()).map_err(config)?;
        let origins = AllowedOrigins::new(&base_url, &hosts)
            .map_err(|error| config(["allowedHosts: ", &error.to_string()].concat()))?;
        let (client_id, org_id) = match &source {
            TokenSource::Credentials(credentials) => (credentials.client_id().clone(), credentials.org_id().clone()),
            _ => (
                client_id.parse().map_err(|error: ajo_engine::ClientIdError| config(error.to_string()))?,
                org_id.parse().map_err(|error: ajo_engine::OrgIdError| config(error.to_string()))?,
            ),
        };
        let store_locks = if has_locks { StoreLocks::Expiring } else { StoreLocks::None };
        Ok(Self { source, client_id, org_id, sandbox, base_url, ims_url, origins, has_store, store_locks })
    }
}

/// Parses the authentication: an access token, the contents of a credential file, or separate values.
fn token_source(reader: &mut JsonReader<'_>, client_id: &str, org_id: &str) -> Result<TokenSource, CredentialsError> {
    let secrets: Vec<Secret> = reader.strings("clientSecrets").into_iter().map(Secret::new).collect();
    let scopes = scopes(reader.take_value("scopes"));
    // A string, or `true` if a function provides tokens.
    let token = reader.take_value("accessToken");
    // The text of a credential file.
    let credentials = reader.string("credentials");
    let name = reader.string("credentialName");
    // The environment variables that are set; `credentials` is then the content of the credential file that they name.
    let variables = reader.take_value("variables");
    let variable = |name: &str| variables.as_ref()?.get_str(name).map(str::to_owned);
    if let Some(token) = token {
        let text = token.as_str();
        return Ok(text.map_or(TokenSource::Callback, |text| TokenSource::Static(Secret::new(text))));
    }
    let is_env = variables.is_some();
    Ok(TokenSource::Credentials(match credentials {
        Some(text) if is_env => {
            let credentials = Credentials::parse_json(&text, name.as_deref());
            credentials.map_err(|error| error.in_file("AJO_CREDENTIALS"))?.with_overrides(variable)?
        }
        Some(text) => Credentials::parse_json(&text, name.as_deref())?,
        None if is_env => Credentials::from_values(variable)?,
        None => Credentials::with_secrets(client_id, &secrets, org_id, &scopes)?,
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
