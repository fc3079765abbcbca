//! The settings of an emulator: clients, sandboxes, limits and modes.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use ajo_engine::{Credentials, OrgId, Scopes, Secret};
use serde::{Deserialize, Serialize};

use crate::state::quirks::QuirkSettings;

/// An accepted credential.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    /// Also the API key.
    pub client_id: String,
    /// Any of these is accepted.
    pub secrets: Vec<Secret>,
    pub org_id: OrgId,
    /// The scopes the client may request.
    pub scopes: Scopes,
    /// Whether Sandbox Management lists the sandboxes for this client; otherwise the list is empty.
    pub is_in_sandboxes: bool,
    /// Whether the client has the permission View Sandboxes.
    pub can_view_sandboxes: bool,
}

/// A sandbox of every emulated organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxSettings {
    pub name: String,
    /// Throttling can only be configured in production sandboxes.
    pub production: bool,
}

/// How strictly the gateway authenticates calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMode {
    /// No header is needed. A call without organization or sandbox goes to the first one.
    Off,
    /// The headers must be present; any API key and any token are accepted.
    Lenient,
    /// The token endpoint accepts any client id, secret and scopes, and the gateway any organization. Calls need a token that the
    /// emulator has issued to the same client id.
    Any,
    /// Like the real service.
    #[default]
    Strict,
}

impl AuthMode {
    /// All modes.
    pub const ALL: [Self; 4] = [Self::Off, Self::Lenient, Self::Any, Self::Strict];

    /// The name on the command line and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Lenient => "lenient",
            Self::Any => "any",
            Self::Strict => "strict",
        }
    }
}

impl fmt::Display for AuthMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for AuthMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        named.ok_or_else(|| "expected off, lenient, any or strict".to_owned())
    }
}

/// Resource limits, so that no client can exhaust the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceLimits {
    /// Maximum body length in bytes; a definition is below 1 KB.
    pub body_bytes: usize,
    /// Maximum number of capping configurations in a sandbox; a create beyond it gets 507.
    pub configs: usize,
    /// Maximum size of all saved and deployed definitions of an organization, in bytes of JSON; calls beyond it get 507.
    pub config_bytes: usize,
    /// Length of an organization's request log.
    pub logged_calls: usize,
    /// Maximum number of valid tokens; the one that expires first is dropped.
    pub tokens: usize,
    /// Maximum number of concurrent connections; one more gets 503 and is closed.
    pub connections: usize,
    /// Maximum wait for the first byte of a request, for the rest of the request, and for the client to read some of the
    /// response. Then the connection is closed.
    pub idle_timeout: Duration,
}

impl Default for ResourceLimits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            configs: 20_000,
            config_bytes: 32 * 1024 * 1024,
            logged_calls: 1_000,
            tokens: 10_000,
            // Below 1,024, the usual limit of open files per process.
            connections: 512,
            idle_timeout: Duration::from_secs(60),
        }
    }
}

/// The initial settings of an emulator.
///
/// ```
/// use ajo_emulator::{AuthMode, RegisteredClient, ResourceLimits, MAX_METHODS, SandboxSettings, EmulatorSettings, EmulatorState};
///
/// let settings = EmulatorSettings {
///     clients: vec![RegisteredClient::new("my-client", "s3cr3t", "A1B2@AdobeOrg", "openid,AdobeID")],
///     sandboxes: vec![SandboxSettings { name: "stage".to_owned(), production: false }],
///     auth: AuthMode::Lenient,
///     limits: ResourceLimits { configs: 10, ..ResourceLimits::default() },
///     ..EmulatorSettings::default()
/// };
/// assert_eq!(settings.auth.as_str(), "lenient");
/// let mut state = EmulatorState::new(settings);
/// let mut post = |path: &str, body: String| {
///     let request = http::Request::post(format!("/journey/orchestration/{path}"))
///         .header("authorization", "Bearer any")
///         .header("x-api-key", "any")
///         .header("x-gw-ims-org-id", "A1B2@AdobeOrg")
///         .header("x-sandbox-name", "stage")
///         .body(body.into())?;
///     Ok::<_, http::Error>(state.handle(&request, ajo_engine::Timestamp::from_millis(0)).status())
/// };
/// assert_eq!(post("list/endpointConfigs", "{}".to_owned())?, 200);
///
/// // The emulator limits the size of requests.
/// let methods = vec!["GET"; MAX_METHODS + 1];
/// let definition = serde_json::json!({"url": "https://a.example/*", "methods": methods, "services": {}});
/// assert_eq!(post("endpointConfigs", definition.to_string())?, 413);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EmulatorSettings {
    /// The accepted credentials. Each organization has its own state.
    pub clients: Vec<RegisteredClient>,
    /// The sandboxes of every organization.
    pub sandboxes: Vec<SandboxSettings>,
    /// Lifetime of tokens. Default: the documented 24 hours (86,399 s).
    pub token_lifetime: Duration,
    /// Scopes that every token needs. Default: none, because the real requirement is not published.
    pub required_scopes: Vec<String>,
    pub auth: AuthMode,
    /// Host names, besides `localhost` and loopback addresses, that may be in the headers `Host` and `Origin`: a proxy's, or a
    /// container's. Other requests are rejected, because web pages can send them. Only the server and the control API check it.
    pub allowed_hosts: Vec<String>,
    pub quirks: QuirkSettings,
    pub limits: ResourceLimits,
    /// Whether the web UI has controls for faults and the clock.
    pub ui_controls: bool,
    /// Contract mode: compare calls with the specifications, store the differences, and put their number into the response
    /// header `x-emulator-contract`. Has no effect without the feature `contract`.
    pub contract: bool,
    /// Seed for identifiers, tokens and random faults: the same seed and calls give the same results.
    pub seed: u64,
}

impl EmulatorSettings {
    /// The registered client with this id.
    pub(crate) fn client(&self, client_id: &str) -> Option<&RegisteredClient> {
        self.clients.iter().find(|client| client.client_id == client_id)
    }
}

impl RegisteredClient {
    /// Creates a credential with one secret, for all sandboxes.
    ///
    /// # Panics
    ///
    /// Panics if the organization id or the scopes are malformed.
    pub fn new(client_id: &str, secret: &str, org_id: &str, scopes: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            secrets: vec![Secret::new(secret)],
            org_id: org_id.parse().expect("an organization id such as A1B2@AdobeOrg"),
            scopes: scopes.parse().expect("scopes such as openid,AdobeID"),
            is_in_sandboxes: true,
            can_view_sandboxes: true,
        }
    }
}

impl Default for EmulatorSettings {
    /// One credential, and the sandboxes `prod` (for production) and `dev`.
    fn default() -> Self {
        let credentials = Credentials::for_emulator();
        let client = RegisteredClient {
            client_id: credentials.client_id().to_string(),
            secrets: credentials.secrets().to_vec(),
            org_id: credentials.org_id().clone(),
            scopes: credentials.scopes().clone(),
            is_in_sandboxes: true,
            can_view_sandboxes: true,
        };
        let sandbox = |name: &str, production| SandboxSettings { name: name.to_owned(), production };
        Self {
            clients: vec![client],
            sandboxes: vec![sandbox("prod", true), sandbox("dev", false)],
            token_lifetime: Duration::from_secs(86_399),
            required_scopes: Vec::new(),
            auth: AuthMode::Strict,
            allowed_hosts: Vec::new(),
            quirks: QuirkSettings::default(),
            limits: ResourceLimits::default(),
            ui_controls: false,
            contract: false,
            seed: 0,
        }
    }
}
