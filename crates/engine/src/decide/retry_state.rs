//! Decides after each failed attempt whether to retry.

use core::time::Duration;

use crate::{AlreadyApplied, AttemptOutcome, ErrorOrigin, OperationSemantics, RetryPolicy, jitter};

/// Tracks the attempts of one call.
#[derive(Clone, Debug)]
pub struct RetryState {
    policy: RetryPolicy,
    operation: OperationSemantics,
    deadline: Duration,
    failed_attempts: u32,
    may_be_applied: bool,
}

/// The decision after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Retry after a delay if the retry budget allows it.
    Retry {
        after: Duration,
    },
    GiveUp,
    /// The response proves that an earlier attempt was applied although its response was lost.
    AlreadyApplied,
}

impl RetryState {
    /// A call of this operation that must end at `deadline`, on the clock of [`RetryState::decide`].
    pub const fn new(policy: RetryPolicy, operation: &OperationSemantics, deadline: Duration) -> Self {
        Self { policy, operation: *operation, deadline, failed_attempts: 0, may_be_applied: false }
    }

    /// The number of failed attempts.
    pub const fn failed_attempts(&self) -> u32 {
        self.failed_attempts
    }

    /// The time left until the deadline.
    pub const fn time_left(&self, now: Duration) -> Duration {
        self.deadline.saturating_sub(now)
    }

    /// Records a failed attempt and decides whether to retry.
    pub fn decide(&mut self, outcome: &AttemptOutcome<'_>, now: Duration, random: u64) -> RetryDecision {
        if matches!(outcome, AttemptOutcome::DeadlineExceeded) {
            return RetryDecision::GiveUp;
        }
        self.failed_attempts += 1;
        if self.may_be_applied && self.shows_earlier_effect(outcome) {
            return RetryDecision::AlreadyApplied;
        }
        self.may_be_applied |= outcome.is_indeterminate();
        if self.failed_attempts >= self.policy.max_attempts || !outcome.is_retryable(self.operation.idempotency) {
            return RetryDecision::GiveUp;
        }
        let min_wait = outcome.min_wait();
        let after = min_wait.saturating_add(jitter(self.max_delay(outcome), random));
        if min_wait > self.policy.max_retry_after || after >= self.time_left(now) {
            return RetryDecision::GiveUp;
        }
        RetryDecision::Retry { after }
    }

    /// Whether the response proves that an earlier attempt was applied.
    fn shows_earlier_effect(&self, outcome: &AttemptOutcome<'_>) -> bool {
        let AttemptOutcome::ErrorResponse { response: failure, .. } = outcome else { return false };
        match self.operation.already_applied {
            AlreadyApplied::Never => false,
            // A 404 from a gateway or proxy says nothing about the configuration. Whether the service's own 404 has a
            // body is unknown.
            AlreadyApplied::NotFound => {
                failure.status == 404 && (failure.origin == ErrorOrigin::Service || failure.has_empty_body())
            }
            AlreadyApplied::Code(code) => failure.code.as_ref().is_some_and(|found| found == code),
        }
    }

    fn max_delay(&self, outcome: &AttemptOutcome<'_>) -> Duration {
        let busy =
            matches!(outcome, AttemptOutcome::ErrorResponse { response, .. } if matches!(response.status, 429 | 503));
        let base = if busy { self.policy.throttled_base_delay } else { self.policy.base_delay };
        base.saturating_mul(1 << (self.failed_attempts - 1).min(16)).min(self.policy.max_delay)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ErrorResponse, Idempotency};

    const fn operation(idempotency: Idempotency, already_applied: AlreadyApplied) -> OperationSemantics {
        OperationSemantics { idempotency, already_applied }
    }

