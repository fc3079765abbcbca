//! The method of counting calls against a limit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The method of counting calls. Adobe documents it for the default cap and for slow endpoints: a sliding window. For configured
/// limits it is inferred, and can be selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// Consecutive periods, the first from second 0. This is the default because it is the simplest reading of "calls in a
    /// period", and because Adobe's page on slow endpoints contrasts its sliding window with a "next fixed interval". It is also
    /// the worst case for an endpoint, which can get twice the limit within the length of one period.
    #[default]
    Fixed,
    /// The period before each moment.
    Sliding,
    /// Tokens that refill evenly; a full bucket holds one period's calls.
    TokenBucket,
}

impl WindowKind {
    pub const ALL: [Self; 3] = [Self::Fixed, Self::Sliding, Self::TokenBucket];

    /// The name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Sliding => "sliding",
            Self::TokenBucket => "token_bucket",
        }
    }
}

impl fmt::Display for WindowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for WindowKind {
    type Err = String;

    /// Parses the name; a hyphen is accepted for the underscore.
    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|window| window.as_str() == text.replace('-', "_"));
        named.ok_or_else(|| "expected fixed, sliding or token-bucket".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for window in WindowKind::ALL {
            assert_eq!(window.to_string().parse(), Ok(window));
            assert_eq!(serde_json::to_value(window).expect("JSON"), window.as_str());
        }
        assert_eq!("token-bucket".parse(), Ok(WindowKind::TokenBucket));
        "leaky".parse::<WindowKind>().expect_err("no such window");
    }
}
