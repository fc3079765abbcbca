//! One call with all its attempts, as a state machine without I/O, clock, or randomness.

use alloc::boxed::Box;
use core::time::Duration;

use super::client_token_state::{ClientTokenState, timeout_error};
use super::token_acquisition::{TokenAcquisition, TokenAction, TokenInput};
use crate::{
    AlreadyApplied, AttemptOutcome, AuthError, Idempotency, OperationSemantics, RateLimit, RetryBudget, RetryDecision,
    RetryPolicy, RetryState, StepContext, VersionedToken,
};

/// The state that a client and its clones share between calls.
#[derive(Debug)]
pub struct SharedClientState<'s> {
    pub tokens: &'s mut ClientTokenState,
    pub retry_budget: &'s mut RetryBudget,
    pub rate_limit: Option<&'s mut RateLimit>,
}

/// The default time limit of one attempt, from connecting to the last byte of the response. The service publishes no limit.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// The default time limit of a call, including the token request, retries, and delays. It fits two attempts that time out.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// One call. The transport performs each [`CallAction`] and passes the result to the next [`CallState::step`].
#[derive(Debug)]
pub struct CallState {
    timeout: Duration,
    deadline: Duration,
    attempts: u32,
    retry: RetryState,
    step: CallStep,
    /// Whether the call ends with a token and sends no request.
    is_token_only: bool,
    /// The generation of the token that the service rejected in this attempt.
    rejected_generation: Option<u64>,
    /// Whether the last attempt ended with the result of a sent request.
    was_sent: bool,
    /// Whether a retry was withdrawn from the budget for an attempt that has not passed the client-side limits yet.
    holds_retry: bool,
}

#[derive(Debug)]
enum CallStep {
    Start,
    WaitingForSlot {
        slot: Duration,
    },
    /// Boxed, because most calls find a token in the cache.
    Token(Box<TokenAcquisition>),
    Sending {
        generation: u64,
    },
    /// Waits before a retry, which is already withdrawn from the budget.
    BackingOff,
    Finished,
}

/// The result of the last action, reported by the transport.
#[derive(Debug)]
pub enum CallInput<'r> {
    /// The first step, or the end of [`CallAction::WaitForSlot`] or [`CallAction::Retry`].
    Continue,
    /// The result of [`CallAction::Token`].
    Token(TokenInput),
    /// The result of [`CallAction::Send`]; `None` for success.
    Sent(Option<AttemptOutcome<'r>>),
    /// The caller dropped the call.
    Cancelled,
}

/// The next action of the transport.
#[derive(Debug)]
pub enum CallAction {
    /// Wait for a slot of the rate limit, then continue.
    WaitForSlot { wait: Duration },
    /// Perform an action to get a token. Never `TokenAction::Finish`.
    Token(TokenAction),
    /// Send the request with this token.
    Send {
        token: VersionedToken,
        /// Covers everything from the connection to the last byte of the response.
        timeout: Duration,
    },
    /// The attempt failed. Wait, then continue with the next one.
    Retry { after: Duration },
    /// The call has ended.
    Finish(CallOutcome),
}

/// The outcome of a call.
#[derive(Debug)]
pub enum CallOutcome {
    Success,
    /// The token of a call that sends no request.
    Token(VersionedToken),
    /// The last response proves that an earlier attempt was applied although its response was lost.
    AlreadyApplied,
    /// The last response or transport error is final.
    Failed,
    /// No access token was available.
    NoToken {
        error: AuthError,
        /// Time until the next token request is allowed.
        retry_after: Duration,
    },
    /// The deadline or a client-side limit ended the call before this attempt was sent.
    NotSent(NotSentReason),
}

/// Why an attempt was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSentReason {
    /// The deadline has passed.
    DeadlineExceeded,
    /// The client-side rate limit would delay it past the deadline.
    RateLimited,
}

impl CallState {
    /// A call that starts now. `timeout` limits each attempt, and `deadline` the call, on the clock of
    /// [`StepContext::elapsed`].
    pub const fn new(
        operation: OperationSemantics,
        policy: RetryPolicy,
        timeout: Duration,
        deadline: Duration,
    ) -> Self {
        Self {
            timeout,
            deadline,
            attempts: 0,
            retry: RetryState::new(policy, &operation, deadline),
            step: CallStep::Start,
            is_token_only: false,
            rejected_generation: None,
            was_sent: false,
            holds_retry: false,
        }
    }

    /// A call that only gets a token. A transient failure of the token endpoint is retried.
    pub fn token_only(policy: RetryPolicy, deadline: Duration) -> Self {
        let operation = OperationSemantics { idempotency: Idempotency::Safe, already_applied: AlreadyApplied::Never };
        Self { is_token_only: true, ..Self::new(operation, policy, TIMEOUT, deadline) }
    }

    /// The number of attempts so far, including the current one.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether the last attempt ended with the result of a sent request.
    pub const fn was_sent(&self) -> bool {
        self.was_sent
    }

    /// The token request in progress.
    pub const fn token_request(&self) -> Option<&TokenAcquisition> {
        match &self.step {
            CallStep::Token(request) => Some(request),
            _ => None,
        }
    }

