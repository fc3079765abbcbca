//! The state of one call, without I/O. Every transport runs a loop around it.

use std::time::Duration;

use ajo_auth::AccessToken;
use ajo_engine::{
    CallAction, CallFailure, CallInput, CallOutcome, CallState, RetryPolicy, SharedClientState, StepContext,
    TokenAcquisition, TokenInput,
};

use crate::error::attempt_error::AttemptError;
use crate::transport::check_response;
use crate::transport::completed_call::CompletedCall;
use crate::transport::trace_span::TraceSpan;
use crate::{CallOptions, CallTarget, DEADLINE, ErrorKind, HttpResponse, SendError, TIMEOUT};

/// A call in progress. It steps the engine's [`CallState`] and stores the last response, which the engine does not need.
#[derive(Debug)]
pub(crate) struct InFlightCall {
    state: CallState,
    started_at: Duration,
    deadline: Duration,
    /// Whether success responses have JSON bodies or none.
    has_json_response: bool,
    last_result: Option<Result<HttpResponse, Box<AttemptError>>>,
}

impl InFlightCall {
    /// Creates a call that starts at `started_at`, on the clock of [`StepContext::elapsed`].
    pub(crate) fn new(target: &CallTarget, options: &CallOptions, policy: RetryPolicy, started_at: Duration) -> Self {
        let timeout = options.timeout.unwrap_or(TIMEOUT);
        let deadline = started_at.saturating_add(options.deadline.unwrap_or(DEADLINE));
        let policy = RetryPolicy { max_attempts: options.attempts.unwrap_or(policy.max_attempts), ..policy };
        Self {
            state: CallState::new(target.semantics(), policy, timeout, deadline),
            started_at,
            deadline,
            has_json_response: target.has_json_response(),
            last_result: None,
        }
    }

    /// The deadline, on the clock of [`StepContext::elapsed`].
    pub(crate) const fn deadline(&self) -> Duration {
        self.deadline
    }

    /// The number of attempts started.
    pub(crate) const fn attempts(&self) -> u32 {
        self.state.attempts()
    }

    /// The HTTP status of the current attempt, if it received a response.
    pub(crate) fn status(&self) -> Option<u16> {
        if !self.state.was_sent() {
            return None;
        }
        match self.last_result.as_ref()? {
            Ok(response) => Some(response.status),
            Err(error) => error.failure.attempt_status(),
        }
    }

    /// The token request in progress.
    pub(crate) const fn token_request(&self) -> Option<&TokenAcquisition> {
        self.state.token_request()
    }

    /// Starts an attempt, or continues after a wait for the rate limit.
    pub(crate) fn proceed(&mut self, shared: &mut SharedClientState<'_>, context: StepContext) -> CallAction {
        self.state.step(shared, CallInput::Continue, context)
    }

    /// Reports the result of a token action.
    pub(crate) fn handle_token_input(
        &mut self,
        shared: &mut SharedClientState<'_>,
        input: TokenInput,
        context: StepContext,
    ) -> CallAction {
        self.state.step(shared, CallInput::Token(input), context)
    }

    /// Reports the result of a request sent with this token.
    pub(crate) fn handle_send_result(
        &mut self,
        shared: &mut SharedClientState<'_>,
        token: &AccessToken,
        result: Result<HttpResponse, SendError>,
        context: StepContext,
    ) -> CallAction {
        let result = match result {
            Ok(response) => check_response::check_response(response, token, self.has_json_response, context.now),
            Err(error) => Err(Box::new(error.into())),
        };
        let outcome = self.last_result.insert(result).as_ref().err().map(|error| error.failure.outcome());
        self.state.step(shared, CallInput::Sent(outcome), context)
    }

    /// The failure of the last request, if it failed.
    pub(crate) fn last_failure(&self) -> Option<&CallFailure> {
        self.last_result.as_ref()?.as_ref().err().map(|error| &error.failure)
    }

    /// Cancels the call. The outcome of its requests is unknown.
    pub(crate) fn cancel(&mut self, shared: &mut SharedClientState<'_>, context: StepContext) {
        self.state.step(shared, CallInput::Cancelled, context);
    }

    /// Returns the result of the call. Its span ends with it.
    pub(crate) fn finish(
        &mut self,
        outcome: CallOutcome,
        request_id: String,
        elapsed: Duration,
        span: TraceSpan,
    ) -> CompletedCall {
        let attempts = self.attempts();
        let elapsed = elapsed.saturating_sub(self.started_at);
        let already_applied = matches!(outcome, CallOutcome::AlreadyApplied);
        let failed = |failure: CallFailure| Err(Box::new(failure.into()));
        let result = match (outcome, self.last_result.take()) {
            // An earlier attempt was sent, and its error is more useful.
            (CallOutcome::NotSent(_), Some(Err(error))) => Err(error),
            (CallOutcome::NotSent(reason), _) => failed(CallFailure::not_sent(reason)),
            (CallOutcome::NoToken { error, retry_after }, _) => failed(CallFailure::no_token(error, retry_after)),
            (CallOutcome::AlreadyApplied, Some(Err(error))) => Ok(error.into_response()),
            (_, Some(result)) => result,
            (_, None) => failed(ErrorKind::DeadlineExceeded("the call was cancelled".to_owned()).into()),
        };
        CompletedCall { result, attempts, elapsed, request_id, already_applied, span }
    }
}

#[cfg(test)]
mod tests {
    use ajo_auth::{Secret, Timestamp};
    use ajo_engine::{CallAction, ClientTokenState, RetryBudget};

    use super::*;
    use crate::{Api, CallResponse, Operation, SendErrorKind, Verb};

    #[test]
    fn unsent_retry_reports_previous_error() {
        let operation = Operation::find(Api::Capping, Verb::Update).expect("an operation");
        let target = CallTarget::from(operation);
        let mut tokens = ClientTokenState::from_static(&Secret::new("t")).expect("a token");
        let mut budget = RetryBudget::default();
        let shared = &mut SharedClientState { tokens: &mut tokens, retry_budget: &mut budget, rate_limit: None };
        let at = |elapsed| StepContext { now: Timestamp::from_millis(0), elapsed, random: 0 };
        let options = CallOptions::default().deadline(Duration::from_secs(1));
        let mut progress = InFlightCall::new(&target, &options, RetryPolicy::default(), Duration::ZERO);
        let CallAction::Send { token, .. } = progress.proceed(shared, at(Duration::ZERO)) else { panic!("not sent") };
        let lost = SendError { kind: SendErrorKind::Disconnected, proxy: None, message: String::new(), source: None };
        let action = progress.handle_send_result(shared, &token.token, Err(lost), at(Duration::ZERO));
        assert!(matches!(action, CallAction::Retry { .. }), "{action:?}");
        let late = Duration::from_secs(2);
        let CallAction::Finish(outcome) = progress.proceed(shared, at(late)) else { panic!("not finished") };
        let completed = progress.finish(outcome, String::new(), late, TraceSpan::none());
        let error = CallResponse::parse(target, completed, CallTarget::check_response).expect_err("it was late");
        assert!(matches!(error.kind(), ErrorKind::Disconnected(_)) && error.is_indeterminate(), "{error}");
        assert_eq!(error.attempts(), 1);
    }
}
