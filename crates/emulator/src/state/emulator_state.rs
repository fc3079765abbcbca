//! The whole service in memory: settings, organizations, tokens and the seeded randomness.

use std::collections::BTreeMap;

use crate::api::contract::differences::Differences;
use crate::api::route::BASE_PATH;
use crate::faults::fault::Fault;
use crate::faults::fault_error::FaultError;
use crate::state::organization::Organization;
use crate::state::quirks::Switches;
use crate::state::request_log::Calls;
use crate::state::settings::{Caller, Settings};
use crate::state::tokens::Tokens;

/// Most organizations of one world, and most sandboxes of each. Chosen here: a thousand tests can have one each.
pub const MAX_ORGANIZATIONS: usize = 10_000;
/// See [`MAX_ORGANIZATIONS`].
pub const MAX_SANDBOXES: usize = 100;

/// The service in memory: organizations with their sandboxes and configurations, and the tokens that were granted.
///
/// It does no I/O and has no clock and no chance of its own: the same requests at the same times give the same bytes.
///
/// ```
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{MAX_ORGANIZATIONS, MAX_SANDBOXES, Settings, World};
///
/// let settings = Settings::default();
/// assert!(settings.callers.len() <= MAX_ORGANIZATIONS && settings.sandboxes.len() <= MAX_SANDBOXES);
/// let mut world = World::new(settings);
/// let request = http::Request::get("/journey/orchestration/endpointConfigs/u-1").body(bytes::Bytes::new())?;
/// let response = world.handle(&request, Timestamp::from_millis(0));
/// assert_eq!(response.status(), 403); // no API key
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct World {
    pub(crate) settings: Settings,
    pub(crate) tokens: Tokens,
    pub(crate) organizations: BTreeMap<String, Organization>,
    pub(crate) random: fastrand::Rng,
    /// What differed from the specifications, in contract mode.
    pub(crate) differences: Differences,
}

impl World {
    /// A world with empty sandboxes for the organization of each caller.
    ///
    /// # Panics
    ///
    /// When the settings have more than [`MAX_ORGANIZATIONS`] organizations or more than [`MAX_SANDBOXES`] sandboxes.
    pub fn new(settings: Settings) -> Self {
        assert!(settings.sandboxes.len() <= MAX_SANDBOXES, "an organization has at most {MAX_SANDBOXES} sandboxes");
        let mut random = fastrand::Rng::with_seed(settings.seed);
        let mut organizations = BTreeMap::new();
        for caller in &settings.callers {
            organizations
                .entry(caller.org_id.to_string())
                .or_insert_with(|| Organization::new(&settings.sandboxes, || uuid(&mut random)));
        }
        assert!(organizations.len() <= MAX_ORGANIZATIONS, "a world has at most {MAX_ORGANIZATIONS} organizations");
        Self { settings, tokens: Tokens::default(), organizations, random, differences: Differences::default() }
    }

    /// Begins chance anew.
    pub(crate) fn reseed(&mut self, seed: u64) {
        self.random = fastrand::Rng::with_seed(seed);
    }

    /// What it started with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The switches, to take another side.
    pub fn switches_mut(&mut self) -> &mut Switches {
        &mut self.settings.switches
    }

    /// A caller's credential, to change it while the emulator runs: rotation of secrets, for one.
    pub fn caller_mut(&mut self, client_id: &str) -> Option<&mut Caller> {
        self.settings.callers.iter_mut().find(|caller| caller.client_id == client_id)
    }

    /// Settings for `ajo` and for any program that reads the same variables, where the emulator is at this root. The secret
    /// opens nothing but this emulator.
    pub fn environment(&self, root: &str) -> Vec<(&'static str, String)> {
        let caller = self.settings.callers.first();
        let of = |text: fn(&Caller) -> String| caller.map(text).unwrap_or_default();
        let sandbox = self.settings.sandboxes.first().map(|sandbox| sandbox.name.clone());
        vec![
            ("AJO_BASE_URL", format!("{root}{BASE_PATH}")),
            ("AJO_IMS_URL", root.to_owned()),
            ("AJO_CLIENT_ID", of(|caller| caller.client_id.clone())),
            (
                "AJO_CLIENT_SECRET",
                of(|caller| caller.secrets.first().map(|it| it.expose().to_owned()).unwrap_or_default()),
            ),
            ("AJO_ORG_ID", of(|caller| caller.org_id.to_string())),
            ("AJO_SCOPES", of(|caller| caller.scopes.to_string())),
            ("AJO_SANDBOX", sandbox.unwrap_or_default()),
        ]
    }

    /// Forgets every token that was granted, as if each had been revoked.
    pub fn revoke_tokens(&mut self) {
        self.tokens.clear();
    }

    /// One of the organizations.
    pub fn organization(&self, org_id: &str) -> Option<&Organization> {
        self.organizations.get(org_id)
    }

    /// One of the organizations, to tamper with.
    pub fn organization_mut(&mut self, org_id: &str) -> Option<&mut Organization> {
        self.organizations.get_mut(org_id)
    }

    /// The organization of the first caller.
    ///
    /// # Panics
    ///
    /// When the settings have no caller.
    pub fn first(&self) -> &Organization {
        self.organizations.get(&self.first_id()).expect("the settings have a caller")
    }

    /// The same, to tamper with.
    ///
    /// # Panics
    ///
    /// When the settings have no caller.
    pub fn first_mut(&mut self) -> &mut Organization {
        let first = self.first_id();
        self.organizations.get_mut(&first).expect("the settings have a caller")
    }

    pub(crate) fn first_id(&self) -> String {
        self.settings.callers.first().map(|caller| caller.org_id.to_string()).unwrap_or_default()
    }

    /// The calls of the first organization.
    pub fn calls(&self) -> Calls<'_> {
        self.first().calls()
    }

    /// Sets a fault in the first organization.
    pub fn add_fault(&mut self, fault: Fault) -> Result<(), FaultError> {
        self.first_mut().add_fault(fault)
    }

    /// Takes all faults of the first organization away.
    pub fn clear_faults(&mut self) {
        self.first_mut().clear_faults();
    }

    /// Puts an organization back to how it was at the start, tokens of its callers included; the journal is empty then.
    pub(crate) fn reset(&mut self, org_id: &str) {
        for caller in self.settings.callers.iter().filter(|caller| caller.org_id.as_str() == org_id) {
            self.tokens.revoke(&caller.client_id);
        }
        if let Some(organization) = self.organizations.get_mut(org_id) {
            organization.reset();
        }
    }
}

/// A random identifier, as the service gives one to sandboxes, configurations and requests.
pub(crate) fn uuid(random: &mut fastrand::Rng) -> String {
    let uuid = uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid();
    uuid.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()).to_owned()
}
