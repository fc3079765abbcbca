//! Injected latency.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::faults::fault_error::FaultError;

/// Maximum latency in milliseconds, far beyond the timeout of any client.
const MAX_LATENCY_MS: u64 = 3_600_000;

/// A latency, in milliseconds: `250`, `uniform:100-400`, or `lognormal:200:0.5` (median and sigma).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Latency {
    Fixed(u64),
    /// Uniformly distributed between two bounds.
    Uniform(u64, u64),
    /// Log-normal: mostly near the median, with a long tail, like measured latencies.
    LogNormal {
        median: u64,
        /// The standard deviation of the logarithm.
        sigma: f64,
    },
}

impl Latency {
    /// Draws a random latency.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a latency is positive and at most an hour"
    )]
    pub(crate) fn sample(self, random: &mut fastrand::Rng) -> Duration {
        Duration::from_millis(match self {
            Self::Fixed(millis) => millis,
            Self::Uniform(min, max) => random.u64(min..=max),
            Self::LogNormal { median, sigma } => {
                // The Box-Muller transform: a normally distributed number from two uniform ones.
                let (one, other) = (1.0 - random.f64(), random.f64());
                let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos();
                ((median as f64 * (sigma * normal).exp()) as u64).min(MAX_LATENCY_MS)
            }
        })
    }
}

impl FromStr for Latency {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let millis = |text: &str| text.parse().ok().filter(|millis| *millis <= MAX_LATENCY_MS);
        let latency = match text.split_once(':') {
            None => millis(text).map(Self::Fixed),
            Some(("uniform", range)) => range.split_once('-').and_then(|(min, max)| {
                let (min, max) = (millis(min)?, millis(max)?);
                (min <= max).then_some(Self::Uniform(min, max))
            }),
            Some(("lognormal", rest)) => rest.split_once(':').and_then(|(median, sigma)| {
                let sigma: f64 = sigma.parse().ok()?;
                (0.0..=5.0).contains(&sigma).then_some(Self::LogNormal { median: millis(median)?, sigma })
            }),
            Some(_) => None,
        };
        latency.ok_or_else(|| {
            let expected = "MILLISECONDS, uniform:MIN-MAX or lognormal:MEDIAN:SIGMA, up to 3600000 ms";
            FaultError::new(&format!("delay:{text}"), "latency", expected)
        })
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(millis) => write!(f, "{millis}"),
            Self::Uniform(min, max) => write!(f, "uniform:{min}-{max}"),
            Self::LogNormal { median, sigma } => write!(f, "lognormal:{median}:{sigma}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> Vec<u64> {
        let latency: Latency = text.parse().expect("a latency");
        let mut random = fastrand::Rng::with_seed(3);
        let mut drawn: Vec<u64> = (0..2001)
            .map(|_| u64::try_from(latency.sample(&mut random).as_millis()).expect("an hour at most"))
            .collect();
        drawn.sort_unstable();
        drawn
    }

    #[test]
    fn distributions_have_their_shape() {
        assert!(drawn("250").iter().all(|millis| *millis == 250));
        let uniform = drawn("uniform:100-400");
        assert!(uniform[0] >= 100 && uniform[2000] <= 400 && (235..265).contains(&uniform[1000]), "{}", uniform[1000]);
        let lognormal = drawn("lognormal:200:0.5");
        assert!((185..215).contains(&lognormal[1000]), "{}", lognormal[1000]);
        assert!(lognormal[1980] > 500 && lognormal[0] > 0, "a long tail: {}", lognormal[1980]);
    }
}
