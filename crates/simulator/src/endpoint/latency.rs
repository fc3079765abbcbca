//! The latency of an endpoint.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::endpoint::endpoint_error::{MAX_LATENCY_MS, SimulatedEndpointError};
use crate::endpoint::latency_curve::LatencyCurve;
use crate::time::{MILLISECOND, Micros};

/// The distribution of the latency: the time from the start of the endpoint's work on a request to its response.
///
/// The string format is one of
/// - `300` or `300ms`: constant, in milliseconds
/// - `exp:300`: exponential with this mean
/// - `p50=80,p95=300,p99=900`: percentiles as Adobe's latency query reports them; `p999` is optional
///
/// Between percentiles, the latency is linear in −ln(1 − share), and so it is below the first and above the last. This reproduces
/// a constant and an exponential latency exactly, and is inferred for others. [`Self::from_samples`] takes measured values
/// instead.
///
/// ```
/// use ajo_simulator::LatencyDistribution;
///
/// let latency: LatencyDistribution = "p50=80,p95=300,p99=900".parse()?;
/// assert_eq!((latency.quantile(0.95) / 1000.0).round(), 300.0);
/// assert_eq!((latency.share_within(300_000.0) * 100.0).round(), 95.0);
/// assert_eq!(LatencyDistribution::from_samples(&[80.0, 90.0, 400.0])?.mean(), 190_000.0);
/// # Ok::<(), ajo_simulator::SimulatedEndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyDistribution {
    shape: LatencyShape,
    /// The string format.
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
enum LatencyShape {
    Curve(LatencyCurve),
    /// Measured values in microseconds, in increasing order.
    Samples(Vec<f64>),
}

impl LatencyDistribution {
    /// The same latency for all requests, in milliseconds.
    pub fn constant(millis: u64) -> Result<Self, SimulatedEndpointError> {
        millis.to_string().parse()
    }

    /// Values that were measured, in milliseconds, all equally probable. Its string format only describes them.
    pub fn from_samples(millis: &[f64]) -> Result<Self, SimulatedEndpointError> {
        let mut micros: Vec<f64> = millis.iter().copied().filter_map(checked_micros).collect();
        if micros.is_empty() || micros.len() < millis.len() {
            return Err(SimulatedEndpointError::Latency);
        }
        micros.sort_by(f64::total_cmp);
        let (least, greatest) = (micros[0] / 1000.0, micros[micros.len() - 1] / 1000.0);
        let text = format!("{} values from {least} to {greatest} ms", micros.len());
        Ok(Self { shape: LatencyShape::Samples(micros), text })
    }

    /// The latency in whole microseconds, if it is constant.
    pub fn as_constant(&self) -> Option<Micros> {
        let [least, greatest] = [0.0, 1.0 - f64::EPSILON].map(|share| to_micros(self.quantile(share)));
        (least == greatest).then_some(least)
    }

    /// The mean in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "a number of values in memory")]
    pub fn mean(&self) -> f64 {
        match &self.shape {
            LatencyShape::Curve(curve) => curve.mean(),
            LatencyShape::Samples(values) => values.iter().sum::<f64>() / values.len() as f64,
        }
    }

