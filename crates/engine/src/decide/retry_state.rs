//! Decides after each attempt: retry, give up, or already applied.

use core::time::Duration;

use crate::{AlreadyDone, AttemptOutcome, Layer, Operation, RetryPolicy, jitter};

/// The attempts of one call.
#[derive(Clone, Debug)]
pub struct RetryState {
    policy: RetryPolicy,
    operation: Operation,
    until: Duration,
    made: u32,
    uncertain: bool,
}

/// The decision after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Retry, if the budget allows.
    Retry {
        /// How long to wait first.
        after: Duration,
    },
    /// Give up.
    GiveUp,
    /// Already applied: an earlier attempt, whose response was lost, had the effect.
    AlreadyApplied,
}

impl RetryState {
    /// For a call of this operation that must end at `until`, on the clock of [`RetryState::decide`].
    pub const fn new(policy: RetryPolicy, operation: &Operation, until: Duration) -> Self {
        Self { policy, operation: *operation, until, made: 0, uncertain: false }
    }

    /// How many have ended without success.
    pub const fn made(&self) -> u32 {
        self.made
    }

    /// The time that is left.
    pub const fn left(&self, now: Duration) -> Duration {
        self.until.saturating_sub(now)
    }

    /// Records a failed attempt and decides what follows.
    pub fn decide(&mut self, outcome: &AttemptOutcome<'_>, now: Duration, random: u64) -> RetryDecision {
        if matches!(outcome, AttemptOutcome::DeadlineExceeded) {
            return RetryDecision::GiveUp;
        }
        self.made += 1;
        if self.uncertain && self.shows_effect(outcome) {
            return RetryDecision::AlreadyApplied;
        }
        self.uncertain |= outcome.is_uncertain();
        if self.made >= self.policy.attempts || !outcome.is_retryable(self.operation.idempotency) {
            return RetryDecision::GiveUp;
        }
        let asked = outcome.min_wait();
        let after = asked.saturating_add(jitter(self.bound(outcome), random));
        if asked > self.policy.longest_retry_after || after >= self.left(now) {
            return RetryDecision::GiveUp;
        }
        RetryDecision::Retry { after }
    }

    /// Whether the response shows the effect of an earlier attempt.
    fn shows_effect(&self, outcome: &AttemptOutcome<'_>) -> bool {
        let AttemptOutcome::ErrorResponse { failure, .. } = outcome else { return false };
        match self.operation.already_done {
            AlreadyDone::Never => false,
            // A gateway or a proxy that finds nothing says nothing of the configuration. Whether the service's own 404 has a body is
            // unknown.
            AlreadyDone::NotFound => {
                failure.status == 404 && (failure.layer == Layer::Service || failure.has_no_body())
            }
            AlreadyDone::Code(code) => failure.code.as_ref().is_some_and(|found| found == code),
        }
    }

    fn bound(&self, outcome: &AttemptOutcome<'_>) -> Duration {
        let busy =
            matches!(outcome, AttemptOutcome::ErrorResponse { failure, .. } if matches!(failure.status, 429 | 503));
        let base = if busy { self.policy.throttled_base } else { self.policy.base };
        base.saturating_mul(1 << (self.made - 1).min(16)).min(self.policy.longest_delay)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Failure, Idempotency};

    const fn operation(idempotency: Idempotency, already_done: AlreadyDone) -> Operation {
        Operation { method: "POST", idempotency, already_done }
    }

    const LIST: Operation = operation(Idempotency::Safe, AlreadyDone::Never);
    const CREATE: Operation = operation(Idempotency::NotIdempotent, AlreadyDone::Never);
    const UPDATE: Operation = operation(Idempotency::Idempotent, AlreadyDone::Never);
    const DELETE: Operation = operation(Idempotency::Idempotent, AlreadyDone::NotFound);
    /// Of capping and of throttling.
    const DEPLOY: [Operation; 2] = [UPDATE, operation(Idempotency::Idempotent, AlreadyDone::Code("14466"))];
    const UNDEPLOY: [Operation; 2] = [UPDATE, operation(Idempotency::Idempotent, AlreadyDone::Code("14468"))];

    fn failure(status: u16, body: &str) -> Failure {
        Failure::read(status, None, body.as_bytes())
    }

