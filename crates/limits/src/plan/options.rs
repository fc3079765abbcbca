//! What a plan may do beyond the files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of what is owned may be deleted without being asked for, in percent; at least one configuration may. Chosen here.
pub const DELETE_SHARE: usize = 20;

/// What a plan may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Options {
    /// Delete what is ours and no longer in the files.
    #[serde(default)]
    pub prune: bool,
    /// Delete what is deployed without undeploying it first (`forceDelete`).
    #[serde(default)]
    pub force_delete: bool,
    /// How many may be deleted; without it, the larger of 1 and 20 % of what is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_deletes: Option<usize>,
}

impl Options {
    /// How many may be deleted where so many are ours.
    ///
    /// ```
    /// use ajo_limits::{DELETE_SHARE, Options};
    ///
    /// let by_default = Options::default();
    /// assert_eq!((by_default.allowed_deletes(3), by_default.allowed_deletes(100)), (1, DELETE_SHARE));
    /// ```
    pub fn allowed_deletes(self, owned: usize) -> usize {
        self.max_deletes.unwrap_or_else(|| 1.max(owned * DELETE_SHARE / 100))
    }
}