    /// The latency in microseconds that this share of requests, from 0 to below 1, does not exceed.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index of values in memory"
    )]
    pub fn quantile(&self, share: f64) -> f64 {
        match &self.shape {
            LatencyShape::Curve(curve) => curve.latency(-libm::log1p(-share)),
            LatencyShape::Samples(values) => {
                let rank = libm::ceil(share * values.len() as f64) as usize;
                values[rank.clamp(1, values.len()) - 1]
            }
        }
    }

    /// The share of requests whose latency is at most `micros`.
    #[expect(clippy::cast_precision_loss, reason = "a number of values in memory")]
    pub fn share_within(&self, micros: f64) -> f64 {
        match &self.shape {
            LatencyShape::Curve(curve) => -libm::expm1(-curve.exponent(micros)),
            LatencyShape::Samples(values) => {
                values.partition_point(|value| *value <= micros) as f64 / values.len() as f64
            }
        }
    }

    /// Draws a latency; at least 1 microsecond.
    pub(crate) fn draw(&self, random: &mut fastrand::Rng) -> Micros {
        to_micros(match &self.shape {
            LatencyShape::Curve(curve) => curve.latency(-libm::log1p(-random.f64())),
            LatencyShape::Samples(values) => values[random.usize(..values.len())],
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "latencies are positive and bounded")]
fn to_micros(latency: f64) -> Micros {
    ((latency + 0.5) as Micros).clamp(1, MAX_LATENCY_MS * MILLISECOND)
}

/// Converts milliseconds in the allowed range to microseconds.
#[expect(clippy::cast_precision_loss, reason = "the maximum is small")]
fn checked_micros(millis: f64) -> Option<f64> {
    (millis >= 0.001 && millis <= MAX_LATENCY_MS as f64).then_some(millis * 1000.0)
}

impl FromStr for LatencyDistribution {
    type Err = SimulatedEndpointError;

    fn from_str(text: &str) -> Result<Self, SimulatedEndpointError> {
        let micros = |text: &str| checked_micros(text.strip_suffix("ms").unwrap_or(text).trim().parse().ok()?);
        let curve = if let Some(mean) = text.strip_prefix("exp:") {
            micros(mean).map(LatencyCurve::exponential)
        } else if text.starts_with('p') {
            parse_percentiles(text, micros)
        } else {
            micros(text).map(LatencyCurve::constant)
        };
        let shape = LatencyShape::Curve(curve.ok_or(SimulatedEndpointError::Latency)?);
        Ok(Self { shape, text: text.to_owned() })
    }
}

fn parse_percentiles(text: &str, micros: impl Fn(&str) -> Option<f64>) -> Option<LatencyCurve> {
    const SHARES: [(&str, f64); 4] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)];
    let parts: Vec<&str> = text.split(',').collect();
    if !(3..=4).contains(&parts.len()) {
        return None;
    }
    let percentiles = parts.iter().zip(SHARES).map(|(part, (name, share))| {
        let (found, value) = part.split_once('=')?;
        (found.trim() == name).then(|| micros(value.trim())).flatten().map(|latency| (share, latency))
    });
    LatencyCurve::from_percentiles(&percentiles.collect::<Option<Vec<_>>>()?)
}

