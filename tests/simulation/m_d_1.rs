//! M/D/1: Poisson arrivals, constant service, one server.

use crate::m_m_c::bisect;

/// Probabilities of more calls in the system are not computed; they are below 1e-12 for a load of 0.9.
const MAX_CALLS: usize = 200;

/// An M/D/1 queue with the load `arrivals · service < 1`. The rate is per second, and times are seconds.
#[derive(Clone, Copy, Debug)]
pub struct MD1 {
    pub arrivals: f64,
    /// The time of service.
    pub service: f64,
}

impl MD1 {
    /// Pollaczek and Khinchine.
    pub fn mean_wait(self) -> f64 {
        let load = self.arrivals * self.service;
        load * self.service / (2.0 * (1.0 - load))
    }

    /// The wait that this share of calls does not exceed.
    pub fn wait_quantile(self, share: f64) -> f64 {
        let at_most = self.calls_at_most();
        if share <= at_most[0] {
            return 0.0;
        }
        bisect(|time| self.wait_at_most(time, &at_most), share, self.service)
    }

    /// The distribution of the wait, in the form without cancellation (Franx 2001, "A simple solution for the M/D/c waiting time
    /// distribution").
    fn wait_at_most(self, time: f64, at_most: &[f64]) -> f64 {
        // (k − 1) D ≤ time < k D
        let periods = (time / self.service).floor() + 1.0;
        let mean = self.arrivals * (periods * self.service - time);
        let mut poisson = (-mean).exp();
        let mut sum = 0.0;
        let mut arrived = 0.0;
        let mut left = periods;
        while left > 0.0 {
            // At most this many in the system, one of them in service.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive integer")]
            let calls = (left as usize).min(MAX_CALLS - 1);
            sum += at_most[calls] * poisson;
            arrived += 1.0;
            poisson *= mean / arrived;
            left -= 1.0;
        }
        sum
    }

    /// The probabilities of at most 0, 1, … calls in the system, by equating the rates up and down (no cancellation).
    fn calls_at_most(self) -> Vec<f64> {
        let load = self.arrivals * self.service;
        let mut poisson = vec![(-load).exp()];
        for count in 1..=MAX_CALLS {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            poisson.push(poisson[count - 1] * load / count as f64);
        }
        // The probability of at least this many arrivals in one service.
        let at_least = |count: usize| -> f64 { poisson[count..].iter().rev().sum() };
        let mut exactly = vec![1.0 - load];
        for calls in 1..MAX_CALLS {
            let from_others: f64 = (1..calls).map(|from| exactly[from] * at_least(calls - from + 1)).sum();
            exactly.push((exactly[0] * at_least(calls) + from_others) / poisson[0]);
        }
        let mut sum = 0.0;
        exactly
            .iter()
            .map(|share| {
                sum += share;
                sum
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distribution_matches_mean() {
        for load in [0.3, 0.5, 0.8, 0.9] {
            let queue = MD1 { arrivals: load * 10.0, service: 0.1 };
            let at_most = queue.calls_at_most();
            let step = 0.001;
            let integral: f64 =
                (0..20_000).map(|i| (1.0 - queue.wait_at_most((f64::from(i) + 0.5) * step, &at_most)) * step).sum();
            assert!((integral / queue.mean_wait() - 1.0).abs() < 1e-3, "{load}: {integral} {}", queue.mean_wait());
        }
    }

    /// Within the first service time, P(W ≤ t) = (1 − ρ) e^(λt) (Erlang).
    #[test]
    fn short_waits_are_erlangs() {
        let queue = MD1 { arrivals: 8.0, service: 0.1 };
        let at_most = queue.calls_at_most();
        for time in [0.0, 0.03, 0.0999] {
            let expected = 0.2 * f64::exp(8.0 * time);
            let actual = queue.wait_at_most(time, &at_most);
            assert!((actual - expected).abs() < 1e-12, "{time}: {actual} {expected}");
        }
        assert!(queue.wait_quantile(0.1) < 1e-12);
    }
}
