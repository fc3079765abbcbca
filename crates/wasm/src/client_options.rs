//! Parses the options of clients, which the JS wrapper passes as JSON after it has checked their names and types.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use ajo_engine::json::{JsonValue, Value};
use ajo_engine::{
    AllowedOrigins, BaseUrl, ClientIdError, ClientTokenState, Credentials, CredentialsError, ErrorKind, OAuthOptions,
    OrgIdError, SHORT_LEASE_DURATION, SandboxName, Secret, StoreLocks, TOKEN_PATH,
};

use crate::error_json;
use crate::json_writer::JsonWriter;

/// What the options of a client determine.
pub(crate) struct ParsedOptions {
    pub(crate) tokens: ClientTokenState,
    /// The origins to which `auth.fetch` may send the token.
    pub(crate) origins: AllowedOrigins,
    /// JSON without the client's number.
    pub(crate) description: JsonWriter,
}

/// Parses the options. The error is JSON.
pub(crate) fn parse_options(options: &Value<'_>) -> Result<ParsedOptions, String> {
    // The native client checks the options in the same order. An access token is a string, or `true` if a function provides it.
    let token = JsonValue::get(options, "accessToken").filter(|token| !token.is_null());
    let credentials = if token.is_some() { None } else { Some(credentials(options).map_err(credentials_error)?) };
    let sandbox = options.get_str("sandbox");
    if let Some(name) = sandbox {
        name.parse::<SandboxName>().map_err(|error| config_error(error.message()))?;
    }
    let base_url = BaseUrl::parse_service(options.get_str("baseUrl")).map_err(config_error)?;
    let ims_url = BaseUrl::parse_token_endpoint(options.get_str("imsUrl")).map_err(config_error)?;
    let hosts: Vec<&str> = strings(options, "allowedHosts").collect();
    let origins = AllowedOrigins::new(&base_url, &hosts)
        .map_err(|error| config_error(["allowedHosts: ", &error.message()].concat()))?;
    let description = JsonWriter::new()
        .string("baseUrl", base_url.as_str())
        .string("origin", &base_url.origin())
        .optional_string("sandbox", sandbox);
    if let Some(credentials) = credentials {
        let token_url = [ims_url.as_str(), TOKEN_PATH].concat();
        let description = description
            .string("clientId", credentials.client_id().as_str())
            .string("orgId", credentials.org_id().as_str())
            .string("tokenUrl", &token_url)
            .string("source", "credentials");
        let flag = |name| JsonValue::get(options, name).and_then(JsonValue::as_bool).unwrap_or_default();
        let store_locks = if flag("storeLocks") { StoreLocks::Expiring } else { StoreLocks::None };
        let has_store = flag("tokenStore");
        let oauth = OAuthOptions { has_store, store_locks, lease_duration: SHORT_LEASE_DURATION };
        let tokens = ClientTokenState::with_credentials(credentials, ims_url, oauth);
        return Ok(ParsedOptions { tokens, origins, description });
    }
    let invalid_client = |error: ClientIdError| config_error(error.message().to_owned());
    let invalid_org = |error: OrgIdError| config_error(error.message().to_owned());
    let client_id: ajo_engine::ClientId = text(options, "clientId").parse().map_err(invalid_client)?;
    let org_id: ajo_engine::OrgId = text(options, "orgId").parse().map_err(invalid_org)?;
    let (tokens, source) = match token.and_then(|token| token.as_str()) {
        Some(token) => {
            let tokens = ClientTokenState::from_static(&Secret::new(token));
            (tokens.map_err(|_| error_json::invalid_access_token())?, "static")
        }
        None => (ClientTokenState::from_callback(), "callback"),
    };
    let description = description.string("clientId", client_id.as_str()).string("orgId", org_id.as_str());
    Ok(ParsedOptions { tokens, origins, description: description.string("source", source) })
}

fn credentials_error(error: CredentialsError) -> String {
    error_json::without_call(&ErrorKind::Auth(error.into()).into())
}

fn config_error(message: String) -> String {
    error_json::without_call(&ErrorKind::Config(message).into())
}

/// A string; empty if absent.
fn text<'v>(options: &'v Value<'_>, name: &str) -> &'v str {
    options.get_str(name).unwrap_or_default()
}

/// The text of a credential file, environment variables, or separate values.
fn credentials(options: &Value<'_>) -> Result<Credentials, CredentialsError> {
    let name = options.get_str("credentialName");
    // The environment variables that are set; `credentials` is then the content of the credential file that they name.
    let variables = JsonValue::get(options, "variables");
    let variable = |name: &str| variables?.get_str(name).map(str::to_owned);
    match (options.get_str("credentials"), variables) {
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
    }
}

/// The strings of a list; none if it is absent.
fn strings<'v>(options: &'v Value<'_>, name: &str) -> impl Iterator<Item = &'v str> {
    let items = JsonValue::get(options, name).and_then(JsonValue::items).unwrap_or_default();
    items.iter().filter_map(JsonValue::as_str)
}