impl fmt::Display for LatencyDistribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for LatencyDistribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(text: &str) -> LatencyDistribution {
        text.parse().expect("a latency")
    }

    fn assert_close(value: f64, expected: f64, tolerance: f64) {
        assert!((value - expected).abs() <= tolerance * expected.abs(), "{value}, not {expected}");
    }

    /// All forms of a distribution.
    fn distributions() -> [LatencyDistribution; 6] {
        let samples: Vec<f64> = (1..=2000).map(f64::from).collect();
        let [constant, exponential, three, four, flat] =
            ["300", "exp:300", "p50=80,p95=300,p99=900", "p50=80,p95=300,p99=900,p999=1000", "p50=80,p95=80,p99=90"]
                .map(latency);
        [constant, exponential, three, four, flat, LatencyDistribution::from_samples(&samples).expect("samples")]
    }

    #[test]
    fn quantiles_follow_the_input() {
        let cases = [
            ("300", vec![(0.0, 300.0), (0.5, 300.0), (0.9999, 300.0)]),
            ("0.5ms", vec![(0.5, 0.5)]),
            ("exp:300", vec![(0.5, 300.0 * std::f64::consts::LN_2), (0.99, 300.0 * 100_f64.ln())]),
            ("p50=80, p95=300, p99=900", vec![(0.5, 80.0), (0.95, 300.0), (0.99, 900.0)]),
            ("p50=80,p95=300,p99=900,p999=1000", vec![(0.5, 80.0), (0.95, 300.0), (0.99, 900.0), (0.999, 1000.0)]),
        ];
        for (text, quantiles) in cases {
            for (share, millis) in quantiles {
                assert_close(latency(text).quantile(share), millis * 1000.0, 1e-9);
            }
        }
    }

    #[test]
    fn malformed_latency_is_rejected() {
        for text in [
            "",
            "0",
            "-1",
            "NaN",
            "600001",
            "exp:",
            "exp:0",
            "300s",
            "p50=80",
            "p50=80,p95=70,p99=900",
            "p50=80,p99=300,p95=900",
            "p50=80,p95=300,p99=900,p999=1000,p9999=1",
        ] {
            assert_eq!(text.parse::<LatencyDistribution>(), Err(SimulatedEndpointError::Latency), "{text}");
        }
        for samples in [&[][..], &[0.0], &[300.0, f64::NAN], &[300.0, 600_001.0]] {
            let error = LatencyDistribution::from_samples(samples).expect_err("rejected");
            assert_eq!(error, SimulatedEndpointError::Latency, "{samples:?}");
        }
    }

    #[test]
    fn share_within_inverts_quantile() {
        for distribution in distributions() {
            for percent in 1..100 {
                let share = f64::from(percent) / 100.0;
                let value = distribution.quantile(share);
                assert!(distribution.share_within(value) >= share - 1e-9, "{distribution}: {share}");
                assert!(distribution.share_within(value - 1.0) <= share + 1e-9, "{distribution}: {share}");
            }
            assert_close(distribution.share_within(0.0), 0.0, 0.0);
            assert_close(distribution.share_within(1e9), 1.0, 1e-3);
        }
    }

    #[test]
    fn mean_is_area_over_distribution() {
        for distribution in distributions() {
            let step = 100.0;
            let area: f64 =
                (0..200_000).map(|index| 1.0 - distribution.share_within((f64::from(index) + 0.5) * step)).sum();
            assert_close(distribution.mean(), area * step, 2e-3);
        }
    }

    #[test]
    fn draws_follow_the_distribution() {
        let mut random = fastrand::Rng::with_seed(1);
        for distribution in distributions() {
            let mut sorted: Vec<Micros> = (0..100_000).map(|_| distribution.draw(&mut random)).collect();
            sorted.sort_unstable();
            for (index, share) in [(50_000, 0.5), (95_000, 0.95), (99_000, 0.99)] {
                #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
                let drawn = sorted[index] as f64;
                assert_close(drawn, distribution.quantile(share), 0.05);
            }
        }
    }

    #[test]
    fn samples_are_equally_probable() {
        let samples = LatencyDistribution::from_samples(&[400.0, 0.5, 80.0, 80.0]).expect("samples");
        for (share, expected) in [(0.0, 500.0), (0.25, 500.0), (0.26, 80_000.0), (0.75, 80_000.0), (0.76, 400_000.0)] {
            assert_close(samples.quantile(share), expected, 0.0);
        }
        for (at, expected) in [(499.0, 0.0), (500.0, 0.25), (80_000.0, 0.75), (1e9, 1.0)] {
            assert_close(samples.share_within(at), expected, 0.0);
        }
        assert_eq!(samples.to_string(), "4 values from 0.5 to 400 ms");
        let mut random = fastrand::Rng::with_seed(1);
        let slow = (0..10_000).filter(|_| samples.draw(&mut random) == 400_000).count();
        assert!(slow.abs_diff(2500) < 200, "{slow}");
    }

    #[test]
    fn constant_latency_is_detected() {
        let samples = |values: &[f64]| LatencyDistribution::from_samples(values).expect("samples");
        assert_eq!(latency("300").as_constant(), Some(300_000));
        assert_eq!(latency("p50=80,p95=80,p99=80").as_constant(), Some(80_000));
        assert_eq!(samples(&[7.0, 7.0]).as_constant(), Some(7000));
        for other in [latency("exp:300"), latency("p50=80,p95=80,p99=81"), samples(&[7.0, 8.0])] {
            assert_eq!(other.as_constant(), None, "{other}");
        }
    }
}
