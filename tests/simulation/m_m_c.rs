//! M/M/c: Poisson arrivals, exponential service, c servers, one queue (Erlang C). M/M/1 is c = 1.

/// An M/M/c queue with the load `arrivals / service < servers`. Rates are per second, and times are seconds.
#[derive(Clone, Copy, Debug)]
pub struct MMC {
    pub arrivals: f64,
    /// The rate of one server.
    pub service: f64,
    pub servers: u32,
}

impl MMC {
    /// Erlang C: the probability that a call waits.
    pub fn wait_probability(self) -> f64 {
        let load = self.arrivals / self.service;
        let servers = f64::from(self.servers);
        // Erlang B, by recursion.
        let blocked = (1..=self.servers).fold(1.0, |blocked, count| {
            let offered = load * blocked;
            offered / (f64::from(count) + offered)
        });
        servers * blocked / (servers - load * (1.0 - blocked))
    }

    pub fn mean_wait(self) -> f64 {
        self.wait_probability() / self.spare_rate()
    }

    /// The wait that this share of calls does not exceed.
    pub fn wait_quantile(self, share: f64) -> f64 {
        let waits = self.wait_probability();
        if share <= 1.0 - waits { 0.0 } else { (waits / (1.0 - share)).ln() / self.spare_rate() }
    }

    /// Wait and service.
    pub fn mean_sojourn(self) -> f64 {
        self.mean_wait() + 1.0 / self.service
    }

    /// The wait and service that this share of calls does not exceed.
    pub fn sojourn_quantile(self, share: f64) -> f64 {
        bisect(|time| 1.0 - self.sojourn_exceeds(time), share, self.mean_sojourn())
    }

    fn sojourn_exceeds(self, time: f64) -> f64 {
        // Service times are exponential with rate μ; a call waits with probability C, exponentially with rate cμ − λ. Their sum
        // has a closed form for μ ≠ cμ − λ.
        let (service, spare) = (self.service, self.spare_rate());
        let waits = self.wait_probability();
        let difference = spare - service;
        let sum = if difference.abs() < 1e-9 * service {
            (1.0 + service * time) * (-service * time).exp()
        } else {
            (spare * (-service * time).exp() - service * (-spare * time).exp()) / difference
        };
        (1.0 - waits) * (-service * time).exp() + waits * sum
    }

    /// cμ − λ.
    fn spare_rate(self) -> f64 {
        f64::from(self.servers) * self.service - self.arrivals
    }
}

/// Finds the argument at which an increasing function has a value.
pub(crate) fn bisect(function: impl Fn(f64) -> f64, value: f64, start: f64) -> f64 {
    let (mut low, mut high) = (0.0, start);
    while function(high) < value {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if function(middle) < value { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{value} {expected}");
    }

    #[test]
    fn one_server_is_exponential() {
        let queue = MMC { arrivals: 8.0, service: 10.0, servers: 1 };
        is_near(queue.wait_probability(), 0.8);
        is_near(queue.mean_wait(), 0.4);
        is_near(queue.mean_sojourn(), 0.5);
        is_near(queue.sojourn_quantile(0.95), 0.5 * 20_f64.ln());
        is_near(queue.wait_quantile(0.2), 0.0);
        is_near(queue.wait_quantile(0.95), 0.5 * 16_f64.ln());
    }

    /// C = 1/3 for two servers with the load 1, and 4/9 for three with the load 2, by the sum in Erlang's formula.
    #[test]
    fn erlang_c_of_few_servers() {
        is_near(MMC { arrivals: 10.0, service: 10.0, servers: 2 }.wait_probability(), 1.0 / 3.0);
        is_near(MMC { arrivals: 20.0, service: 10.0, servers: 3 }.wait_probability(), 4.0 / 9.0);
    }

    /// Without a wait, the sojourn is the service. Its mean is the integral of the tail.
    #[test]
    fn sojourn_matches_its_mean() {
        for servers in [1, 2, 3, 8] {
            let queue = MMC { arrivals: 10.0 * f64::from(servers) - 10.0 + 0.5, service: 10.0, servers };
            let step = queue.mean_sojourn() / 2000.0;
            let integral: f64 = (0..80_000).map(|i| queue.sojourn_exceeds((f64::from(i) + 0.5) * step) * step).sum();
            assert!((integral / queue.mean_sojourn() - 1.0).abs() < 1e-4, "{servers}: {integral}");
        }
    }
}
