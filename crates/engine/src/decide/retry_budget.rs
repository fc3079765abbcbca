//! Limits the retries of a client over all its calls, so that an outage is not multiplied.

/// Repetitions in a row that a client can pay for. Chosen here: two calls that use all their attempts, and a half.
pub const MAX_RETRY_TOKENS: u32 = 5;

/// So many calls that succeed earn one repetition. Chosen here: in the long run at most a tenth more traffic.
pub const CALLS_PER_RETRY: u32 = 10;

/// A token bucket, shared by the clones of a client. A repetition takes one from it, and every call that succeeds, at once or
/// after repetitions, brings a tenth of one: a fault now and then costs nothing, an outage empties the bucket once, and a
/// service that fails half of the time is not asked twice as often.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    /// In parts of a repetition, [`CALLS_PER_RETRY`] of which make one.
    parts: u32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { parts: MAX_RETRY_TOKENS * CALLS_PER_RETRY }
    }
}

impl RetryBudget {
    /// Takes one repetition, if there is one.
    pub const fn withdraw(&mut self) -> bool {
        let enough = self.parts >= CALLS_PER_RETRY;
        if enough {
            self.parts -= CALLS_PER_RETRY;
        }
        enough
    }

    /// Gives one back that was not made.
    pub fn refund(&mut self) {
        self.earn(CALLS_PER_RETRY);
    }

    /// Notes a call that succeeded.
    pub fn deposit(&mut self) {
        self.earn(1);
    }

    fn earn(&mut self, parts: u32) {
        self.parts = (self.parts + parts).min(MAX_RETRY_TOKENS * CALLS_PER_RETRY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repetitions(budget: &mut RetryBudget) -> usize {
        (0..100).filter(|_| budget.withdraw()).count()
    }

    #[test]
    fn it_is_never_more_than_full() {
        let mut budget = RetryBudget::default();
        budget.deposit();
        budget.refund();
        assert_eq!(repetitions(&mut budget), 5);
        assert_eq!(repetitions(&mut budget), 0);
    }

    #[test]
    fn ten_calls_that_succeed_earn_one_repetition() {
        let mut budget = RetryBudget::default();
        repetitions(&mut budget);
        (0..9).for_each(|_| budget.deposit());
        assert_eq!(repetitions(&mut budget), 0);
        budget.deposit();
        assert_eq!(repetitions(&mut budget), 1);
        budget.refund();
        assert_eq!(repetitions(&mut budget), 1);
    }
}
