//! Who may call the emulator, and what it knows at the start.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use ajo_engine::{OrgId, Scopes, Secret};
use serde::{Deserialize, Serialize};

use crate::state::quirks::Switches;

/// A credential that the emulator accepts.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The client id, which is also the API key.
    pub client_id: String,
    /// The client secrets; any of them is accepted.
    pub secrets: Vec<Secret>,
    /// The organization it belongs to.
    pub org_id: OrgId,
    /// The scopes it may ask for.
    pub scopes: Scopes,
}

/// A sandbox that every organization of the emulator has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxSettings {
    /// Its name.
    pub name: String,
    /// Whether it is for production; throttling can be configured on such a one only.
    pub production: bool,
}

/// How closely the gateway looks at who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMode {
    /// Not at all: no header is needed. A call without organization or sandbox goes to the first one.
    Off,
    /// The headers must be there; any API key and any token will do.
    Lenient,
    /// As the service does.
    #[default]
    Strict,
}

impl AuthMode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::Lenient, Self::Strict];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Lenient => "lenient",
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
        named.ok_or_else(|| "expected off, lenient or strict".to_owned())
    }
}

/// How much of everything there can be, so that no client can fill the memory. All chosen here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest body taken, in bytes; a definition is below 1 KB.
    pub body: usize,
    /// Capping configurations of one sandbox. More are answered 507.
    pub configs: usize,
    /// Saved and deployed definitions of one organization together, in bytes of JSON. More are answered 507.
    pub config_bytes: usize,
    /// Calls that the journal of one organization keeps.
    pub journal: usize,
    /// Tokens that are valid at a time; the one that ends first makes room.
    pub tokens: usize,
    /// Connections at a time. One more is answered 503 and closed.
    pub connections: usize,
    /// How long the server waits for the first byte of the next request, from there for the whole request, and for the client
    /// to take some of an answer. Then the connection is closed.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1024 * 1024,
            configs: 20_000,
            config_bytes: 128 * 1024 * 1024,
            journal: 1_000,
            tokens: 10_000,
            // Below the 1,024 files that a process may usually have open.
            connections: 512,
            patience: Duration::from_secs(60),
        }
    }
}

/// What an emulator starts with.
///
/// ```
/// use ajo_emulator::{AuthMode, Caller, Limits, MAX_METHODS, SandboxSettings, Settings, World};
///
/// let settings = Settings {
///     callers: vec![Caller::new("my-client", "s3cr3t", "A1B2@AdobeOrg", "openid,AdobeID")],
///     sandboxes: vec![SandboxSettings { name: "stage".to_owned(), production: false }],
///     auth: AuthMode::Lenient,
///     limits: Limits { configs: 10, ..Limits::default() },
///     ..Settings::default()
/// };
/// assert_eq!(settings.auth.as_str(), "lenient");
/// let mut world = World::new(settings);
/// let mut post = |path: &str, body: String| {
///     let request = http::Request::post(format!("/journey/orchestration/{path}"))
///         .header("authorization", "Bearer any")
///         .header("x-api-key", "any")
///         .header("x-gw-ims-org-id", "A1B2@AdobeOrg")
///         .header("x-sandbox-name", "stage")
///         .body(body.into())?;
///     Ok::<_, http::Error>(world.handle(&request, ajo_engine::Timestamp::from_millis(0)).status())
/// };
/// assert_eq!(post("list/endpointConfigs", "{}".to_owned())?, 200);
///
/// // There is no end to what a test can send, but to what the emulator takes.
/// let methods = vec!["GET"; MAX_METHODS + 1];
/// let definition = serde_json::json!({"url": "https://a.example/*", "methods": methods, "services": {}});
/// assert_eq!(post("endpointConfigs", definition.to_string())?, 413);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// The credentials it accepts. Each organization among them is a world of its own.
    pub callers: Vec<Caller>,
    /// The sandboxes of every organization.
    pub sandboxes: Vec<SandboxSettings>,
    /// How long a token lives. The service's usual 24 hours (86,399 s) by default.
    pub token_lifetime: Duration,
    /// The scopes that a token must have been granted for. None by default: which ones the service wants is not published.
    pub required_scopes: Vec<String>,
    /// How closely the gateway looks at who calls.
    pub auth: AuthMode,
    /// Which side it takes where documents contradict each other.
    pub switches: Switches,
    /// How much of everything there can be.
    pub limits: Limits,
    /// Whether the page has switches for faults and the clock.
    pub page_controls: bool,
    /// Whether requests and answers are compared with the specifications: what differs is written down, and each answer of the
    /// two APIs says in `x-emulator-contract` how much it is. Has no effect without the feature `contract`.
    pub contract: bool,
    /// From which identifiers, tokens and chance are made: the same seed and the same calls give the same ones.
    pub seed: u64,
}

impl Caller {
    /// A credential with one secret.
    ///
    /// # Panics
    ///
    /// When the organization id or the scopes are malformed: they are written in a test's source.
    pub fn new(client_id: &str, secret: &str, org_id: &str, scopes: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            secrets: vec![Secret::new(secret)],
            org_id: org_id.parse().expect("an organization id such as A1B2@AdobeOrg"),
            scopes: scopes.parse().expect("scopes such as openid,AdobeID"),
        }
    }
}

impl Default for Settings {
    /// One credential, and the sandboxes `prod` (for production) and `dev`.
    fn default() -> Self {
        let sandbox = |name: &str, production| SandboxSettings { name: name.to_owned(), production };
        Self {
            callers: vec![Caller::new(
                "emulator-client",
                "emulator-secret",
                "E0E0E0E0E0E0E0E0E0E0E0E0@AdobeOrg",
                "openid,AdobeID,read_organizations,additional_info.projectedProductContext",
            )],
            sandboxes: vec![sandbox("prod", true), sandbox("dev", false)],
            token_lifetime: Duration::from_secs(86_399),
            required_scopes: Vec::new(),
            auth: AuthMode::Strict,
            switches: Switches::default(),
            limits: Limits::default(),
            page_controls: false,
            contract: false,
            seed: 0,
        }
    }
}
