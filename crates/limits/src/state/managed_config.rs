//! An entry of the state file.

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigKey, Digest};

/// A configuration managed by `ajo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagedConfig {
    /// The sandbox; for throttling, the sandbox it was applied from.
    pub sandbox: String,
    /// The key.
    pub key: ConfigKey,
    /// The UID.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// The digest of the deploy state after the last apply or import.
    pub digest: Digest,
    /// The last edit according to the service, at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
}
