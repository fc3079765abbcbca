//! Parses the options of clients.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use ajo_engine::json::{JsonValue, MAX_DEPTH, Value, parse};
use ajo_engine::{
    AllowedOrigins, BaseUrl, ClientId, Credentials, CredentialsError, ErrorKind, OrgId, SandboxName, Secret, StoreLocks,
};

use crate::error_json;

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
    /// Parses the options. The JS wrapper has checked their names and types. The error is JSON.
    pub(crate) fn from_json(text: &str) -> Result<Self, String> {
        match parse(text.as_bytes(), MAX_DEPTH) {
            Ok(options) if options.as_object().is_some() => {
                Self::from_value(&options).map_err(|error| error_json::without_call(&error.into()))
            }
            _ => Err(error_json::invalid("it is not a JSON object")),
        }
    }

    fn from_value(options: &Value<'_>) -> Result<Self, ErrorKind> {
        let config = |message: &str| ErrorKind::Config(message.to_owned());
        let flag = |name| JsonValue::get(options, name).and_then(JsonValue::as_bool).unwrap_or_default();
        let source = token_source(options).map_err(|error| ErrorKind::Auth(error.into()))?;
        let sandbox = match options.get_str("sandbox") {
            Some(name) => Some(name.parse::<SandboxName>().map_err(|error| ErrorKind::Config(error.message()))?),
            None => None,
        };
        let base_url = BaseUrl::parse_service(options.get_str("baseUrl")).map_err(ErrorKind::Config)?;
        let ims_url = BaseUrl::parse_token_endpoint(options.get_str("imsUrl")).map_err(ErrorKind::Config)?;
        let hosts: Vec<&str> = strings(options, "allowedHosts").collect();
        let origins = AllowedOrigins::new(&base_url, &hosts)
            .map_err(|error| ErrorKind::Config(["allowedHosts: ", &error.message()].concat()))?;
        let (client_id, org_id) = match &source {
            TokenSource::Credentials(credentials) => (credentials.client_id().clone(), credentials.org_id().clone()),
            _ => (
                text(options, "clientId")
                    .parse()
                    .map_err(|error: ajo_engine::ClientIdError| config(error.message()))?,
                text(options, "orgId").parse().map_err(|error: ajo_engine::OrgIdError| config(error.message()))?,
            ),
        };
        let store_locks = if flag("storeLocks") { StoreLocks::Expiring } else { StoreLocks::None };
        let has_store = flag("tokenStore");
        Ok(Self { source, client_id, org_id, sandbox, base_url, ims_url, origins, has_store, store_locks })
    }
}

/// A string; empty if absent.
fn text<'v>(options: &'v Value<'_>, name: &str) -> &'v str {
    options.get_str(name).unwrap_or_default()
}

/// Parses the authentication: an access token, the contents of a credential file, or separate values.
fn token_source(options: &Value<'_>) -> Result<TokenSource, CredentialsError> {
    let name = options.get_str("credentialName");
    // A string, or `true` if a function provides tokens.
    match JsonValue::get(options, "accessToken") {
        Some(Value::String(token)) => return Ok(TokenSource::Static(Secret::new(&**token))),
        Some(Value::Bool(true)) => return Ok(TokenSource::Callback),
        _ => {}
    }
    // The environment variables that are set; `credentials` is then the content of the credential file that they name.
    let variables = JsonValue::get(options, "variables");
    let variable = |name: &str| variables?.get_str(name).map(str::to_owned);
    let credentials = match (options.get_str("credentials"), variables) {
        (Some(text), None) => Credentials::parse_json(text, name),
        (Some(text), Some(_)) => {
            let credentials = Credentials::parse_json(text, name);
            credentials.map_err(|error| error.in_file("AJO_CREDENTIALS"))?.with_overrides(variable)
        }
        (None, Some(_)) => Credentials::from_values(variable),
        (None, None) => {
            let secrets: Vec<Secret> = strings(options, "clientSecrets").map(Secret::new).collect();
            let scopes = match options.get_str("scopes") {
                Some(scopes) => scopes.to_owned(),
                None => strings(options, "scopes").fold(String::new(), |all, scope| all + scope + ","),
            };
            Credentials::with_secrets(text(options, "clientId"), &secrets, text(options, "orgId"), &scopes)
        }
    };
    credentials.map(TokenSource::Credentials)
}

/// The strings of a list; none if it is absent.
fn strings<'v>(options: &'v Value<'_>, name: &str) -> impl Iterator<Item = &'v str> {
    let items = JsonValue::get(options, name).and_then(JsonValue::items).unwrap_or_default();
    items.iter().filter_map(JsonValue::as_str)
}