    /// Takes the result of the last action and returns the next action.
    ///
    /// # Panics
    ///
    /// If the input is not the result of the last action.
    pub fn step(
        &mut self,
        shared: &mut SharedClientState<'_>,
        input: CallInput<'_>,
        context: StepContext,
    ) -> CallAction {
        match (core::mem::replace(&mut self.step, CallStep::Finished), input) {
            (step, CallInput::Cancelled) => {
                self.was_sent = false;
                self.refund_retry(shared);
                Self::release_resources(step, shared, context);
                CallAction::Finish(CallOutcome::Failed)
            }
            (CallStep::Start | CallStep::BackingOff, CallInput::Continue) => self.start_attempt(shared, context),
            (CallStep::WaitingForSlot { .. }, CallInput::Continue) => self.start_token_request(shared, context),
            (CallStep::Token(request), CallInput::Token(input)) => {
                self.step_token_request(*request, shared, input, context)
            }
            (CallStep::Sending { .. }, CallInput::Sent(None)) => {
                self.was_sent = true;
                shared.retry_budget.deposit();
                CallAction::Finish(CallOutcome::Success)
            }
            (CallStep::Sending { generation }, CallInput::Sent(Some(outcome))) => {
                if outcome.is_unauthorized() {
                    match self.rejected_generation {
                        None if shared.tokens.invalidate(generation, context.now) => {
                            self.rejected_generation = Some(generation);
                            return self.start_token_request(shared, context);
                        }
                        None => {}
                        Some(_) => shared.tokens.mark_rejected(generation, context.now),
                    }
                }
                self.was_sent = true;
                self.handle_failed_attempt(shared, &outcome, CallOutcome::Failed, context)
            }
            _ => unreachable!("the input is not the result of the last action"),
        }
    }

    fn time_left(&self, context: StepContext) -> Duration {
        self.deadline.saturating_sub(context.elapsed)
    }

    fn start_attempt(&mut self, shared: &mut SharedClientState<'_>, context: StepContext) -> CallAction {
        self.rejected_generation = None;
        self.was_sent = false;
        self.attempts += 1;
        if let Some(rate) = &mut shared.rate_limit {
            let wait = rate.time_until_slot(context.elapsed);
            if !wait.is_zero() && wait >= self.time_left(context) {
                return self.finish_unsent(shared, NotSentReason::RateLimited);
            }
            let slot = context.elapsed + wait;
            rate.reserve(slot);
            if !wait.is_zero() {
                self.step = CallStep::WaitingForSlot { slot };
                return CallAction::WaitForSlot { wait };
            }
        }
        self.start_token_request(shared, context)
    }

    fn start_token_request(&mut self, shared: &mut SharedClientState<'_>, context: StepContext) -> CallAction {
        self.was_sent = false;
        // Without this check the token request would still be sent, because timers only have a resolution of a
        // millisecond.
        if self.rejected_generation.is_none() && self.time_left(context).is_zero() {
            return self.finish_unsent(shared, NotSentReason::DeadlineExceeded);
        }
        self.holds_retry = false;
        self.step_token_request(TokenAcquisition::new(self.deadline), shared, TokenInput::Continue, context)
    }

    fn step_token_request(
        &mut self,
        mut request: TokenAcquisition,
        shared: &mut SharedClientState<'_>,
        input: TokenInput,
        context: StepContext,
    ) -> CallAction {
        let result = match request.step(shared.tokens, input, context) {
            TokenAction::Finish(result) => result,
            action => {
                self.step = CallStep::Token(Box::new(request));
                return CallAction::Token(action);
            }
        };
        let left = self.time_left(context);
        match result {
            Ok(token) if self.is_token_only => CallAction::Finish(CallOutcome::Token(token)),
            Ok(token) if !left.is_zero() => {
                self.step = CallStep::Sending { generation: token.generation };
                CallAction::Send { token, timeout: self.timeout.min(left) }
            }
            // The transport's timer may have fired late.
            Ok(_) => self.handle_token_error(shared, timeout_error("the deadline of the call has passed"), context),
            Err(error) => self.handle_token_error(shared, error, context),
        }
    }

    fn handle_token_error(
        &mut self,
        shared: &mut SharedClientState<'_>,
        error: AuthError,
        context: StepContext,
    ) -> CallAction {
        let retry_after = shared.tokens.backoff_remaining(context.now);
        let outcome = AttemptOutcome::NotSent { is_transient: error.is_retryable(), retry_after };
        self.handle_failed_attempt(shared, &outcome, CallOutcome::NoToken { error, retry_after }, context)
    }

    fn handle_failed_attempt(
        &mut self,
        shared: &mut SharedClientState<'_>,
        outcome: &AttemptOutcome<'_>,
        failed: CallOutcome,
        context: StepContext,
    ) -> CallAction {
        match self.retry.decide(outcome, context.elapsed, context.random) {
            RetryDecision::Retry { after } if shared.retry_budget.withdraw() => {
                self.step = CallStep::BackingOff;
                self.holds_retry = true;
                CallAction::Retry { after }
            }
            RetryDecision::Retry { .. } | RetryDecision::GiveUp => CallAction::Finish(failed),
            RetryDecision::AlreadyApplied => {
                shared.retry_budget.deposit();
                CallAction::Finish(CallOutcome::AlreadyApplied)
            }
        }
    }

    fn finish_unsent(&mut self, shared: &mut SharedClientState<'_>, reason: NotSentReason) -> CallAction {
        self.refund_retry(shared);
        self.attempts -= 1;
        CallAction::Finish(CallOutcome::NotSent(reason))
    }

    fn refund_retry(&mut self, shared: &mut SharedClientState<'_>) {
        if core::mem::take(&mut self.holds_retry) {
            shared.retry_budget.refund();
        }
    }

    /// Releases the refresh lease or the slot of the rate limit.
    fn release_resources(step: CallStep, shared: &mut SharedClientState<'_>, context: StepContext) {
        match step {
            CallStep::WaitingForSlot { slot } => {
                if let Some(rate) = &mut shared.rate_limit {
                    rate.release(slot);
                }
            }
            CallStep::Token(mut request) => {
                request.step(shared.tokens, TokenInput::Cancelled, context);
            }
            CallStep::Start | CallStep::BackingOff | CallStep::Sending { .. } | CallStep::Finished => {}
        }
    }
}
