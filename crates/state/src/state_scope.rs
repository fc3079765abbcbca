//! Whose state it is.

use ajo_core::SandboxName;

/// The organization and the sandbox whose limits a command reads or changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateScope {
    /// The organization ID.
    pub organization: String,
    pub sandbox: SandboxName,
}
