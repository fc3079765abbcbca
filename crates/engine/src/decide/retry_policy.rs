//! How often and how soon calls are retried.

use core::time::Duration;

/// How often and how soon a call is retried.
///
/// The defaults are chosen here: the service publishes no rule. Attempts, the bases and the cap are this project's
/// requirement; delays are "full jitter" (any delay between none and the doubling bound, as in Amazon's article on
/// exponential backoff and jitter), because clients that failed together must not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, including the first; 3 by default.
    pub attempts: u32,
    /// Bound of the first delay; it doubles with each attempt. 50 ms by default.
    pub base: Duration,
    /// The same after 429 and 503; 1 s by default.
    pub throttled_base: Duration,
    /// No delay is longer, but by `Retry-After`; 20 s by default.
    pub longest_delay: Duration,
    /// A longer `Retry-After` ends the call, and its error reports it; 30 s by default. The gateway has asked for 40 minutes.
    pub longest_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(50),
            throttled_base: Duration::from_secs(1),
            longest_delay: Duration::from_secs(20),
            longest_retry_after: Duration::from_secs(30),
        }
    }
}
