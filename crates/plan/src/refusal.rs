//! What keeps a plan from being applied until somebody decides.

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Found, Key, Place};

/// A reason not to apply a plan: what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The kind of reason.
    pub why: Why,
    /// Which configuration it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Those that could be meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// Where in the files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// The kinds of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// Several configurations could be meant.
    Ambiguous,
    /// It is there, differs, and is not in the ledger.
    NotOurs,
    /// You changed it, and so did somebody else.
    Conflict,
    /// The organization's one throttling configuration is another.
    OneThrottling,
    /// More would be deleted than is allowed without being asked for.
    TooManyDeletes,
}

impl Why {
    /// The code under which it is reported.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ambiguous => "AJO_LIMITS_AMBIGUOUS",
            Self::NotOurs => "AJO_LIMITS_NOT_OURS",
            Self::Conflict => "AJO_LIMITS_CONFLICT",
            Self::OneThrottling => "AJO_LIMITS_ONE_THROTTLING",
            Self::TooManyDeletes => "AJO_LIMITS_TOO_MANY_DELETES",
        }
    }
}

/// A configuration at the service, as people tell it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Its identifier.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// What it is known by.
    pub key: Key,
    /// Whether it limits.
    pub deployed: bool,
    /// Who edited it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
}

impl From<&Found> for Candidate {
    fn from(found: &Found) -> Self {
        Self {
            uid: found.uid.clone(),
            key: found.key(),
            deployed: found.standing.is_deployed(),
            last_modified_by: found.last_modified_by.clone(),
            last_modified_at: found.last_modified_at.clone(),
        }
    }
}
