//! A value with a lower and an upper bound.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value of which only bounds are known: an export counts calls per minute, not per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValueRange {
    /// The value if the calls of each minute are spread evenly.
    pub lower: u64,
    /// The value if they come in bursts.
    pub upper: u64,
}

impl ValueRange {
    /// The range between two values, in any order.
    pub fn between(one: u64, other: u64) -> Self {
        Self { lower: one.min(other), upper: one.max(other) }
    }
}
