//! Runs a call: a loop around [`InFlightCall`].

use std::sync::{Mutex, PoisonError};

use ajo_auth::{TokenActionExecutor, TokenProvider};
use ajo_engine::{
    CallAction, CallOutcome, NotSentReason, RateLimit, RetryBudget, RetryPolicy, SharedClientState, StepContext,
};

use crate::client::request_config::RequestConfig;
use crate::transport::completed_call::CompletedCall;
use crate::transport::in_flight_call::InFlightCall;
use crate::transport::request_id::new_request_id;
use crate::transport::trace_span::{DescribedRequest, TraceSpan};
use crate::{CallEvent, CallOptions, CallTarget, HttpRequest, HttpTransport};

/// The state that a client shares with its clones.
pub(crate) struct CallRunner<T> {
    pub(crate) http: T,
    pub(crate) tokens: TokenProvider,
    pub(crate) policy: RetryPolicy,
    pub(crate) limits: Mutex<SharedLimits>,
}

/// The client-side limits.
#[derive(Default)]
pub(crate) struct SharedLimits {
    pub(crate) budget: RetryBudget,
    pub(crate) rate: Option<RateLimit>,
}

impl<T: HttpTransport> CallRunner<T> {
    /// The request id of a call: the caller's, or a random UUID.
    pub(crate) fn request_id(&self, options: &CallOptions) -> String {
        let runtime = self.http.runtime();
        let new_id = || new_request_id(runtime.random(), runtime.random());
        options.request_id.clone().unwrap_or_else(new_id)
    }

    pub(crate) async fn run(
        &self,
        target: &CallTarget,
        config: &RequestConfig<T::Template>,
        request: HttpRequest<T::Template>,
    ) -> CompletedCall {
        let runtime = self.http.runtime();
        let progress = InFlightCall::new(target, config.options(), self.policy, runtime.elapsed());
        let described = DescribedRequest { target, base_url: config.base_url(), url: &request.url };
        let span = TraceSpan::for_call(described, &request.request_id);
        let mut call = PendingCall { runner: self, progress, sent: 0, is_finished: false };
        let outcome = span.instrument(call.run(described, &request)).await;
        call.is_finished = true;
        call.progress.finish(outcome, request.request_id, runtime.elapsed(), span)
    }
}

/// A call in progress. Dropping it early returns its share of the shared state.
struct PendingCall<'t, T: HttpTransport> {
    runner: &'t CallRunner<T>,
    progress: InFlightCall,
    /// The number of requests sent, including replays after a 401.
    sent: u32,
    is_finished: bool,
}

impl<T: HttpTransport> PendingCall<'_, T> {
    async fn run(&mut self, described: DescribedRequest<'_>, request: &HttpRequest<T::Template>) -> CallOutcome {
        let target = described.target;
        let (http, runtime) = (&self.runner.http, self.runner.http.runtime());
        loop {
            let attempt = self.progress.attempts() + 1;
            let started_at = runtime.elapsed();
            http.on_event(target, CallEvent::AttemptStarted { attempt, request_id: &request.request_id });
            let action = self.attempt(described, request).await;
            let (status, duration) = (self.progress.status(), runtime.elapsed().saturating_sub(started_at));
            http.on_event(target, CallEvent::AttemptFinished { attempt, status, duration });
            match action {
                CallAction::Retry { after } => {
                    http.on_event(target, CallEvent::Retrying { attempt, status, delay: after });
                    runtime.sleep(after).await;
                }
                CallAction::Finish(outcome) => {
                    if let CallOutcome::AlreadyApplied = outcome {
                        http.on_event(target, CallEvent::AlreadyApplied { attempt });
                    }
                    return outcome;
                }
                _ => unreachable!("an attempt ends with a retry or the end of the call"),
            }
        }
    }

    /// Makes one attempt, including a replay after a 401.
    async fn attempt(&mut self, described: DescribedRequest<'_>, request: &HttpRequest<T::Template>) -> CallAction {
        let (http, tokens) = (&self.runner.http, &self.runner.tokens);
        let Ok(_permit) = http.acquire_permit(self.progress.deadline()).await else {
            self.step(InFlightCall::cancel);
            return CallAction::Finish(CallOutcome::NotSent(NotSentReason::RateLimited));
        };
        let mut executor = TokenActionExecutor::new(tokens);
        let mut action = self.step(InFlightCall::proceed);
        loop {
            action = match action {
                CallAction::WaitForSlot { wait } => {
                    http.runtime().sleep(wait).await;
                    self.step(InFlightCall::proceed)
                }
                CallAction::Token(action) => {
                    let Some(pending) = self.progress.token_request() else {
                        unreachable!("only a token request returns token actions")
                    };
                    let input = executor.execute(pending, action).await;
                    self.step(|progress, shared, snapshot| progress.handle_token_input(shared, input, snapshot))
                }
                CallAction::Send { token, timeout } => {
                    let (span, started_at) = (TraceSpan::for_attempt(described, self.sent), http.runtime().elapsed());
                    self.sent += 1;
                    let result = span.instrument(http.send(request, &token.token, timeout)).await;
                    let status = result.as_ref().ok().map(|response| response.status);
                    let action = self.step(|progress, shared, snapshot| {
                        progress.handle_send_result(shared, &token.token, result, snapshot)
                    });
                    let duration = http.runtime().elapsed().saturating_sub(started_at);
                    span.record_end(status, self.progress.last_failure(), duration);
                    action
                }
                last => return last,
            }
        }
    }

    fn step<R>(&mut self, step: impl FnOnce(&mut InFlightCall, &mut SharedClientState<'_>, StepContext) -> R) -> R {
        let CallRunner { http, tokens, limits, .. } = self.runner;
        // The limits are consistent after every step, so poisoning does not matter.
        let mut limits = limits.lock().unwrap_or_else(PoisonError::into_inner);
        let SharedLimits { budget, rate } = &mut *limits;
        let mut state = tokens.state();
        // Read the clock under the locks, so that times recorded by other calls are never in the future.
        let snapshot = http.runtime().step_context();
        let result = step(
            &mut self.progress,
            &mut SharedClientState { tokens: &mut state, retry_budget: budget, rate_limit: rate.as_mut() },
            snapshot,
        );
        drop(limits);
        tokens.finish_step(state);
        result
    }
}

impl<T: HttpTransport> Drop for PendingCall<'_, T> {
    fn drop(&mut self) {
        if !self.is_finished {
            self.step(InFlightCall::cancel);
        }
    }
}
