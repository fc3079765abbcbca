//! One call between the engine and a transport, without I/O: every transport is a loop around it.

use std::time::Duration;

use ajo_auth::AccessToken;
use ajo_engine::{
    CallAction, CallInput, CallOutcome, CallState, Moment, NotSent, RetryPolicy, Shared, TokenInput, TokenRequestState,
};

use crate::error::attempt_error::Problem;
use crate::transport::outcome::Outcome;
use crate::transport::response_limits;
use crate::{CallOptions, DEADLINE, Error, ErrorKind, HttpResponse, Operation, Response, SendError, TIMEOUT};

/// A call in progress. It steps the engine's [`CallState`], and keeps the last response, which the engine does not need.
#[derive(Debug)]
pub struct CallProgress {
    state: CallState,
    started: Duration,
    until: Duration,
    last: Option<Result<HttpResponse, Box<Problem>>>,
}

impl CallProgress {
    /// A call that starts at this time, on the clock of [`Moment::elapsed`].
    pub fn new(operation: &Operation, options: &CallOptions, policy: RetryPolicy, started: Duration) -> Self {
        let timeout = options.timeout.unwrap_or(TIMEOUT);
        let until = started.saturating_add(options.deadline.unwrap_or(DEADLINE));
        let policy = RetryPolicy { attempts: options.attempts.unwrap_or(policy.attempts), ..policy };
        Self { state: CallState::new(operation.into(), policy, timeout, until), started, until, last: None }
    }

    /// When the call gives up.
    pub const fn until(&self) -> Duration {
        self.until
    }

    /// How many attempts have been started.
    pub const fn attempts(&self) -> u32 {
        self.state.attempts()
    }

    /// The status of the response to the attempt, if there was one.
    pub fn status(&self) -> Option<u16> {
        if !self.state.was_sent() {
            return None;
        }
        match self.last.as_ref()? {
            Ok(response) => Some(response.status),
            Err(problem) => problem.status(),
        }
    }

    /// The token request in progress.
    pub const fn token_request(&self) -> Option<&TokenRequestState> {
        self.state.token_request()
    }

    /// Starts an attempt, or continues one that waited for the rate limit.
    pub fn proceed(&mut self, shared: &mut Shared<'_>, moment: Moment) -> CallAction {
        self.state.step(shared, CallInput::Continue, moment)
    }

    /// Reports the result of a token action.
    pub fn token(&mut self, shared: &mut Shared<'_>, input: TokenInput, moment: Moment) -> CallAction {
        self.state.step(shared, CallInput::Token(input), moment)
    }

    /// Reports the result of a request that was sent with this token.
    pub fn sent(
        &mut self,
        shared: &mut Shared<'_>,
        token: &AccessToken,
        result: Result<HttpResponse, SendError>,
        moment: Moment,
    ) -> CallAction {
        let result = match result {
            Ok(response) => response_limits::check(response, token, moment.now),
            Err(error) => Err(Box::new(error.into())),
        };
        let outcome = self.last.insert(result).as_ref().err().map(|problem| problem.outcome());
        self.state.step(shared, CallInput::Sent(outcome), moment)
    }

    /// Ends the call before its end. What its requests did is unknown.
    pub fn cancel(&mut self, shared: &mut Shared<'_>, moment: Moment) {
        self.state.step(shared, CallInput::Cancelled, moment);
    }

    /// The response, whose body has everything that a client relies on ([`Operation::check`]), or the error of the call.
    pub fn finish_untyped(
        &mut self,
        operation: &'static Operation,
        outcome: CallOutcome,
        request_id: String,
        elapsed: Duration,
    ) -> Result<Response<()>, Error> {
        Response::parse(operation, self.finish(outcome, request_id, elapsed), |body| operation.check(body))
    }

    pub(crate) fn finish(&mut self, outcome: CallOutcome, request_id: String, elapsed: Duration) -> Outcome {
        let attempts = self.attempts();
        let elapsed = elapsed.saturating_sub(self.started);
        let done_before = matches!(outcome, CallOutcome::AlreadyApplied);
        let not_sent = |why: &str| Err(Box::new(ErrorKind::NotSent(why.to_owned()).into()));
        let result = match (outcome, self.last.take()) {
            // An earlier attempt was sent, and its result says more.
            (CallOutcome::NotSent(_), Some(Err(problem))) => Err(problem),
            (CallOutcome::NotSent(NotSent::Deadline), _) => not_sent("the deadline had passed before"),
            (CallOutcome::NotSent(NotSent::Limits), _) => {
                not_sent("the deadline passes before this client's own limits let it go")
            }
            (CallOutcome::NoToken { error, retry_after }, _) => {
                let retry_after = (!retry_after.is_zero()).then_some(retry_after);
                Err(Box::new(Problem { retry_after, ..ErrorKind::Auth(error).into() }))
            }
            (CallOutcome::AlreadyApplied, Some(Err(problem))) => Ok(problem.into_response()),
            (_, Some(result)) => result,
            (_, None) => not_sent("the call was cancelled"),
        };
        Outcome { result, attempts, elapsed, request_id, done_before }
    }
}

#[cfg(test)]
mod tests {
    use ajo_auth::{Secret, Timestamp};
    use ajo_engine::{CallAction, RetryBudget, TokenState};

    use super::*;
    use crate::{Api, SendProblem, Verb};

    #[test]
    fn retry_that_is_not_sent_reports_the_attempt_before() {
        let operation = Operation::find(Api::Capping, Verb::Update).expect("an operation");
        let mut tokens = TokenState::from_static(&Secret::new("t")).expect("a token");
        let mut budget = RetryBudget::default();
        let shared = &mut Shared { tokens: &mut tokens, budget: &mut budget, rate: None };
        let at = |elapsed| Moment { now: Timestamp::from_millis(0), elapsed, random: 0 };
        let options = CallOptions::default().deadline(Duration::from_secs(1));
        let mut progress = CallProgress::new(operation, &options, RetryPolicy::default(), Duration::ZERO);
        let CallAction::Send { token, .. } = progress.proceed(shared, at(Duration::ZERO)) else { panic!("not sent") };
        let lost = SendError { problem: SendProblem::Broken, causes: String::new(), source: None };
        let action = progress.sent(shared, &token.token, Err(lost), at(Duration::ZERO));
        assert!(matches!(action, CallAction::Retry { .. }), "{action:?}");
        let late = Duration::from_secs(2);
        let CallAction::Finish(outcome) = progress.proceed(shared, at(late)) else { panic!("not finished") };
        let error = progress.finish_untyped(operation, outcome, String::new(), late).expect_err("it was late");
        assert!(matches!(error.kind(), ErrorKind::Broken(_)) && error.may_have_been_done(), "{error}");
        assert_eq!(error.attempts(), 1);
    }
}
