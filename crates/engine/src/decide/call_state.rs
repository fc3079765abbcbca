//! One call with all its attempts: a state machine without I/O, clock, or randomness.

use alloc::boxed::Box;
use core::time::Duration;

use super::token_request_state::{TokenAction, TokenInput, TokenRequestState};
use super::token_state::{TokenState, timed_out};
use crate::{
    AttemptOutcome, AuthError, IssuedToken, Moment, Operation, RateLimit, RetryBudget, RetryDecision, RetryPolicy,
    RetryState,
};

/// What the calls of a client and its clones share.
#[derive(Debug)]
pub struct Shared<'s> {
    /// The access token, and the lease to fetch the next one.
    pub tokens: &'s mut TokenState,
    /// How many retries the client can afford.
    pub budget: &'s mut RetryBudget,
    /// The limit of attempts per second, if there is one.
    pub rate: Option<&'s mut RateLimit>,
}

/// One call. The transport performs each [`CallAction`] and passes the result to the next [`CallState::step`].
#[derive(Debug)]
pub struct CallState {
    timeout: Duration,
    until: Duration,
    attempts: u32,
    retry: RetryState,
    step: Step,
    /// The generation of the token that the service rejected in this attempt.
    rejected: Option<u64>,
    /// Whether the last attempt ended with the result of a request.
    sent: bool,
    /// A retry that is taken from the budget, and whose attempt has not got further than the limits.
    holds_retry: bool,
}

#[derive(Debug)]
enum Step {
    Start,
    /// Waits for a slot of the rate limit.
    Pacing {
        slot: Duration,
    },
    /// Boxed, because most calls find a token in the cache.
    Token(Box<TokenRequestState>),
    Sending {
        generation: u64,
    },
    /// Waits before a retry, which is already taken from the budget.
    BackingOff,
    Finished,
}

/// What the transport reports.
#[derive(Debug)]
pub enum CallInput<'r> {
    /// The first step, or the end of [`CallAction::Pace`] or [`CallAction::Retry`].
    Continue,
    /// How a token action ended.
    Token(TokenInput),
    /// How [`CallAction::Send`] ended: `None` for success.
    Sent(Option<AttemptOutcome<'r>>),
    /// The call was dropped.
    Cancelled,
}

/// What the transport does next.
#[derive(Debug)]
pub enum CallAction {
    /// Wait for a slot of the rate limit, then continue.
    Pace {
        /// How long.
        wait: Duration,
    },
    /// Do something for a token; see [`TokenAction`]. Never `TokenAction::Finish`.
    Token(TokenAction),
    /// Send the request with this token.
    Send {
        /// The token.
        token: IssuedToken,
        /// The limit, from the connection to the last byte of the response.
        timeout: Duration,
    },
    /// The attempt failed. Wait, then continue with the next one.
    Retry {
        /// How long.
        after: Duration,
    },
    /// The call is over.
    Finish(CallOutcome),
}

/// How a call ended.
#[derive(Debug)]
pub enum CallOutcome {
    /// The last response is a success.
    Success,
    /// The last response shows that an earlier attempt, whose response was lost, had the effect.
    AlreadyApplied,
    /// The last response or transport error is final.
    Failed,
    /// There is no access token.
    NoToken {
        /// Why.
        error: AuthError,
        /// How long the token endpoint is left alone.
        retry_after: Duration,
    },
    /// The deadline, or the client's own limits, ended the call before this attempt was sent.
    NotSent(NotSent),
}

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// The deadline has passed.
    Deadline,
    /// The client's own limits would delay it past the deadline.
    Limits,
}

impl CallState {
    /// A call that starts now. `timeout` limits each attempt; the call ends at `until`, on the clock of [`Moment::elapsed`].
    pub const fn new(operation: Operation, policy: RetryPolicy, timeout: Duration, until: Duration) -> Self {
        Self {
            timeout,
            until,
            attempts: 0,
            retry: RetryState::new(policy, &operation, until),
            step: Step::Start,
            rejected: None,
            sent: false,
            holds_retry: false,
        }
    }

    /// How many attempts have been made, the current one included.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether the attempt ended with the result of a request, and not before one was sent.
    pub const fn was_sent(&self) -> bool {
        self.sent
    }

    /// The token request in progress.
    pub const fn token_request(&self) -> Option<&TokenRequestState> {
        match &self.step {
            Step::Token(request) => Some(request),
            _ => None,
        }
    }

