//! The retry budget of a client. It limits how much retries add to the load during an outage.
//!
//! Limits in this module are ours unless a source is given.

/// Capacity of the budget, in retries: enough for two calls that use all their attempts.
pub const MAX_RETRY_TOKENS: u32 = 5;

/// Number of successful calls that earn one retry. In the long run, retries add at most a tenth to the traffic.
pub const CALLS_PER_RETRY: u32 = 10;

/// A token bucket that the clones of a client share.
///
/// A retry withdraws one token, and each successful call deposits a tenth of a token. Occasional failures are always
/// retried, an outage empties the bucket once, and a service that fails half of the time does not get twice the
/// traffic.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    /// In units of `1 / CALLS_PER_RETRY` of a retry.
    parts: u32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { parts: MAX_RETRY_TOKENS * CALLS_PER_RETRY }
    }
}

impl RetryBudget {
    /// Withdraws one retry. Returns false if the budget does not allow one.
    pub const fn withdraw(&mut self) -> bool {
        let enough = self.parts >= CALLS_PER_RETRY;
        if enough {
            self.parts -= CALLS_PER_RETRY;
        }
        enough
    }

    /// Returns a retry that was withdrawn but not made.
    pub fn refund(&mut self) {
        self.add(CALLS_PER_RETRY);
    }

    /// Records a successful call.
    pub fn deposit(&mut self) {
        self.add(1);
    }

    fn add(&mut self, parts: u32) {
        self.parts = (self.parts + parts).min(MAX_RETRY_TOKENS * CALLS_PER_RETRY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn withdraw_all(budget: &mut RetryBudget) -> usize {
        (0..100).filter(|_| budget.withdraw()).count()
    }

    #[test]
    fn budget_never_exceeds_capacity() {
        let mut budget = RetryBudget::default();
        budget.deposit();
        budget.refund();
        assert_eq!(withdraw_all(&mut budget), 5);
        assert_eq!(withdraw_all(&mut budget), 0);
    }

    #[test]
    fn ten_successes_earn_one_retry() {
        let mut budget = RetryBudget::default();
        withdraw_all(&mut budget);
        (0..9).for_each(|_| budget.deposit());
        assert_eq!(withdraw_all(&mut budget), 0);
        budget.deposit();
        assert_eq!(withdraw_all(&mut budget), 1);
        budget.refund();
        assert_eq!(withdraw_all(&mut budget), 1);
    }
}
