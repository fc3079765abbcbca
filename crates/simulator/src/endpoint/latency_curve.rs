//! Latency as a function of −ln(1 − share).

/// Linear pieces over the exponent −ln(1 − share): a constant is flat, and an exponential distribution is one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LatencyCurve {
    /// At least one; exponents and latencies increase, and the first exponent is 0.
    pieces: Vec<CurvePiece>,
}

/// A piece ends where the next one starts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct CurvePiece {
    exponent: f64,
    /// In microseconds.
    latency: f64,
    slope: f64,
}

impl LatencyCurve {
    pub(crate) fn constant(latency: f64) -> Self {
        Self { pieces: vec![CurvePiece { exponent: 0.0, latency, slope: 0.0 }] }
    }

    pub(crate) fn exponential(mean: f64) -> Self {
        Self { pieces: vec![CurvePiece { exponent: 0.0, latency: 0.0, slope: mean }] }
    }

    /// Takes pairs of share and latency; at least two, with increasing shares. `None` if a latency decreases.
    pub(crate) fn from_percentiles(percentiles: &[(f64, f64)]) -> Option<Self> {
        if percentiles.windows(2).any(|pair| pair[1].1 < pair[0].1) {
            return None;
        }
        let points: Vec<_> = percentiles.iter().map(|(share, latency)| (-libm::log1p(-share), *latency)).collect();
        let slope = |from: (f64, f64), to: (f64, f64)| (to.1 - from.1) / (to.0 - from.0);
        let first = (0.0, (points[0].1 - slope(points[0], points[1]) * points[0].0).max(0.0));
        let points: Vec<_> = std::iter::once(first).chain(points).collect();
        let piece = |(exponent, latency), slope| CurvePiece { exponent, latency, slope };
        let mut pieces: Vec<_> = points.windows(2).map(|pair| piece(pair[0], slope(pair[0], pair[1]))).collect();
        // The last piece continues the one before it.
        pieces.push(piece(points[points.len() - 1], pieces[pieces.len() - 1].slope));
        Some(Self { pieces })
    }

    pub(crate) fn mean(&self) -> f64 {
        let ends = self.pieces.iter().skip(1).map(|piece| libm::exp(-piece.exponent)).chain([0.0]);
        let means = self.pieces.iter().zip(ends).map(|(piece, end)| piece.slope * (libm::exp(-piece.exponent) - end));
        self.pieces[0].latency + means.sum::<f64>()
    }

    /// The latency at an exponent.
    pub(crate) fn latency(&self, exponent: f64) -> f64 {
        let piece = self.last_piece(|piece| piece.exponent <= exponent);
        piece.latency + piece.slope * (exponent - piece.exponent)
    }

    /// The greatest exponent with at most this latency; 0 without one, and infinite without a greatest one.
    pub(crate) fn exponent(&self, latency: f64) -> f64 {
        let piece = self.last_piece(|piece| piece.latency <= latency);
        match latency - piece.latency {
            over if over < 0.0 => 0.0,
            _ if piece.slope == 0.0 => f64::INFINITY,
            over => piece.exponent + over / piece.slope,
        }
    }

    /// The last piece that starts before a position, or the first one.
    fn last_piece(&self, is_before: impl Fn(&CurvePiece) -> bool) -> &CurvePiece {
        self.pieces.iter().skip(1).take_while(|piece| is_before(piece)).last().unwrap_or(&self.pieces[0])
    }
}
