//! A window in which nothing may be changed.

use std::fmt;

use ajo_engine::untrusted_text::escape;
use jiff::Timestamp;

use crate::Place;

/// A window in which nothing may be changed, from its first moment to before its last. Shown, it says until when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// When it begins.
    pub from: Timestamp,
    /// When it is over.
    pub to: Timestamp,
    /// Why.
    pub reason: String,
    /// Where the policy says so.
    pub place: Place,
}

impl Freeze {
    /// Whether a moment is in it.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.to
    }
}

impl fmt::Display for Freeze {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = escape(&self.reason);
        write!(f, "nothing may be changed until {}: {reason} (the policy says so at {})", self.to, self.place)
    }
}
