//! Decides after each attempt: retry, give up, or already applied.

use std::time::Duration;

use ajo_auth::part_of;

use crate::{AlreadyDone, Ending, Layer, Operation, RetryPolicy};

/// The attempts of one call.
#[derive(Clone, Debug)]
pub struct Attempts {
    policy: RetryPolicy,
    operation: Operation,
    until: Duration,
    made: u32,
    uncertain: bool,
}

/// The decision after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Retry, if the budget allows.
    Again {
        /// How long to wait first.
        after: Duration,
    },
    /// Give up.
    Stop,
    /// Already applied: an earlier attempt, whose response was lost, had the effect.
    Done,
}

impl Attempts {
    /// For a call of this operation that must end at `until`, on the clock that `next` is told.
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
    pub fn next(&mut self, ending: &Ending<'_>, now: Duration, random: u64) -> Next {
        if matches!(ending, Ending::Late) {
            return Next::Stop;
        }
        self.made += 1;
        if self.uncertain && self.finds_it_done(ending) {
            return Next::Done;
        }
        self.uncertain |= ending.is_uncertain();
        if self.made >= self.policy.attempts || !ending.may_repeat(self.operation.idempotency) {
            return Next::Stop;
        }
        let asked = ending.asked_to_wait();
        let after = asked.saturating_add(part_of(self.bound(ending), random));
        if asked > self.policy.longest_retry_after || after >= self.left(now) {
            return Next::Stop;
        }
        Next::Again { after }
    }

