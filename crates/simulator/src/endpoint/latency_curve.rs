//! Latency as a function of −ln(1 − share).

/// Linear pieces over the exponent −ln(1 − share): a constant is flat, and an exponential distribution is one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LatencyCurve {
    /// Pairs of exponent and latency in microseconds, both increasing. The first has the exponent 0.
    points: Vec<(f64, f64)>,
    /// Slope after the last point.
    tail: f64,
}

impl LatencyCurve {
    pub(crate) fn constant(latency: f64) -> Self {
        Self { points: vec![(0.0, latency)], tail: 0.0 }
    }

    pub(crate) fn exponential(mean: f64) -> Self {
        Self { points: vec![(0.0, 0.0)], tail: mean }
    }

    /// Takes pairs of share and latency; at least two, with increasing shares. `None` if a latency decreases.
    pub(crate) fn from_percentiles(percentiles: &[(f64, f64)]) -> Option<Self> {
        if percentiles.windows(2).any(|pair| pair[1].1 < pair[0].1) {
            return None;
        }
        let mut points: Vec<_> = percentiles.iter().map(|(share, latency)| (-libm::log1p(-share), *latency)).collect();
        let first = points[0].1 - slope(points[0], points[1]) * points[0].0;
        let tail = slope(points[points.len() - 2], points[points.len() - 1]);
        points.insert(0, (0.0, first.max(0.0)));
        Some(Self { points, tail })
    }

    pub(crate) fn mean(&self) -> f64 {
        let (last, _) = self.points[self.points.len() - 1];
        let pieces = self
            .points
            .windows(2)
            .map(|pair| slope(pair[0], pair[1]) * (libm::exp(-pair[0].0) - libm::exp(-pair[1].0)));
        self.points[0].1 + pieces.sum::<f64>() + self.tail * libm::exp(-last)
    }

    /// The latency at an exponent.
    pub(crate) fn latency(&self, exponent: f64) -> f64 {
        let (from, slope) = self.piece(|(at, _)| at <= exponent);
        from.1 + slope * (exponent - from.0)
    }

    /// The greatest exponent with at most this latency; 0 if there is none, and infinite if there is no greatest.
    pub(crate) fn exponent(&self, latency: f64) -> f64 {
        if latency < self.points[0].1 {
            return 0.0;
        }
        let (from, slope) = self.piece(|(_, value)| value <= latency);
        if slope == 0.0 { f64::INFINITY } else { from.0 + (latency - from.1) / slope }
    }

    /// The last point that `is_before` accepts, and the slope after it.
    fn piece(&self, is_before: impl Fn((f64, f64)) -> bool) -> ((f64, f64), f64) {
        let next = self.points.iter().skip(1).position(|point| !is_before(*point)).map(|index| index + 1);
        let next = next.unwrap_or(self.points.len());
        let from = self.points[next - 1];
        (from, self.points.get(next).map_or(self.tail, |to| slope(from, *to)))
    }
}

fn slope(from: (f64, f64), to: (f64, f64)) -> f64 {
    (to.1 - from.1) / (to.0 - from.0)
}