    /// Decides what to do next.
    ///
    /// # Panics
    ///
    /// If the input is not the result of the last action.
    pub fn step(&mut self, shared: &mut Shared<'_>, input: CallInput<'_>, moment: Moment) -> CallAction {
        match (core::mem::replace(&mut self.step, Step::Finished), input) {
            (step, CallInput::Cancelled) => {
                self.sent = false;
                self.return_retry(shared);
                Self::cancel(step, shared, moment);
                CallAction::Finish(CallOutcome::Failed)
            }
            (Step::Start | Step::BackingOff, CallInput::Continue) => self.start_attempt(shared, moment),
            (Step::Pacing { .. }, CallInput::Continue) => self.get_token(shared, moment),
            (Step::Token(request), CallInput::Token(input)) => self.continue_token(*request, shared, input, moment),
            (Step::Sending { .. }, CallInput::Sent(None)) => {
                self.sent = true;
                shared.budget.deposit();
                CallAction::Finish(CallOutcome::Success)
            }
            (Step::Sending { generation }, CallInput::Sent(Some(outcome))) => {
                if outcome.is_unauthorized() {
                    match self.rejected {
                        None if shared.tokens.invalidate(generation, moment.now) => {
                            self.rejected = Some(generation);
                            return self.get_token(shared, moment);
                        }
                        None => {}
                        Some(_) => shared.tokens.mark_rejected(generation, moment.now),
                    }
                }
                self.sent = true;
                self.attempt_failed(shared, &outcome, CallOutcome::Failed, moment)
            }
            _ => unreachable!("the input is not the result of the last action"),
        }
    }

    fn left(&self, moment: Moment) -> Duration {
        self.until.saturating_sub(moment.elapsed)
    }

    fn start_attempt(&mut self, shared: &mut Shared<'_>, moment: Moment) -> CallAction {
        self.rejected = None;
        self.sent = false;
        self.attempts += 1;
        if let Some(rate) = &mut shared.rate {
            let wait = rate.wait(moment.elapsed);
            if !wait.is_zero() && wait >= self.left(moment) {
                return self.not_sent(shared, NotSent::Limits);
            }
            let slot = moment.elapsed + wait;
            rate.take(slot);
            if !wait.is_zero() {
                self.step = Step::Pacing { slot };
                return CallAction::Pace { wait };
            }
        }
        self.get_token(shared, moment)
    }

    fn get_token(&mut self, shared: &mut Shared<'_>, moment: Moment) -> CallAction {
        self.sent = false;
        // Timers have a resolution of a millisecond: on loopback, enough time to send a secret for nothing.
        if self.rejected.is_none() && self.left(moment).is_zero() {
            return self.not_sent(shared, NotSent::Deadline);
        }
        self.holds_retry = false;
        self.continue_token(TokenRequestState::new(self.until), shared, TokenInput::Continue, moment)
    }

    fn continue_token(
        &mut self,
        mut request: TokenRequestState,
        shared: &mut Shared<'_>,
        input: TokenInput,
        moment: Moment,
    ) -> CallAction {
        let result = match request.step(shared.tokens, input, moment) {
            TokenAction::Finish(result) => result,
            action => {
                self.step = Step::Token(Box::new(request));
                return CallAction::Token(action);
            }
        };
        let left = self.left(moment);
        match result {
            Ok(token) if !left.is_zero() => {
                self.step = Step::Sending { generation: token.generation };
                CallAction::Send { token, timeout: self.timeout.min(left) }
            }
            // The transport's timer may have been late.
            Ok(_) => self.no_token(shared, timed_out("the deadline of the call has passed"), moment),
            Err(error) => self.no_token(shared, error, moment),
        }
    }

    fn no_token(&mut self, shared: &mut Shared<'_>, error: AuthError, moment: Moment) -> CallAction {
        let retry_after = shared.tokens.backoff_remaining(moment.now);
        let outcome = AttemptOutcome::NotSent { is_transient: error.is_retryable(), wait: retry_after };
        self.attempt_failed(shared, &outcome, CallOutcome::NoToken { error, retry_after }, moment)
    }

    fn attempt_failed(
        &mut self,
        shared: &mut Shared<'_>,
        outcome: &AttemptOutcome<'_>,
        failed: CallOutcome,
        moment: Moment,
    ) -> CallAction {
        match self.retry.decide(outcome, moment.elapsed, moment.random) {
            RetryDecision::Retry { after } if shared.budget.withdraw() => {
                self.step = Step::BackingOff;
                self.holds_retry = true;
                CallAction::Retry { after }
            }
            RetryDecision::Retry { .. } | RetryDecision::GiveUp => CallAction::Finish(failed),
            RetryDecision::AlreadyApplied => {
                shared.budget.deposit();
                CallAction::Finish(CallOutcome::AlreadyApplied)
            }
        }
    }

    fn not_sent(&mut self, shared: &mut Shared<'_>, why: NotSent) -> CallAction {
        self.return_retry(shared);
        self.attempts -= 1;
        CallAction::Finish(CallOutcome::NotSent(why))
    }

    fn return_retry(&mut self, shared: &mut Shared<'_>) {
        if core::mem::take(&mut self.holds_retry) {
            shared.budget.refund();
        }
    }

    /// Returns the lease to fetch a token, or the slot of the rate limit.
    fn cancel(step: Step, shared: &mut Shared<'_>, moment: Moment) {
        match step {
            Step::Pacing { slot } => {
                if let Some(rate) = &mut shared.rate {
                    rate.give_back(slot);
                }
            }
            Step::Token(mut request) => {
                request.step(shared.tokens, TokenInput::Cancelled, moment);
            }
            Step::Start | Step::BackingOff | Step::Sending { .. } | Step::Finished => {}
        }
    }
}
