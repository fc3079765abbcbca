//! Who may call the emulator, and what it knows at the start.

use std::time::Duration;

use ajo_auth::{OrgId, Scopes, Secret};

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

/// What an emulator starts with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The credentials it accepts.
    pub callers: Vec<Caller>,
    /// The sandboxes of every organization.
    pub sandboxes: Vec<SandboxSettings>,
    /// How long a token lives. The service's usual 24 hours (86,399 s) by default.
    pub token_lifetime: Duration,
    /// From which identifiers and tokens are made: the same seed and the same calls give the same ones.
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
            seed: 0,
        }
    }
}