    const LIST: OperationSemantics = operation(Idempotency::Safe, AlreadyApplied::Never);
    const CREATE: OperationSemantics = operation(Idempotency::NotIdempotent, AlreadyApplied::Never);
    const UPDATE: OperationSemantics = operation(Idempotency::Idempotent, AlreadyApplied::Never);
    const DELETE: OperationSemantics = operation(Idempotency::Idempotent, AlreadyApplied::NotFound);
    /// Capping and throttling.
    const DEPLOY: [OperationSemantics; 2] = [UPDATE, operation(Idempotency::Idempotent, AlreadyApplied::Code("14466"))];
    const UNDEPLOY: [OperationSemantics; 2] =
        [UPDATE, operation(Idempotency::Idempotent, AlreadyApplied::Code("14468"))];

    fn failure(status: u16, body: &str) -> ErrorResponse {
        ErrorResponse::parse(status, None, body.as_bytes())
    }

    const SERVICE: &str =
        r#"{"status": 500, "error": "{\"code\": 4000, \"family\": \"INTERNAL_ERROR\"}", "requestId": "r"}"#;
    const GATEWAY: &str = r#"{"error_code": "503010", "message": "Could not validate the token"}"#;

    /// Whether reads, idempotent writes, and create can be retried.
    fn retryable_idempotencies(outcome: &AttemptOutcome<'_>) -> [bool; 3] {
        [Idempotency::Safe, Idempotency::Idempotent, Idempotency::NotIdempotent]
            .map(|idempotency| outcome.is_retryable(idempotency))
    }

