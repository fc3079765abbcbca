//! `ajo.lock`: which configurations are ours, and what was last done to them.

use ajo_core::{Api, Sandbox, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, Found, Key, Owned};

/// The version of the ledger's form.
pub const LEDGER_VERSION: u32 = 1;

/// What is kept in `ajo.lock`, which belongs into git beside the limits files: the service has no place to say whose a
/// configuration is. It holds no secret.
///
/// ```
/// use ajo_limits::{LEDGER_VERSION, Ledger, LedgerError};
///
/// let ledger = Ledger::parse(r#"{"version": 1, "organization": "A1B2@AdobeOrg"}"#)?;
/// assert_eq!(ledger.version, LEDGER_VERSION);
/// assert!(ledger.check_organization("C3D4@AdobeOrg").is_err());
/// assert_eq!(Ledger::parse(r#"{"version": 2}"#), Err(LedgerError::Newer(2)));
/// # Ok::<(), LedgerError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ledger {
    /// The version of this form.
    pub version: u32,
    /// The organization that the configurations are of; none before the first apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The configurations that are ours.
    #[serde(default)]
    pub configurations: Vec<Owned>,
}

/// A ledger that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// It is no ledger.
    #[error("it is no ledger: {0}")]
    Malformed(String),
    /// It is of a form that came later.
    #[error("it is of version {0}, and this ajo reads version {LEDGER_VERSION}")]
    Newer(u32),
    /// It is of another organization.
    #[error("it is of organization {ledger}, and the credential is of {credential}")]
    Organization {
        /// Whose the ledger is.
        ledger: String,
        /// Whose the credential is.
        credential: String,
    },
}

impl Default for Ledger {
    fn default() -> Self {
        Self { version: LEDGER_VERSION, organization: None, configurations: Vec::new() }
    }
}

impl Ledger {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// The text is no ledger, or one of a later version.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let malformed = |error: serde_json::Error| LedgerError::Malformed(error.to_string());
        let Version { version } = serde_json::from_str(text).map_err(malformed)?;
        if version != LEDGER_VERSION {
            return Err(LedgerError::Newer(version));
        }
        serde_json::from_str(text).map_err(malformed)
    }

    /// The text of it, sorted, so that git shows what changed.
    ///
    /// # Panics
    ///
    /// Never: it is texts and lists.
    pub fn to_text(&self) -> String {
        let mut sorted = self.clone();
        sorted.configurations.sort_by(|one, other| {
            let by = |owned: &Owned| (owned.sandbox.clone(), owned.key.clone(), owned.uid.clone());
            by(one).cmp(&by(other))
        });
        serde_json::to_string_pretty(&sorted).expect("texts and lists") + "\n"
    }

    /// Over what it says of one sandbox: whether somebody has changed that.
    pub fn digest(&self, sandbox: &str) -> Digest {
        let mut of_it: Vec<_> = self.configurations.iter().filter(|owned| owned.sandbox == sandbox).collect();
        of_it.sort_by(|one, other| one.uid.cmp(&other.uid));
        Digest::of(&of_it)
    }

    /// Makes sure that it is of this organization.
    ///
    /// # Errors
    ///
    /// It is of another.
    pub fn check_organization(&self, credential: &str) -> Result<(), LedgerError> {
        match &self.organization {
            Some(ledger) if ledger != credential => {
                Err(LedgerError::Organization { ledger: ledger.clone(), credential: credential.to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// Those that a plan for this sandbox is about. The organization's one throttling configuration is, whichever sandbox it
    /// was applied from.
    pub fn of<'l>(&'l self, sandbox: &'l Sandbox) -> impl Iterator<Item = &'l Owned> {
        self.configurations.iter().filter(|owned| owned.sandbox == sandbox.as_str() || owned.key.api == Api::Throttling)
    }

    /// Notes how a configuration of ours stands, under the key by which the files know it: somebody else may have given it another
    /// one, or an apply not have come to giving it back.
    pub fn note(&mut self, sandbox: &Sandbox, key: Key, found: &Found) {
        self.enter(Owned {
            sandbox: sandbox.to_string(),
            key,
            uid: found.uid.clone(),
            digest: found.standing.digest(),
            last_modified_at: found.last_modified_at.clone(),
        });
    }

    /// Enters a configuration, in place of what was known of it.
    pub(crate) fn enter(&mut self, owned: Owned) {
        match self.configurations.iter_mut().find(|known| known.uid == owned.uid) {
            Some(known) => *known = owned,
            None => self.configurations.push(owned),
        }
    }

    /// Whether a configuration is ours and stands as it was left.
    pub fn knows(&self, found: &Found) -> bool {
        let owned = self.configurations.iter().find(|owned| owned.uid == found.uid);
        owned.is_some_and(|owned| owned.digest == found.standing.digest())
    }

    /// Notes that a configuration is no longer ours, or no longer there.
    pub fn forget(&mut self, uid: &Uid) {
        self.configurations.retain(|owned| owned.uid != *uid);
    }
}
