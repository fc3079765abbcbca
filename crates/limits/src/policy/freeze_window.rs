//! A window in which changes are forbidden.

use std::fmt;

use ajo_engine::untrusted_text::escape;
use jiff::Timestamp;

use crate::SourceLocation;

/// A window in which changes are forbidden. It displays its end and its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreezeWindow {
    /// The start, inclusive.
    pub from: Timestamp,
    /// The end, exclusive.
    pub to: Timestamp,
    pub reason: String,
    /// The position in the policy file.
    pub location: SourceLocation,
}

impl FreezeWindow {
    pub fn contains(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.to
    }
}

impl fmt::Display for FreezeWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = escape(&self.reason);
        write!(f, "changes are frozen until {}: {reason} (policy rule at {})", self.to, self.location)
    }
}
