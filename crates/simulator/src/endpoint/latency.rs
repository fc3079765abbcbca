//! The latency of an endpoint.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::endpoint::endpoint_error::SimulatedEndpointError;
use crate::time::{MILLISECOND, Micros};

/// Maximum latency in milliseconds, far above the longest timeout of a journey.
pub const MAX_LATENCY_MS: u64 = 600_000;

/// The distribution of the latency: the time from the start of the endpoint's work on a request to its response.
///
/// The string format is one of
/// - `300` or `300ms`: constant, in milliseconds
/// - `exp:300`: exponential with this mean
/// - `p50=80,p95=300,p99=900`: percentiles as Adobe's latency query reports them; `p999` is optional
///
/// Between percentiles, the latency is linear in −ln(1 − share), and so it is below the first and above the last. This reproduces
/// a constant and an exponential latency exactly, and is inferred for others.
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyDistribution {
    /// Pairs of −ln(1 − share) and latency in microseconds. The first has the share 0.
    points: Vec<(f64, f64)>,
    /// Slope after the last point.
    tail: f64,
    /// The string format.
    text: String,
}

impl LatencyDistribution {
    /// The same latency for all requests, in milliseconds.
    pub fn constant(millis: u64) -> Result<Self, SimulatedEndpointError> {
        millis.to_string().parse()
    }

    /// Values that were measured, in milliseconds, all equally probable.
    pub fn from_samples(millis: &[f64]) -> Result<Self, SimulatedEndpointError> {
        let _ = millis;
        Err(SimulatedEndpointError::Latency)
    }

    /// The constant latency in microseconds, if it is constant.
    pub fn as_constant(&self) -> Option<Micros> {
        let (_, first) = self.points[0];
        (self.tail == 0.0 && self.points.iter().all(|(_, latency)| *latency == first)).then(|| to_micros(first))
    }

    /// The mean in microseconds.
    pub fn mean(&self) -> f64 {
        let mut mean = self.points[0].1;
        for pair in self.points.windows(2) {
            let slope = (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0);
            mean += slope * (libm::exp(-pair[0].0) - libm::exp(-pair[1].0));
        }
        mean + self.tail * libm::exp(-self.points[self.points.len() - 1].0)
    }

    /// The latency in microseconds that this share of requests, from 0 to below 1, does not exceed.
    pub fn quantile(&self, share: f64) -> f64 {
        self.at(-libm::log1p(-share))
    }

    /// The share of requests whose latency is at most `micros`.
    pub fn share_within(&self, micros: f64) -> f64 {
        let _ = micros;
        todo!("H1")
    }

    /// Draws a latency; at least 1 microsecond.
    pub(crate) fn draw(&self, random: &mut fastrand::Rng) -> Micros {
        to_micros(self.at(-libm::log1p(-random.f64())))
    }

    fn at(&self, exponent: f64) -> f64 {
        let after = self.points.partition_point(|(at, _)| *at <= exponent);
        let (from, latency) = self.points[after.max(1) - 1];
        match self.points.get(after) {
            Some((to, next)) => latency + (next - latency) * (exponent - from) / (to - from),
            None => latency + self.tail * (exponent - from),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "latencies are positive and bounded")]
fn to_micros(latency: f64) -> Micros {
    (latency.round() as Micros).clamp(1, MAX_LATENCY_MS * MILLISECOND)
}

impl FromStr for LatencyDistribution {
    type Err = SimulatedEndpointError;

    fn from_str(text: &str) -> Result<Self, SimulatedEndpointError> {
        let millis = |text: &str| {
            let millis: f64 = text.strip_suffix("ms").unwrap_or(text).parse().ok()?;
            #[expect(clippy::cast_precision_loss, reason = "the maximum is small")]
            (millis >= 0.001 && millis <= MAX_LATENCY_MS as f64).then_some(millis * 1000.0)
        };
        let points: Option<(Vec<(f64, f64)>, f64)> = if let Some(mean) = text.strip_prefix("exp:") {
            millis(mean).map(|mean| (vec![(0.0, 0.0)], mean))
        } else if text.starts_with('p') {
            percentile_points(text, millis)
        } else {
            millis(text).map(|latency| (vec![(0.0, latency)], 0.0))
        };
        let (points, tail) = points.ok_or(SimulatedEndpointError::Latency)?;
        Ok(Self { points, tail, text: text.to_owned() })
    }
}

fn percentile_points(text: &str, millis: impl Fn(&str) -> Option<f64>) -> Option<(Vec<(f64, f64)>, f64)> {
    const SHARES: [(&str, f64); 4] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)];
    let mut points = Vec::new();
    let parts: Vec<&str> = text.split(',').collect();
    if !(3..=4).contains(&parts.len()) {
        return None;
    }
    for (part, (name, share)) in parts.iter().zip(SHARES) {
        let (found, value) = part.split_once('=')?;
        let latency = (found.trim() == name).then(|| millis(value.trim())).flatten()?;
        points.push((-libm::log1p(-share), latency));
    }
    if points.windows(2).any(|pair| pair[1].1 < pair[0].1) {
        return None;
    }
    let slope = |from: (f64, f64), to: (f64, f64)| (to.1 - from.1) / (to.0 - from.0);
    let first = points[0].1 - slope(points[0], points[1]) * points[0].0;
    let tail = slope(points[points.len() - 2], points[points.len() - 1]);
    points.insert(0, (0.0, first.max(0.0)));
    Some((points, tail))
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
