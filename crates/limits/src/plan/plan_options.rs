//! The options of a plan.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The percentage of managed configurations that a plan may delete by default; one deletion is always allowed.
pub const DEFAULT_DELETE_PERCENT: usize = 20;

/// The options of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanOptions {
    /// Delete managed configurations that are no longer in the files.
    #[serde(default)]
    pub prune: bool,
    /// Delete deployed configurations without undeploying them first (`forceDelete`).
    #[serde(default)]
    pub force_delete: bool,
    /// The maximum number of deletions; by default 20 % of the managed configurations, but at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_deletes: Option<usize>,
}

impl PlanOptions {
    /// The maximum number of deletions for this number of managed configurations.
    ///
    /// ```
    /// use ajo_limits::{DEFAULT_DELETE_PERCENT, PlanOptions};
    ///
    /// let options = PlanOptions::default();
    /// assert_eq!(options.max_allowed_deletes(3), 1);
    /// assert_eq!(options.max_allowed_deletes(100), DEFAULT_DELETE_PERCENT);
    /// ```
    pub fn max_allowed_deletes(self, managed_count: usize) -> usize {
        self.max_deletes.unwrap_or_else(|| 1.max(managed_count * DEFAULT_DELETE_PERCENT / 100))
    }
}
