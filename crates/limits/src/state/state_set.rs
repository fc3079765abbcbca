//! A set: what one lock covers.

use ajo_core::{Api, SandboxName};

use crate::{LateCreate, ManagedConfig};

/// A part of a state that is locked and changed on its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StateSet {
    /// The capping configurations of a sandbox.
    Sandbox(SandboxName),
    /// The throttling configuration, which an organization has once.
    Throttling,
}

impl std::fmt::Display for StateSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sandbox(sandbox) => write!(f, "sandbox {sandbox}"),
            Self::Throttling => f.write_str("throttling"),
        }
    }
}

impl StateSet {
    /// Whether an entry belongs to this set.
    pub fn contains(&self, managed: &ManagedConfig) -> bool {
        match self {
            Self::Sandbox(sandbox) => managed.key.api == Api::Capping && managed.sandbox == sandbox.as_str(),
            Self::Throttling => managed.key.api == Api::Throttling,
        }
    }

    /// Whether a late create belongs to this set. Throttling has none.
    pub(crate) fn contains_late_create(&self, late: &LateCreate) -> bool {
        matches!(self, Self::Sandbox(sandbox) if late.sandbox == sandbox.as_str())
    }
}
