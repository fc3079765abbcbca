//! The latency of groups of requests.

use crate::endpoint::latency::LatencyDistribution;
use crate::time::Micros;

/// The number of latencies that represent a distribution. Their mean is within 0.1 % of an exponential distribution's.
const LATENCIES: u32 = 1024;

/// Latencies of equal probability, in increasing order.
pub(crate) struct LatencyTable {
    latencies: Vec<Micros>,
    /// The sum of the latencies before each, and of all.
    sums: Vec<Micros>,
}

/// The position in the sequence of latencies of one kind of request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LatencySequence {
    position: u32,
    step: u32,
}

impl LatencySequence {
    /// The sequences of different kinds of requests are independent of each other: their steps are powers of the root of
    /// x⁹ = x + 1 (the sequence R₈ of M. Roberts), so that points of up to eight of them fill the space evenly.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^32")]
    pub(crate) fn new(kind: u8) -> Self {
        const ROOT: f64 = 1.085_070_245_491_450_8;
        let mut step = 1.0;
        for _ in 0..=kind {
            step /= ROOT;
        }
        Self { position: 1 << 31, step: (step * 4_294_967_296.0) as u32 }
    }
}

impl LatencyTable {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "latencies are positive and bounded")]
    pub(crate) fn new(distribution: &LatencyDistribution) -> Self {
        let at = |index: u32| distribution.quantile((f64::from(index) + 0.5) / f64::from(LATENCIES)).round() as Micros;
        let latencies: Vec<Micros> = match distribution.as_constant() {
            Some(latency) => vec![latency],
            None => (0..LATENCIES).map(|index| at(index).max(1)).collect(),
        };
        let mut sums = vec![0];
        for latency in &latencies {
            sums.push(sums[sums.len() - 1] + latency);
        }
        Self { latencies, sums }
    }

    pub(crate) fn mean(&self) -> Micros {
        self.mean_up_to(Micros::MAX)
    }

    /// The number of latencies that are at most `limit`.
    pub(crate) fn count_within(&self, limit: Micros) -> usize {
        if self.latencies[self.latencies.len() - 1] <= limit {
            return self.latencies.len();
        }
        self.latencies.partition_point(|latency| *latency <= limit)
    }

    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    /// The mean of the first `within` latencies.
    pub(crate) fn mean_within(&self, within: usize) -> Micros {
        self.sums[within].checked_div(within as u64).unwrap_or(0)
    }

    /// The mean of the latencies if those above `limit` are replaced by it.
    pub(crate) fn mean_up_to(&self, limit: Micros) -> Micros {
        let within = self.count_within(limit);
        let above = (self.latencies.len() - within) as u64;
        let sum = self.sums[within] + if above == 0 { 0 } else { above * limit };
        sum / self.latencies.len() as u64
    }

    /// One of the first `within` latencies. Successive draws cover them evenly.
    pub(crate) fn draw(&self, within: usize, sequence: &mut LatencySequence) -> Micros {
        if within <= 1 {
            return self.latencies[0];
        }
        sequence.position = sequence.position.wrapping_add(sequence.step);
        let index = (u64::from(sequence.position) * within as u64) >> 32;
        self.latencies[usize::try_from(index).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_has_distribution() {
        let table = LatencyTable::new(&"exp:300".parse().expect("a latency"));
        assert_eq!((table.mean() + 500) / 1000, 300);
        assert_eq!(table.count_within(300_000), 647, "1024 · (1 − 1/e)");
        // 300 · (1 − 1/e)
        assert_eq!((table.mean_up_to(300_000) + 500) / 1000, 190);
        for mut sequence in (0..8).map(LatencySequence::new) {
            let mean = (0..1024).map(|_| table.draw(1024, &mut sequence)).sum::<Micros>() / 1024;
            assert!(mean.abs_diff(300_000) < 5000, "{sequence:?}: {mean}");
            assert!((0..1024).all(|_| table.draw(647, &mut sequence) <= 300_000));
        }
    }
}
