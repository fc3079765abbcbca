//! The arrival of calls within a second, and the journeys that make them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::traffic::pattern::TrafficPattern;

/// A journey that calls the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    pub name: String,
    pub pattern: TrafficPattern,
}

/// The arrival of the calls of one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    /// Spread evenly over the second.
    #[default]
    Even,
    /// Independent calls (a Poisson process) with the rate of the pattern.
    Poisson,
}

impl Arrivals {
    pub const ALL: [Self; 2] = [Self::Even, Self::Poisson];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Even => "even",
            Self::Poisson => "poisson",
        }
    }
}

impl fmt::Display for Arrivals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Arrivals {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|arrivals| arrivals.as_str() == text);
        named.ok_or_else(|| "expected even or poisson".to_owned())
    }
}
