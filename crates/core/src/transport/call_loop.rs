//! Carries out a call: a loop around [`CallProgress`].

use std::sync::{Mutex, PoisonError};

use ajo_auth::{TokenPerformer, TokenProvider};
use ajo_engine::{CallAction, CallOutcome, Moment, NotSent, RateLimit, RetryBudget, RetryPolicy, Shared};

use crate::transport::call_progress::CallProgress;
use crate::transport::outcome::Outcome;
use crate::transport::request_id::request_id;
use crate::transport::tracing::Watch;
use crate::{CallNote, CallOptions, HttpTransport, Operation, Request};

/// What all calls of a client and its clones share.
pub(crate) struct Transport<T> {
    pub(crate) http: T,
    pub(crate) tokens: TokenProvider,
    pub(crate) policy: RetryPolicy,
    pub(crate) limits: Mutex<CallLimits>,
}

/// The limits that a client sets itself.
#[derive(Default)]
pub(crate) struct CallLimits {
    pub(crate) budget: RetryBudget,
    pub(crate) rate: Option<RateLimit>,
}

impl<T: HttpTransport> Transport<T> {
    /// The identifier of a call.
    pub(crate) fn request_id(&self, options: &CallOptions) -> String {
        let surroundings = self.http.surroundings();
        let new_id = || request_id(surroundings.random(), surroundings.random());
        options.request_id.clone().unwrap_or_else(new_id)
    }

    /// Makes one call.
    pub(crate) async fn call(
        &self,
        operation: &Operation,
        options: &CallOptions,
        request: Request<T::Template>,
    ) -> Outcome {
        let surroundings = self.http.surroundings();
        let progress = CallProgress::new(operation, options, self.policy, surroundings.elapsed());
        let watch = Watch::call(operation, &request.request_id);
        let mut call = PendingCall { transport: self, progress, finished: false };
        let outcome = watch.over(call.run(operation, &request)).await;
        call.finished = true;
        watch.attempts(call.progress.attempts());
        let status = call.progress.status();
        let outcome = call.progress.finish(outcome, request.request_id, surroundings.elapsed());
        watch.ended(status, outcome.elapsed);
        outcome
    }
}

/// A call in progress. Dropped before its end, it returns what it holds of the shared state.
struct PendingCall<'t, T: HttpTransport> {
    transport: &'t Transport<T>,
    progress: CallProgress,
    finished: bool,
}

impl<T: HttpTransport> PendingCall<'_, T> {
    async fn run(&mut self, operation: &Operation, request: &Request<T::Template>) -> CallOutcome {
        let (http, surroundings) = (&self.transport.http, self.transport.http.surroundings());
        loop {
            let attempt = self.progress.attempts() + 1;
            let started = surroundings.elapsed();
            http.note(operation, CallNote::Attempt { attempt, request_id: &request.request_id });
            let watch = Watch::attempt(attempt);
            let action = watch.over(self.attempt(request)).await;
            let (status, took) = (self.progress.status(), surroundings.elapsed().saturating_sub(started));
            watch.ended(status, took);
            http.note(operation, CallNote::Ended { attempt, status, took });
            match action {
                CallAction::Retry { after } => {
                    http.note(operation, CallNote::Again { attempt, status, after });
                    surroundings.sleep(after).await;
                }
                CallAction::Finish(outcome) => {
                    if let CallOutcome::AlreadyApplied = outcome {
                        http.note(operation, CallNote::DoneBefore { attempt });
                    }
                    return outcome;
                }
                _ => unreachable!("an attempt ends with one of these"),
            }
        }
    }

    /// One attempt, including a replay after a 401.
    async fn attempt(&mut self, request: &Request<T::Template>) -> CallAction {
        let (http, tokens) = (&self.transport.http, &self.transport.tokens);
        let Ok(_permit) = http.acquire_permit(self.progress.until()).await else {
            self.step(CallProgress::cancel);
            return CallAction::Finish(CallOutcome::NotSent(NotSent::Limits));
        };
        let mut performer = TokenPerformer::new(tokens);
        let mut action = self.step(CallProgress::proceed);
        loop {
            action = match action {
                CallAction::Pace { wait } => {
                    http.surroundings().sleep(wait).await;
                    self.step(CallProgress::proceed)
                }
                CallAction::Token(action) => {
                    let Some(pending) = self.progress.token_request() else { unreachable!("it asked for the action") };
                    let input = performer.perform(pending, action).await;
                    self.step(|progress, shared, moment| progress.token(shared, input, moment))
                }
                CallAction::Send { token, timeout } => {
                    let result = http.send(request, &token.token, timeout).await;
                    self.step(|progress, shared, moment| progress.sent(shared, &token.token, result, moment))
                }
                end => return end,
            }
        }
    }

    fn step<R>(&mut self, step: impl FnOnce(&mut CallProgress, &mut Shared<'_>, Moment) -> R) -> R {
        let Transport { http, tokens, limits, .. } = self.transport;
        // Consistent after every step, so a panic elsewhere does not spoil them.
        let mut limits = limits.lock().unwrap_or_else(PoisonError::into_inner);
        let CallLimits { budget, rate } = &mut *limits;
        let mut state = tokens.state();
        // Read under the locks: what others recorded is not in the future.
        let moment = http.surroundings().moment();
        let result = step(&mut self.progress, &mut Shared { tokens: &mut state, budget, rate: rate.as_mut() }, moment);
        drop(limits);
        tokens.after_step(state);
        result
    }
}

impl<T: HttpTransport> Drop for PendingCall<'_, T> {
    fn drop(&mut self) {
        if !self.finished {
            self.step(CallProgress::cancel);
        }
    }
}