    const SERVICE: &str =
        r#"{"status": 500, "error": "{\"code\": 4000, \"family\": \"INTERNAL_ERROR\"}", "requestId": "r"}"#;
    const GATEWAY: &str = r#"{"error_code": "503010", "message": "Could not validate the token"}"#;

    /// Which of reads, idempotent writes and create may be repeated.
    fn allowed(ending: &AttemptOutcome<'_>) -> [bool; 3] {
        [Idempotency::Safe, Idempotency::Idempotent, Idempotency::NotIdempotent]
            .map(|repeat| ending.is_retryable(repeat))
    }

    #[test]
    fn the_table_of_what_may_be_repeated() {
        let unsent = |is_transient| AttemptOutcome::NotSent { is_transient, wait: Duration::ZERO };
        assert_eq!(allowed(&unsent(true)), [true; 3]);
        assert_eq!(allowed(&unsent(false)), [false; 3]);
        assert_eq!(allowed(&AttemptOutcome::NoResponse), [true, true, false]);
        assert_eq!(allowed(&AttemptOutcome::DeadlineExceeded), [true; 3]);
        assert_eq!(allowed(&AttemptOutcome::Permanent), [false; 3]);
        let answers: [(u16, &str, [bool; 3]); 19] = [
            (429, "", [true; 3]),
            (429, r#"{"error_code": "429050", "message": "Too many requests"}"#, [true; 3]),
            (500, SERVICE, [false; 3]),
            (503, SERVICE, [false; 3]),
            (500, r#"{"error": {"code": 1451, "message": "deployed"}}"#, [false; 3]),
            (500, r#"{"code": "ERR_ENDPOINTCONFIG_101", "message": "malformed"}"#, [false; 3]),
            (500, "", [true, false, false]),
            (500, "<html>", [true, false, false]),
            (500, "{}", [true, false, false]),
            (500, r#"{"status": 500, "error": "Internal Server Error"}"#, [true, false, false]),
            (503, r#"{"status": 503, "error": "Service Unavailable"}"#, [true, true, false]),
            (500, GATEWAY, [true, false, false]),
            (502, "", [true, true, false]),
            (503, GATEWAY, [true, true, false]),
            (503, "<html>", [true, true, false]),
            (504, "", [true, true, false]),
            (400, "", [false; 3]),
            (403, r#"{"error_code": "403025"}"#, [false; 3]),
            (404, "", [false; 3]),
        ];
        for (status, body, expected) in answers {
            let failure = failure(status, body);
            let ending = AttemptOutcome::ErrorResponse { failure: &failure, retry_after: None };
            assert_eq!(allowed(&ending), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_repeat_that_finds_it_done_is_a_success_only_after_a_lost_answer() {
        let gone = failure(404, "");
        let deployed = failure(500, r#"{"error": {"code": 14466, "message": "already deployed"}}"#);
        let not_deployed = failure(500, r#"{"error": {"code": "14468", "message": "not deployed"}}"#);
        let cases = [
            ([DELETE; 2], &gone, [true, true]),
            (DEPLOY, &deployed, [false, true]),
            (UNDEPLOY, &not_deployed, [false, true]),
            ([LIST; 2], &gone, [false, false]),
            ([UPDATE; 2], &gone, [false, false]),
            ([DELETE; 2], &deployed, [false, false]),
        ];
        let elsewhere = [(404, "<html>no backend</html>"), (404, GATEWAY)].map(|(status, body)| failure(status, body));
        let refused_by_gateway = failure(503, GATEWAY);
        let follows = |first: &Failure, second: &Failure| {
            let mut attempts = RetryState::new(RetryPolicy::default(), &DELETE, Duration::MAX);
            attempts.decide(&AttemptOutcome::ErrorResponse { failure: first, retry_after: None }, Duration::ZERO, 0);
            attempts.decide(&AttemptOutcome::ErrorResponse { failure: second, retry_after: None }, Duration::ZERO, 0)
        };
        let unavailable = failure(503, "");
        for other in &elsewhere {
            assert_eq!(
                follows(&unavailable, other),
                RetryDecision::GiveUp,
                "a 404 of somebody else: {}",
                other.message
            );
        }
        assert_eq!(follows(&refused_by_gateway, &gone), RetryDecision::GiveUp, "the first was not carried out");
        for (operations, failure, expected) in cases {
            for (operation, expected) in operations.iter().zip(expected) {
                let found = AttemptOutcome::ErrorResponse { failure, retry_after: None };
                let second = |first: &AttemptOutcome<'_>| {
                    let mut attempts = RetryState::new(RetryPolicy::default(), operation, Duration::MAX);
                    attempts.decide(first, Duration::ZERO, 0);
                    attempts.decide(&found, Duration::ZERO, 0)
                };
                assert_eq!(
                    second(&AttemptOutcome::NoResponse) == RetryDecision::AlreadyApplied,
                    expected,
                    "{operation:?}"
                );
                let refused = AttemptOutcome::ErrorResponse { failure: &unavailable, retry_after: None };
                assert_eq!(second(&refused) == RetryDecision::AlreadyApplied, expected, "{operation:?}");
                let unsent = AttemptOutcome::NotSent { is_transient: true, wait: Duration::ZERO };
                assert_ne!(second(&unsent), RetryDecision::AlreadyApplied, "{operation:?}: nothing had been sent");
            }
        }
    }

    #[test]
    fn a_long_retry_after_ends_the_call() {
        let busy = failure(429, "");
        for (asked, expected) in [
            (0, RetryDecision::Retry { after: Duration::ZERO }),
            (30, RetryDecision::Retry { after: Duration::from_secs(30) }),
            (31, RetryDecision::GiveUp),
            (2400, RetryDecision::GiveUp),
        ] {
            let ending =
                AttemptOutcome::ErrorResponse { failure: &busy, retry_after: Some(Duration::from_secs(asked)) };
            let mut attempts = RetryState::new(RetryPolicy::default(), &LIST, Duration::from_secs(60));
            assert_eq!(attempts.decide(&ending, Duration::ZERO, 0), expected, "{asked}");
        }
    }

    fn endings() -> impl Strategy<Value = (u8, u16, Option<u64>, u64)> {
        (0..4_u8, prop::sample::select(vec![400, 404, 429, 500, 502, 503]), prop::option::of(0..100_u64), any::<u64>())
    }

    proptest! {
        /// Whatever happens: no more attempts than allowed, no delay beyond its bounds, nothing past the deadline, and a
        /// creation that may have been carried out is never repeated.
        #[test]
        fn no_bound_is_ever_passed(
            operation in prop::sample::select([LIST, CREATE, UPDATE, DELETE, DEPLOY[1], UNDEPLOY[1]].as_slice()),
            limit in 1..6_u32,
            deadline in 0..120_000_u64,
            steps in prop::collection::vec((endings(), 0..40_000_u64), 1..10),
        ) {
            let policy = RetryPolicy { attempts: limit, ..RetryPolicy::default() };
            let deadline = Duration::from_millis(deadline);
            let mut attempts = RetryState::new(policy, &operation, deadline);
            let mut now = Duration::ZERO;
            let mut sent = 1;
            for ((kind, status, retry_after, random), took) in steps {
                now += Duration::from_millis(took);
                let failure = failure(status, "");
                let retry_after = retry_after.map(Duration::from_secs);
                let ending = match kind {
                    0 => AttemptOutcome::NotSent { is_transient: true, wait: Duration::ZERO },
                    1 => AttemptOutcome::NoResponse,
                    2 => AttemptOutcome::ErrorResponse { failure: &failure, retry_after },
                    _ => AttemptOutcome::Permanent,
                };
                let RetryDecision::Retry { after } = attempts.decide(&ending, now, random) else { break };
                sent += 1;
                prop_assert!(sent <= limit);
                prop_assert!(now + after < deadline);
                let asked = if kind == 2 { retry_after.unwrap_or_default() } else { Duration::ZERO };
                prop_assert!(after >= asked && after <= asked + policy.longest_delay);
                prop_assert!(asked <= policy.longest_retry_after);
                if operation.idempotency == Idempotency::NotIdempotent {
                    prop_assert!(kind == 0 || (kind == 2 && status == 429));
                }
                now += after;
            }
        }
    }
}
