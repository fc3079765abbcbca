//! An operation of one of the two APIs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::generated::verbs::Verb;

/// One of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `endpointConfigs`: calls over the limit are rejected.
    Capping,
    /// `throttlingConfigs`: calls over the limit wait in a queue.
    Throttling,
}

impl Api {
    /// The name used in specs, commands and errors.
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

/// One call of one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Which API it belongs to.
    pub api: Api,
    /// What it does.
    pub verb: Verb,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path below the base URL; `{uid}` stands for the identifier.
    pub path: &'static str,
    /// The HTTP status of success.
    pub success: u16,
    /// One line for people.
    pub summary: &'static str,
}

impl Operation {
    /// Whether a call leaves the service as it was. `list` is a POST and still changes nothing.
    pub const fn reads(&self) -> bool {
        matches!(self.verb, Verb::List | Verb::Get | Verb::CanDeploy)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.api, self.verb)
    }
}