    /// Whether the response shows the effect of an earlier attempt: deleted, deployed, or undeployed.
    fn finds_it_done(&self, ending: &Ending<'_>) -> bool {
        let Ending::Refused { failure, .. } = ending else { return false };
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

    fn bound(&self, ending: &Ending<'_>) -> Duration {
        let busy = matches!(ending, Ending::Refused { failure, .. } if matches!(failure.status, 429 | 503));
        let base = if busy { self.policy.base_when_busy } else { self.policy.base };
        base.saturating_mul(1 << (self.made - 1).min(16)).min(self.policy.longest_delay)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Api, Failure, Idempotency, OPERATIONS, Verb};

    fn failure(status: u16, body: &str) -> Failure {
        Failure::read(status, None, body.as_bytes())
    }

    const SERVICE: &str =
        r#"{"status": 500, "error": "{\"code\": 4000, \"family\": \"INTERNAL_ERROR\"}", "requestId": "r"}"#;
    const GATEWAY: &str = r#"{"error_code": "503010", "message": "Could not validate the token"}"#;

    /// Which of reads, idempotent writes and create may be repeated.
    fn allowed(ending: &Ending<'_>) -> [bool; 3] {
        [Idempotency::Safe, Idempotency::Idempotent, Idempotency::NotIdempotent].map(|it| ending.may_repeat(it))
    }

    #[test]
    fn the_table_of_what_may_be_repeated() {
        let unsent = |passes| Ending::Unsent { passes, wait: Duration::ZERO };
        assert_eq!(allowed(&unsent(true)), [true; 3]);
        assert_eq!(allowed(&unsent(false)), [false; 3]);
        assert_eq!(allowed(&Ending::Lost), [true, true, false]);
        assert_eq!(allowed(&Ending::Late), [true; 3]);
        assert_eq!(allowed(&Ending::Final), [false; 3]);
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
            let ending = Ending::Refused { failure: &failure, retry_after: None };
            assert_eq!(allowed(&ending), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_repeat_that_finds_it_done_is_a_success_only_after_a_lost_answer() {
        let gone = failure(404, "");
        let deployed = failure(500, r#"{"error": {"code": 14466, "message": "already deployed"}}"#);
        let not_deployed = failure(500, r#"{"error": {"code": "14468", "message": "not deployed"}}"#);
        let cases = [
            (Verb::Delete, &gone, [true, true]),
            (Verb::Deploy, &deployed, [false, true]),
            (Verb::Undeploy, &not_deployed, [false, true]),
            (Verb::Get, &gone, [false, false]),
            (Verb::Update, &gone, [false, false]),
            (Verb::Delete, &deployed, [false, false]),
        ];
        let elsewhere = [(404, "<html>no backend</html>"), (404, GATEWAY)].map(|(status, body)| failure(status, body));
        let refused_by_gateway = failure(503, GATEWAY);
        let delete = Operation::find(Api::Capping, Verb::Delete).expect("an operation");
        let follows = |first: &Failure, second: &Failure| {
            let mut attempts = Attempts::new(RetryPolicy::default(), delete, Duration::MAX);
            attempts.next(&Ending::Refused { failure: first, retry_after: None }, Duration::ZERO, 0);
            attempts.next(&Ending::Refused { failure: second, retry_after: None }, Duration::ZERO, 0)
        };
        let unavailable = failure(503, "");
        for other in &elsewhere {
            assert_eq!(follows(&unavailable, other), Next::Stop, "a 404 of somebody else: {}", other.message);
        }
        assert_eq!(follows(&refused_by_gateway, &gone), Next::Stop, "the first was not carried out");
        for (verb, failure, expected) in cases {
            for (api, expected) in [Api::Capping, Api::Throttling].into_iter().zip(expected) {
                let operation = Operation::find(api, verb).expect("an operation");
                let found = Ending::Refused { failure, retry_after: None };
                let second = |first: &Ending<'_>| {
                    let mut attempts = Attempts::new(RetryPolicy::default(), operation, Duration::MAX);
                    attempts.next(first, Duration::ZERO, 0);
                    attempts.next(&found, Duration::ZERO, 0)
                };
                assert_eq!(second(&Ending::Lost) == Next::Done, expected, "{operation}");
                let refused = Ending::Refused { failure: &unavailable, retry_after: None };
                assert_eq!(second(&refused) == Next::Done, expected, "{operation}");
                let unsent = Ending::Unsent { passes: true, wait: Duration::ZERO };
                assert_ne!(second(&unsent), Next::Done, "{operation}: nothing had been sent");
            }
        }
    }

    #[test]
    fn a_long_retry_after_ends_the_call() {
        let busy = failure(429, "");
        let list = Operation::find(Api::Capping, Verb::List).expect("an operation");
        for (asked, expected) in [
            (0, Next::Again { after: Duration::ZERO }),
            (30, Next::Again { after: Duration::from_secs(30) }),
            (31, Next::Stop),
            (2400, Next::Stop),
        ] {
            let ending = Ending::Refused { failure: &busy, retry_after: Some(Duration::from_secs(asked)) };
            let mut attempts = Attempts::new(RetryPolicy::default(), list, Duration::from_secs(60));
            assert_eq!(attempts.next(&ending, Duration::ZERO, 0), expected, "{asked}");
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
            operation in prop::sample::select(OPERATIONS.to_vec()),
            limit in 1..6_u32,
            deadline in 0..120_000_u64,
            steps in prop::collection::vec((endings(), 0..40_000_u64), 1..10),
        ) {
            let policy = RetryPolicy { attempts: limit, ..RetryPolicy::default() };
            let deadline = Duration::from_millis(deadline);
            let mut attempts = Attempts::new(policy, &operation, deadline);
            let mut now = Duration::ZERO;
            let mut sent = 1;
            for ((kind, status, retry_after, random), took) in steps {
                now += Duration::from_millis(took);
                let failure = failure(status, "");
                let retry_after = retry_after.map(Duration::from_secs);
                let ending = match kind {
                    0 => Ending::Unsent { passes: true, wait: Duration::ZERO },
                    1 => Ending::Lost,
                    2 => Ending::Refused { failure: &failure, retry_after },
                    _ => Ending::Final,
                };
                let Next::Again { after } = attempts.next(&ending, now, random) else { break };
                sent += 1;
                prop_assert!(sent <= limit);
                prop_assert!(now + after < deadline);
                let asked = if kind == 2 { retry_after.unwrap_or_default() } else { Duration::ZERO };
                prop_assert!(after >= asked && after <= asked + policy.longest_delay);
                prop_assert!(asked <= policy.longest_retry_after);
                if operation.verb == Verb::Create {
                    prop_assert!(kind == 0 || (kind == 2 && status == 429));
                }
                now += after;
            }
        }
    }
}
