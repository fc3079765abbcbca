//! The whole service in memory: settings, organizations, tokens, and the seeded random number generator.

use std::collections::BTreeMap;

use crate::api::contract::difference_log::DifferenceLog;
use crate::api::route::BASE_PATH;
use crate::faults::fault::Fault;
use crate::faults::fault_error::FaultError;
use crate::state::organization::Organization;
use crate::state::quirks::QuirkSettings;
use crate::state::request_log::LoggedCalls;
use crate::state::settings::{EmulatorSettings, RegisteredClient};
use crate::state::tokens::IssuedTokens;

/// Maximum number of organizations: enough for a thousand tests with one each.
pub const MAX_ORGANIZATIONS: usize = 10_000;
/// Maximum number of sandboxes of an organization.
pub const MAX_SANDBOXES: usize = 100;

/// The names of the variables in [`EmulatorState::environment`].
pub const ENVIRONMENT_NAMES: [&str; 7] =
    ["AJO_BASE_URL", "AJO_IMS_URL", "AJO_CLIENT_ID", "AJO_CLIENT_SECRET", "AJO_ORG_ID", "AJO_SCOPES", "AJO_SANDBOX"];

/// The emulated service: organizations with their sandboxes and configurations, and the issued tokens.
///
/// It does no I/O and has no clock or entropy of its own: the same requests at the same times give the same bytes.
///
/// ```
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{ENVIRONMENT_NAMES, MAX_ORGANIZATIONS, MAX_SANDBOXES, EmulatorSettings, EmulatorState};
///
/// let settings = EmulatorSettings::default();
/// assert!(settings.clients.len() <= MAX_ORGANIZATIONS && settings.sandboxes.len() <= MAX_SANDBOXES);
/// let mut state = EmulatorState::new(settings);
/// assert!(state.environment("http://localhost:4010").iter().map(|(name, _)| *name).eq(ENVIRONMENT_NAMES));
/// let request = http::Request::get("/journey/orchestration/endpointConfigs/u-1").body(bytes::Bytes::new())?;
/// let response = state.handle(&request, Timestamp::from_millis(0));
/// assert_eq!(response.status(), 403); // no API key
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct EmulatorState {
    pub(crate) settings: EmulatorSettings,
    pub(crate) tokens: IssuedTokens,
    pub(crate) organizations: BTreeMap<String, Organization>,
    pub(crate) random: fastrand::Rng,
    /// The differences found in contract mode.
    pub(crate) differences: DifferenceLog,
}

impl EmulatorState {
    /// Creates empty sandboxes for the organization of each client.
    ///
    /// # Panics
    ///
    /// Panics if the settings have more than [`MAX_ORGANIZATIONS`] organizations or more than [`MAX_SANDBOXES`] sandboxes.
    pub fn new(settings: EmulatorSettings) -> Self {
        assert!(settings.sandboxes.len() <= MAX_SANDBOXES, "an organization has at most {MAX_SANDBOXES} sandboxes");
        let mut random = fastrand::Rng::with_seed(settings.seed);
        let mut organizations = BTreeMap::new();
        for client in &settings.clients {
            organizations
                .entry(client.org_id.to_string())
                .or_insert_with(|| Organization::new(&settings.sandboxes, || uuid(&mut random)));
        }
        assert!(organizations.len() <= MAX_ORGANIZATIONS, "an emulator has at most {MAX_ORGANIZATIONS} organizations");
        Self { settings, tokens: IssuedTokens::default(), organizations, random, differences: DifferenceLog::default() }
    }

    /// Restarts the random number generator.
    pub(crate) fn reseed(&mut self, seed: u64) {
        self.random = fastrand::Rng::with_seed(seed);
    }

    /// The settings.
    pub fn settings(&self) -> &EmulatorSettings {
        &self.settings
    }

    /// The selected variants of the quirks.
    pub fn quirks_mut(&mut self) -> &mut QuirkSettings {
        &mut self.settings.quirks
    }

    /// A client's credential, for example to rotate its secrets while the emulator runs.
    pub fn client_mut(&mut self, client_id: &str) -> Option<&mut RegisteredClient> {
        self.settings.clients.iter_mut().find(|client| client.client_id == client_id)
    }

    /// Environment variables for `ajo` and other programs, for an emulator at this root URL. The secret is only valid for this
    /// emulator.
    pub fn environment(&self, root: &str) -> Vec<(&'static str, String)> {
        let client = self.settings.clients.first();
        let client_field = |text: fn(&RegisteredClient) -> String| client.map(text).unwrap_or_default();
        let sandbox = self.settings.sandboxes.first().map(|sandbox| sandbox.name.clone());
        let secret = client_field(|client| client.secrets.first().map(|it| it.expose().to_owned()).unwrap_or_default());
        vec![
            ("AJO_BASE_URL", format!("{root}{BASE_PATH}")),
            ("AJO_IMS_URL", root.to_owned()),
            ("AJO_CLIENT_ID", client_field(|client| client.client_id.clone())),
            ("AJO_CLIENT_SECRET", secret),
            ("AJO_ORG_ID", client_field(|client| client.org_id.to_string())),
            ("AJO_SCOPES", client_field(|client| client.scopes.to_string())),
            ("AJO_SANDBOX", sandbox.unwrap_or_default()),
        ]
    }

    /// Revokes all tokens.
    pub fn revoke_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Finds an organization.
    pub fn organization(&self, org_id: &str) -> Option<&Organization> {
        self.organizations.get(org_id)
    }

    /// Finds an organization, to change it.
    pub fn organization_mut(&mut self, org_id: &str) -> Option<&mut Organization> {
        self.organizations.get_mut(org_id)
    }

    /// The organization of the first client.
    ///
    /// # Panics
    ///
    /// Panics if the settings have no client.
    pub fn default_organization(&self) -> &Organization {
        self.organizations.get(&self.default_org_id()).expect("the settings have a client")
    }

    /// The organization of the first client, to change it.
    ///
    /// # Panics
    ///
    /// Panics if the settings have no client.
    pub fn default_organization_mut(&mut self) -> &mut Organization {
        let first = self.default_org_id();
        self.organizations.get_mut(&first).expect("the settings have a client")
    }

    pub(crate) fn default_org_id(&self) -> String {
        self.settings.clients.first().map(|client| client.org_id.to_string()).unwrap_or_default()
    }

    /// The logged calls of the first organization.
    pub fn calls(&self) -> LoggedCalls<'_> {
        self.default_organization().calls()
    }

    /// Adds a fault to the first organization.
    pub fn add_fault(&mut self, fault: Fault) -> Result<(), FaultError> {
        self.default_organization_mut().add_fault(fault)
    }

    /// Removes all faults of the first organization.
    pub fn clear_faults(&mut self) {
        self.default_organization_mut().clear_faults();
    }

    /// Resets an organization to its initial state and revokes the tokens of its clients.
    pub(crate) fn reset(&mut self, org_id: &str) {
        // Unregistered clients use the first organization.
        let (clients, default_org) = (&self.settings.clients, self.default_org_id());
        let client_org =
            |id: &str| clients.iter().find(|client| client.client_id == id).map(|client| client.org_id.as_str());
        self.tokens.revoke(|client_id| client_org(client_id).unwrap_or(&default_org) == org_id);
        if let Some(organization) = self.organizations.get_mut(org_id) {
            organization.reset();
        }
    }
}

/// A random identifier in the service's format.
pub(crate) fn uuid(random: &mut fastrand::Rng) -> String {
    let uuid = uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid();
    uuid.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()).to_owned()
}
