//! The frequency of a fault.

use std::fmt;
use std::str::FromStr;

use crate::faults::fault_error::FaultError;

/// Selects the calls that a fault applies to, among the calls that match its target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FaultFrequency {
    /// Every call.
    #[default]
    Always,
    /// The first N calls.
    First(u64),
    /// Every Nth call.
    Every(u64),
    /// A random selection with this probability, determined by the seed.
    Probability(f64),
}

impl FaultFrequency {
    /// Whether the fault applies to the call with this number, counted from 1.
    pub(crate) fn applies_to(self, number: u64, random: &mut fastrand::Rng) -> bool {
        match self {
            Self::Always => true,
            Self::First(count) => number <= count,
            Self::Every(count) => number.is_multiple_of(count),
            Self::Probability(probability) => random.f64() < probability,
        }
    }
}

impl FromStr for FaultFrequency {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let count = |text: &str| text.parse().ok().filter(|count| *count > 0);
        let frequency = match text.split_once(':') {
            None if text == "always" => Some(Self::Always),
            Some(("first", number)) => count(number).map(Self::First),
            Some(("every", number)) => count(number).map(Self::Every),
            Some(("probability", number)) => {
                number.parse().ok().filter(|number| (0.0..=1.0).contains(number)).map(Self::Probability)
            }
            _ => None,
        };
        frequency.ok_or_else(|| FaultError::new(text, "frequency", "always, first:N, every:N or probability:P"))
    }
}

impl fmt::Display for FaultFrequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::First(count) => write!(f, "first:{count}"),
            Self::Every(count) => write!(f, "every:{count}"),
            Self::Probability(probability) => write!(f, "probability:{probability}"),
        }
    }
}
