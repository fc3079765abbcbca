//! How often a fault strikes.

use std::fmt;
use std::str::FromStr;

use crate::faults::fault_error::FaultError;

/// Which of the calls that a fault could strike it does strike.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum When {
    /// All of them.
    #[default]
    Always,
    /// The first so many.
    First(u64),
    /// Every so manyth.
    Every(u64),
    /// By chance, with this probability; the world's seed decides.
    Probability(f64),
}

impl When {
    /// Whether the call of this number, counted from 1, is struck.
    pub(crate) fn strikes(self, number: u64, random: &mut fastrand::Rng) -> bool {
        match self {
            Self::Always => true,
            Self::First(count) => number <= count,
            Self::Every(count) => number.is_multiple_of(count),
            Self::Probability(probability) => random.f64() < probability,
        }
    }
}

impl FromStr for When {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let count = |text: &str| text.parse().ok().filter(|count| *count > 0);
        let read = match text.split_once(':') {
            None if text == "always" => Some(Self::Always),
            Some(("first", number)) => count(number).map(Self::First),
            Some(("every", number)) => count(number).map(Self::Every),
            Some(("probability", number)) => {
                number.parse().ok().filter(|number| (0.0..=1.0).contains(number)).map(Self::Probability)
            }
            _ => None,
        };
        read.ok_or_else(|| FaultError::new(text, "frequency", "always, first:N, every:N or probability:P"))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::First(count) => write!(f, "first:{count}"),
            Self::Every(count) => write!(f, "every:{count}"),
            Self::Probability(probability) => write!(f, "probability:{probability}"),
        }
    }
}