    #[test]
    fn retry_table() {
        let unsent = |is_transient| AttemptOutcome::NotSent { is_transient, retry_after: Duration::ZERO };
        assert_eq!(retryable_idempotencies(&unsent(true)), [true; 3]);
        assert_eq!(retryable_idempotencies(&unsent(false)), [false; 3]);
        assert_eq!(retryable_idempotencies(&AttemptOutcome::NoResponse), [true, true, false]);
        assert_eq!(retryable_idempotencies(&AttemptOutcome::DeadlineExceeded), [true; 3]);
        assert_eq!(retryable_idempotencies(&AttemptOutcome::Permanent), [false; 3]);
        let responses: [(u16, &str, [bool; 3]); 19] = [
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
        for (status, body, expected) in responses {
            let failure = failure(status, body);
            let outcome = AttemptOutcome::ErrorResponse { response: &failure, retry_after: None };
            assert_eq!(retryable_idempotencies(&outcome), expected, "{status} {body}");
        }
    }

    #[test]
    fn already_applied_needs_a_lost_response() {
        let not_found = failure(404, "");
        let deployed = failure(500, r#"{"error": {"code": 14466, "message": "already deployed"}}"#);
        let not_deployed = failure(500, r#"{"error": {"code": "14468", "message": "not deployed"}}"#);
        let cases = [
            ([DELETE; 2], &not_found, [true, true]),
            (DEPLOY, &deployed, [false, true]),
            (UNDEPLOY, &not_deployed, [false, true]),
            ([LIST; 2], &not_found, [false, false]),
            ([UPDATE; 2], &not_found, [false, false]),
            ([DELETE; 2], &deployed, [false, false]),
        ];
        let not_from_service =
            [(404, "<html>no backend</html>"), (404, GATEWAY)].map(|(status, body)| failure(status, body));
        let rejected_by_gateway = failure(503, GATEWAY);
        let decide_twice = |first: &ErrorResponse, second: &ErrorResponse| {
            let mut attempts = RetryState::new(RetryPolicy::default(), &DELETE, Duration::MAX);
            attempts.decide(&AttemptOutcome::ErrorResponse { response: first, retry_after: None }, Duration::ZERO, 0);
            attempts.decide(&AttemptOutcome::ErrorResponse { response: second, retry_after: None }, Duration::ZERO, 0)
        };
        let unavailable = failure(503, "");
        for other in &not_from_service {
            assert_eq!(
                decide_twice(&unavailable, other),
                RetryDecision::GiveUp,
                "a 404 that is not from the service: {}",
                other.message
            );
        }
        assert_eq!(
            decide_twice(&rejected_by_gateway, &not_found),
            RetryDecision::GiveUp,
            "the first was not processed"
        );
        for (operations, failure, expected) in cases {
            for (operation, expected) in operations.iter().zip(expected) {
                let outcome = AttemptOutcome::ErrorResponse { response: failure, retry_after: None };
                let second = |first: &AttemptOutcome<'_>| {
                    let mut attempts = RetryState::new(RetryPolicy::default(), operation, Duration::MAX);
                    attempts.decide(first, Duration::ZERO, 0);
                    attempts.decide(&outcome, Duration::ZERO, 0)
                };
                assert_eq!(
                    second(&AttemptOutcome::NoResponse) == RetryDecision::AlreadyApplied,
                    expected,
                    "{operation:?}"
                );
                let rejected = AttemptOutcome::ErrorResponse { response: &unavailable, retry_after: None };
                assert_eq!(second(&rejected) == RetryDecision::AlreadyApplied, expected, "{operation:?}");
                let unsent = AttemptOutcome::NotSent { is_transient: true, retry_after: Duration::ZERO };
                assert_ne!(second(&unsent), RetryDecision::AlreadyApplied, "{operation:?}: nothing was sent");
            }
        }
    }

    #[test]
    fn long_retry_after_ends_the_call() {
        let busy = failure(429, "");
        for (seconds, expected) in [
            (0, RetryDecision::Retry { after: Duration::ZERO }),
            (30, RetryDecision::Retry { after: Duration::from_secs(30) }),
            (31, RetryDecision::GiveUp),
            (2400, RetryDecision::GiveUp),
        ] {
            let outcome =
                AttemptOutcome::ErrorResponse { response: &busy, retry_after: Some(Duration::from_secs(seconds)) };
            let mut attempts = RetryState::new(RetryPolicy::default(), &LIST, Duration::from_secs(60));
            assert_eq!(attempts.decide(&outcome, Duration::ZERO, 0), expected, "{seconds}");
        }
    }

    fn outcomes() -> impl Strategy<Value = (u8, u16, Option<u64>, u64)> {
        (0..4_u8, prop::sample::select(vec![400, 404, 429, 500, 502, 503]), prop::option::of(0..100_u64), any::<u64>())
    }

    proptest! {
        /// No sequence of failures exceeds the attempts, the delays, or the deadline, or retries a create that may have
        /// been processed.
        #[test]
        fn no_limit_is_exceeded(
            operation in prop::sample::select([LIST, CREATE, UPDATE, DELETE, DEPLOY[1], UNDEPLOY[1]].as_slice()),
            limit in 1..6_u32,
            deadline in 0..120_000_u64,
            steps in prop::collection::vec((outcomes(), 0..40_000_u64), 1..10),
        ) {
            let policy = RetryPolicy { max_attempts: limit, ..RetryPolicy::default() };
            let deadline = Duration::from_millis(deadline);
            let mut attempts = RetryState::new(policy, &operation, deadline);
            let mut now = Duration::ZERO;
            let mut sent = 1;
            for ((kind, status, retry_after, random), took) in steps {
                now += Duration::from_millis(took);
                let failure = failure(status, "");
                let retry_after = retry_after.map(Duration::from_secs);
                let outcome = match kind {
                    0 => AttemptOutcome::NotSent { is_transient: true, retry_after: Duration::ZERO },
                    1 => AttemptOutcome::NoResponse,
                    2 => AttemptOutcome::ErrorResponse { response: &failure, retry_after },
                    _ => AttemptOutcome::Permanent,
                };
                let RetryDecision::Retry { after } = attempts.decide(&outcome, now, random) else { break };
                sent += 1;
                prop_assert!(sent <= limit);
                prop_assert!(now + after < deadline);
                let requested = if kind == 2 { retry_after.unwrap_or_default() } else { Duration::ZERO };
                prop_assert!(after >= requested && after <= requested + policy.max_delay);
                prop_assert!(requested <= policy.max_retry_after);
                if operation.idempotency == Idempotency::NotIdempotent {
                    prop_assert!(kind == 0 || (kind == 2 && status == 429));
                }
                now += after;
            }
        }
    }
}
