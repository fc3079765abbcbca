//! The two APIs.

use core::fmt;

/// One of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Api {
    /// `endpointConfigs`: calls over the limit are rejected.
    Capping,
    /// `throttlingConfigs`: calls over the limit wait in a queue.
    Throttling,
}

impl Api {
    /// The name used in specifications, commands, and errors.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Capping => "capping",
            Self::Throttling => "throttling",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
