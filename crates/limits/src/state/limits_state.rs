//! `ajo.state.json`: the managed configurations and how the last apply left them.

use std::collections::BTreeSet;

use ajo_core::{Api, SandboxName, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, LateCreate, ManagedConfig, ObservedLimits, Plan, StateSerials};

/// The version of the state file format.
pub const STATE_VERSION: u32 = 1;

/// The content of `ajo.state.json`. Commit it next to the limits files: the service cannot store which configurations are
/// managed. It contains no secrets, only HMACs of them.
///
/// ```
/// use ajo_limits::{LimitsState, LimitsStateError, STATE_VERSION};
///
/// let state = LimitsState::parse(r#"{"version": 1, "organization": "A1B2@AdobeOrg"}"#)?;
/// assert_eq!(state.version, STATE_VERSION);
/// assert!(state.check_organization("C3D4@AdobeOrg").is_err());
/// assert_eq!(LimitsState::parse(r#"{"version": 2}"#), Err(LimitsStateError::UnsupportedVersion(2)));
/// # Ok::<(), LimitsStateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LimitsState {
    /// The version of this format.
    pub version: u32,
    /// The organization of the configurations; absent before the first apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// How often each part was changed.
    #[serde(default, skip_serializing_if = "StateSerials::is_empty")]
    pub serials: StateSerials,
    /// The managed configurations.
    #[serde(default)]
    pub configs: Vec<ManagedConfig>,
    /// Create calls of interrupted applies that the service may still process.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late_creates: Vec<LateCreate>,
}

/// A state file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitsStateError {
    #[error("not a state file: {0}")]
    Malformed(String),
    #[error("unsupported version {0}; this ajo reads version {STATE_VERSION}")]
    UnsupportedVersion(u32),
    #[error("the state file is for organization {state}, but the credentials are for {credential}")]
    OrganizationMismatch {
        /// The organization of the state file.
        state: String,
        /// The organization of the credentials.
        credential: String,
    },
}

impl Default for LimitsState {
    fn default() -> Self {
        Self {
            version: STATE_VERSION,
            organization: None,
            serials: StateSerials::default(),
            configs: Vec::new(),
            late_creates: Vec::new(),
        }
    }
}

impl LimitsState {
    /// Parses a state file.
    ///
    /// # Errors
    ///
    /// The text is not a state file, or its version is not supported.
    pub fn parse(text: &str) -> Result<Self, LimitsStateError> {
        #[derive(Deserialize)]
        struct StateVersion {
            version: u32,
        }
        let malformed = |error: serde_json::Error| LimitsStateError::Malformed(error.to_string());
        let StateVersion { version } = serde_json::from_str(text).map_err(malformed)?;
        if version != STATE_VERSION {
            return Err(LimitsStateError::UnsupportedVersion(version));
        }
        let state: Self = serde_json::from_str(text).map_err(malformed)?;
        let sandboxes = state.configs.iter().map(|managed| &managed.sandbox).chain(state.serials.sandboxes.keys());
        let mut sandboxes = sandboxes.chain(state.late_creates.iter().map(|late| &late.sandbox));
        let invalid = sandboxes.find_map(|sandbox| sandbox.parse::<SandboxName>().err());
        invalid.map_or(Ok(state), |error| Err(LimitsStateError::Malformed(error.to_string())))
    }

    /// Serializes the state. The entries are sorted, so that diffs in git are small.
    ///
    /// # Panics
    ///
    /// Never: a state contains only strings and lists.
    pub fn to_json_string(&self) -> String {
        let mut sorted = self.clone();
        sorted.configs.sort_by(|one, other| {
            let sort_key =
                |managed: &ManagedConfig| (managed.sandbox.clone(), managed.key.clone(), managed.uid.clone());
            sort_key(one).cmp(&sort_key(other))
        });
        sorted.late_creates.sort_by(|one, other| (&one.sandbox, &one.key).cmp(&(&other.sandbox, &other.key)));
        serde_json::to_string_pretty(&sorted).expect("strings and lists") + "\n"
    }

    /// The digest of a sandbox's entries, which detects concurrent changes.
    pub fn sandbox_digest(&self, sandbox: &str) -> Digest {
        let mut configs: Vec<_> = self.configs.iter().filter(|managed| managed.sandbox == sandbox).collect();
        configs.sort_by(|one, other| one.uid.cmp(&other.uid));
        Digest::compute(&configs)
    }

    /// Checks that the state belongs to the organization of the credentials.
    ///
    /// # Errors
    ///
    /// The state belongs to another organization.
    pub fn check_organization(&self, credential: &str) -> Result<(), LimitsStateError> {
        match &self.organization {
            Some(state) if state != credential => {
                Err(LimitsStateError::OrganizationMismatch { state: state.clone(), credential: credential.to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// The managed configurations that a plan for this sandbox concerns. They include the organization's throttling
    /// configuration, regardless of the sandbox it was applied from.
    pub fn for_sandbox<'l>(&'l self, sandbox: &'l SandboxName) -> impl Iterator<Item = &'l ManagedConfig> {
        self.configs.iter().filter(|managed| managed.sandbox == sandbox.as_str() || managed.key.api == Api::Throttling)
    }

    /// The managed configurations of [`for_sandbox`](Self::for_sandbox), to read the ones that the lists lack.
    pub fn configs_to_read(&self, sandbox: &SandboxName) -> Vec<(Api, Uid)> {
        self.for_sandbox(sandbox).map(|managed| (managed.key.api, managed.uid.clone())).collect()
    }

    /// The managed configurations that changed since they were recorded, according to `observed`: a list can lag behind, so
    /// read them before reporting a remote change.
    pub fn unexpected_configs(&self, sandbox: &SandboxName, observed: &ObservedLimits) -> Vec<(Api, Uid)> {
        let is_unexpected = |managed: &&ManagedConfig| {
            observed.get(&managed.uid).is_some_and(|found| {
                let is_edited =
                    managed.last_modified_at.is_some() && managed.last_modified_at != found.last_modified_at;
                is_edited || !managed.is_unchanged(found)
            })
        };
        let unexpected = self.for_sandbox(sandbox).filter(is_unexpected);
        unexpected.map(|managed| (managed.key.api, managed.uid.clone())).collect()
    }

    /// Adds or replaces a managed configuration.
    pub fn record(&mut self, managed: ManagedConfig) {
        match self.configs.iter_mut().find(|known| known.uid == managed.uid) {
            Some(known) => *known = managed,
            None => self.configs.push(managed),
        }
    }

    /// Remembers the managed configurations that this plan found in no file.
    pub fn mark_orphaned(&mut self, plan: &Plan) {
        let deleted = plan.changes.iter().filter(|change| change.after.is_none());
        let uids = plan.orphaned.iter().map(|orphaned| &orphaned.uid);
        let uids: BTreeSet<_> = uids.chain(deleted.filter_map(|change| change.uid.as_ref())).collect();
        self.configs
            .iter_mut()
            .filter(|managed| uids.contains(&managed.uid))
            .for_each(|managed| managed.orphaned = true);
    }

    /// The managed configuration with this UID.
    pub fn get(&self, uid: &Uid) -> Option<&ManagedConfig> {
        self.configs.iter().find(|managed| managed.uid == *uid)
    }

    /// Stops managing a configuration.
    pub fn remove(&mut self, uid: &Uid) {
        self.configs.retain(|managed| managed.uid != *uid);
    }
}
