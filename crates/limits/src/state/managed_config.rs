//! An entry of the state file.

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, Key};

/// A configuration that is ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Owned {
    /// The sandbox; that of throttling is the one it was applied from.
    pub sandbox: String,
    /// What it is known by.
    pub key: Key,
    /// Its identifier.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// How it stood when it was last applied or adopted.
    pub digest: Digest,
    /// When the service says it was edited then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
}
