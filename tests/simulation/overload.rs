//! A queue that gets more than it can serve, as a fluid.

/// Rates in calls per second, times in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Overload {
    pub arrivals: f64,
    pub service: f64,
}

/// Maximum time in the throttling queue.
const MAX_WAIT: f64 = 6.0 * 3600.0;

impl Overload {
    /// The wait of the call that arrives at this time: (λ − μ) t ÷ μ.
    pub fn wait(self, time: f64) -> f64 {
        (self.arrivals - self.service) * time / self.service
    }

    /// The arrival of the first call that is dropped later: 6 h · μ ÷ (λ − μ).
    pub fn first_dropped_arrival(self) -> f64 {
        MAX_WAIT * self.service / (self.arrivals - self.service)
    }

    /// The first drop: 6 h · λ ÷ (λ − μ).
    pub fn first_drop(self) -> f64 {
        MAX_WAIT * self.arrivals / (self.arrivals - self.service)
    }

    /// The time until a backlog has left, if this rate arrives after the overload: backlog ÷ (μ − λ).
    pub fn drain(self, time: f64, arrivals_after: f64) -> f64 {
        (self.arrivals - self.service) * time / (self.service - arrivals_after)
    }
}
