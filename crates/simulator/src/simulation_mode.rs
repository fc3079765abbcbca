//! The method of a simulation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::traffic::arrivals::Arrivals;

/// The method of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SimulationMode {
    /// Groups of calls that behave alike, in steps. For counts, queues, and overload over a long time.
    Cohort,
    /// Each call. For percentiles and random arrivals.
    Exact,
}

impl SimulationMode {
    pub const ALL: [Self; 2] = [Self::Cohort, Self::Exact];

    /// The arrivals that this mode simulates. In cohort mode, they are even.
    pub(crate) fn arrivals(self, given: Arrivals) -> Arrivals {
        if self == Self::Cohort { Arrivals::Even } else { given }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cohort => "cohort",
            Self::Exact => "exact",
        }
    }
}

impl fmt::Display for SimulationMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for SimulationMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        named.ok_or_else(|| "expected cohort or exact".to_owned())
    }
}
