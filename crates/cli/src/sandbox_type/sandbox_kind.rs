//! The two types of sandboxes.

use serde::{Deserialize, Serialize};

/// A type that Sandbox Management knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SandboxKind {
    Production,
    Development,
}

impl SandboxKind {
    pub(super) const ALL: [Self; 2] = [Self::Production, Self::Development];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Development => "development",
        }
    }
}
