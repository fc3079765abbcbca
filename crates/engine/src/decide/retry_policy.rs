//! The configurable limits of retries.

use core::time::Duration;

/// How often and how soon a call is retried.
///
/// Adobe publishes no retry rules, so all defaults are this project's own. Delays use "full jitter": a random delay
/// between zero and a bound that doubles with each attempt (see Amazon's article on exponential backoff and jitter).
/// Clients that fail at the same time therefore do not retry at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Maximum number of attempts, including the first one; 3 by default.
    pub max_attempts: u32,
    /// Upper bound of the first delay; it doubles with each attempt. 50 ms by default.
    pub base_delay: Duration,
    /// Like `base_delay`, but after 429 and 503; 1 s by default.
    pub throttled_base_delay: Duration,
    /// Maximum delay, not counting `Retry-After`; 20 s by default.
    pub max_delay: Duration,
    /// A call fails instead of waiting longer than this for `Retry-After`; 30 s by default. The gateway has sent values
    /// of 40 minutes.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(50),
            throttled_base_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(20),
            max_retry_after: Duration::from_secs(30),
        }
    }
}
