//! A call: it performs the engine's actions as steps for JavaScript.

use std::rc::Rc;
use std::time::Duration;

use ajo_auth::{
    AccessToken, AuthError, LOOK_AGAIN, MAX_TOKEN_ANSWER, Secret, StoreError, TokenHostAnswer, TokenNote, token_input,
};
use ajo_core::{
    CallNote, CallProgress, HttpResponse, MAX_ANSWER, MAX_FAILURE_ANSWER, Operation, Request, RequestParts,
    ResponseValue, SendError, TextTemplate, Uid, request_id,
};
use ajo_engine::{CallAction, CallOutcome, Moment, Shared, TokenAction, TokenInput, TokenRequestState};
use bytes::Bytes;

use crate::answer::{Answer, Kind, Problem};
use crate::client::Client;
use crate::host::{elapsed, millis, moment, random};
use crate::input::Input;
use crate::json_writer::quoted;
use crate::step::{Send, Step};
use crate::{failure, note};

/// A call that has not ended.
pub(crate) struct Call {
    client: Rc<Client>,
    operation: &'static Operation,
    request: Request<TextTemplate>,
    progress: CallProgress,
    waiting: Waiting,
    attempt: u32,
    attempt_started: Duration,
    /// What has happened since the last step, as JSON.
    events: Vec<String>,
}

/// What JavaScript does for the call.
enum Waiting {
    /// Nothing, or the wait before a retry. An attempt starts next.
    Attempt,
    /// It waits for a slot of the rate limit.
    Pace,
    Token(TokenAction),
    Send(AccessToken),
}

/// What JavaScript said how a step went.
pub(crate) struct Told {
    pub(crate) answer: String,
    pub(crate) body: String,
}

/// What comes next.
pub(crate) enum Next {
    /// A step, and how long it may take.
    Step(String, Duration),
    /// The end: the field of the last body that is the value, as JSON.
    Done(String),
    /// The end: an error, as JSON.
    Failed(String),
}

impl Call {
    /// Of this input and this definition, both JSON. An error is JSON too.
    pub(crate) fn new(client: Rc<Client>, input: &str, definition: &str) -> Result<Self, String> {
        let Input { operation, uid, flags, options } = Input::read(input)?;
        let options = options.map_err(|error| failure::invalid_for(operation, &error.to_string()))?;
        let uid = uid.map(|uid| uid.parse::<Uid>()).transpose();
        let uid = uid.map_err(|error| failure::invalid_for(operation, &error.to_string()))?;
        let config = client.config.with_options(options);
        let parts = RequestParts::untyped(operation, uid.as_ref(), &flags, definition, config.org_id());
        let request = parts.and_then(|parts| config.request(operation, parts, request_id(random(), random())));
        let request = request.map_err(|error| failure::of(&error))?;
        let progress = CallProgress::new(operation, config.options(), client.policy, elapsed());
        let (waiting, attempt_started, events) = (Waiting::Attempt, Duration::ZERO, Vec::new());
        Ok(Self { client, operation, request, progress, waiting, attempt: 0, attempt_started, events })
    }

    /// The events since the last step, as JSON.
    pub(crate) fn take_events(&mut self) -> Vec<String> {
        std::mem::take(&mut self.events)
    }

    /// Goes on until the next step.
    pub(crate) fn advance(&mut self, told: Option<Told>) -> Next {
        let action = match (std::mem::replace(&mut self.waiting, Waiting::Attempt), told) {
            (Waiting::Attempt, _) => {
                let attempt = self.progress.attempts() + 1;
                self.attempt = attempt;
                self.attempt_started = elapsed();
                let request_id = self.request.request_id.clone();
                self.note(&CallNote::Attempt { attempt, request_id: &request_id });
                self.step(CallProgress::proceed)
            }
            (Waiting::Pace, _) => self.step(CallProgress::proceed),
            (Waiting::Token(action), Some(told)) => {
                let input = self.token_input(&action, &told);
                self.step(|progress, shared, moment| progress.token(shared, input, moment))
            }
            (Waiting::Send(token), Some(told)) => {
                let result = response(told);
                self.step(|progress, shared, moment| progress.sent(shared, &token, result, moment))
            }
            (Waiting::Token(_) | Waiting::Send(_), None) => unreachable!("JavaScript was asked"),
        };
        self.perform(action)
    }

    /// Ends the call before its end.
    pub(crate) fn cancel(mut self) {
        self.step(CallProgress::cancel);
    }

    fn step<R>(&mut self, step: impl FnOnce(&mut CallProgress, &mut Shared<'_>, Moment) -> R) -> R {
        let (result, loaded) = self.client.step(&mut self.progress, step);
        if loaded {
            self.events.extend(note::of_token(&TokenNote::Taken));
        }
        result
    }

    fn perform(&mut self, action: CallAction) -> Next {
        match action {
            CallAction::Send { token, timeout } => {
                let step = send_step(&self.request, &token.token, timeout);
                self.waiting = Waiting::Send(token.token);
                Next::Step(step, timeout)
            }
            CallAction::Token(action) => {
                let Some(request) = self.progress.token_request() else { unreachable!("it asked for the action") };
                let (step, limit) = token_step(request, &action);
                self.waiting = Waiting::Token(action);
                Next::Step(step, limit)
            }
            CallAction::Pace { wait } => {
                self.waiting = Waiting::Pace;
                Next::Step(Step::Wait(millis(wait)).to_json(), wait)
            }
            CallAction::Retry { after } => {
                let (attempt, status) = self.attempt_ended();
                self.note(&CallNote::Again { attempt, status, after });
                self.waiting = Waiting::Attempt;
                Next::Step(Step::Wait(millis(after)).to_json(), after)
            }
            CallAction::Finish(outcome) => {
                self.attempt_ended();
                self.finish(outcome)
            }
        }
    }

    fn attempt_ended(&mut self) -> (u32, Option<u16>) {
        let (attempt, status) = (self.attempt, self.progress.status());
        let took = elapsed().saturating_sub(self.attempt_started);
        self.note(&CallNote::Ended { attempt, status, took });
        (attempt, status)
    }

    fn note(&mut self, event: &CallNote<'_>) {
        self.events.extend(note::of_call(self.operation, event));
    }

    fn finish(&mut self, outcome: CallOutcome) -> Next {
        let request_id = std::mem::take(&mut self.request.request_id);
        match self.progress.finish_untyped(self.operation, outcome, request_id, elapsed()) {
            Ok(_) => Next::Done(value_field(self.operation).map_or_else(|| "null".to_owned(), quoted)),
            Err(error) => Next::Failed(failure::of(&error)),
        }
    }

    fn token_input(&mut self, action: &TokenAction, told: &Told) -> TokenInput {
        let now = moment().now;
        match action {
            TokenAction::Request { timeout } => {
                let request = self.progress.token_request().and_then(TokenRequestState::request);
                let Some((_, secret)) = request else { unreachable!("it was sent") };
                let result = token_input::response(token_response(told), secret, now);
                self.events
                    .extend(token_input::response_note(&result, *timeout).and_then(|note| note::of_token(&note)));
                TokenInput::Response(result)
            }
            TokenAction::ReadStore { timeout } => {
                let result = store_result(told).map(|result| result.map(|value| value.map(Secret::new)));
                self.store(token_input::store_read(result, *timeout, now))
            }
            TokenAction::WriteStore { timeout, .. } => {
                let result = store_result(told).map(|result| result.map(|_| ()));
                self.store(token_input::store_written(result, "written", *timeout))
            }
            TokenAction::Callback { .. } => TokenInput::CallbackReturned(callback_result(told)),
            // The store of JavaScript has no locks.
            TokenAction::LockStore { .. } | TokenAction::UnlockStore { .. } => unreachable!("`token_step` was here"),
            TokenAction::Wait { .. } | TokenAction::Sleep { .. } | TokenAction::Finish(_) => TokenInput::Continue,
        }
    }

    fn store(&mut self, (input, problem): (TokenInput, Option<TokenNote>)) -> TokenInput {
        self.events.extend(problem.and_then(|problem| note::of_token(&problem)));
        input
    }
}

/// The field of the response's body that is the value of a call; empty where the value is the body, `None` where there is none.
fn value_field(operation: &Operation) -> Option<&'static str> {
    (operation.value != ResponseValue::Nothing).then(|| operation.envelope.unwrap_or_default())
}

fn send_step(request: &Request<TextTemplate>, token: &AccessToken, timeout: Duration) -> String {
    let bearer = Secret::new(format!("Bearer {}", token.value().expose()));
    Step::Send(Send {
        method: request.method,
        url: &request.url(),
        headers: request.headers().chain([("authorization", bearer.expose())]).collect(),
        body: request.body_text(),
        timeout_ms: millis(timeout),
        max_bytes: count(MAX_ANSWER),
        max_failure_bytes: count(MAX_FAILURE_ANSWER),
    })
    .to_json()
}

fn token_step(request: &TokenRequestState, action: &TokenAction) -> (String, Duration) {
    match action {
        TokenAction::Wait { at_most } => {
            let wait = (*at_most).min(LOOK_AGAIN);
            (Step::Wait(millis(wait)).to_json(), wait)
        }
        TokenAction::ReadStore { timeout } => {
            let step = Step::StoreGet { key: request.store_key(), timeout_ms: millis(*timeout) };
            (step.to_json(), *timeout)
        }
        TokenAction::WriteStore { token, timeout } => {
            let (entry, lifetime) = token_input::entry(token, moment().now);
            let ttl_seconds = u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX);
            let (key, value) = (request.store_key(), entry.expose());
            (Step::StoreSet { key, value, ttl_seconds, timeout_ms: millis(*timeout) }.to_json(), *timeout)
        }
        TokenAction::Request { timeout } => {
            let Some((request, _)) = request.request() else { unreachable!("it asked for the action") };
            let step = Step::Send(Send {
                method: "POST",
                url: &request.url,
                headers: vec![("content-type", ajo_auth::TokenRequest::CONTENT_TYPE)],
                body: Some(request.body.expose()),
                timeout_ms: millis(*timeout),
                max_bytes: count(MAX_TOKEN_ANSWER),
                max_failure_bytes: count(MAX_TOKEN_ANSWER),
            });
            (step.to_json(), *timeout)
        }
        TokenAction::Callback { timeout } => (Step::Token { timeout_ms: millis(*timeout) }.to_json(), *timeout),
        TokenAction::Sleep { wait } => (Step::Wait(millis(*wait)).to_json(), *wait),
        TokenAction::LockStore { .. } | TokenAction::UnlockStore { .. } => unreachable!("the store has no locks"),
        TokenAction::Finish(_) => unreachable!("it is the end"),
    }
}

fn response(told: Told) -> Result<HttpResponse, SendError> {
    let Answer { status, headers, too_long, .. } = Answer::read(&told.answer)
        .map_err(|Problem { kind, detail }| SendError { problem: kind.into(), causes: detail, source: None })?;
    Ok(HttpResponse {
        status,
        request_id: headers.request_id,
        retry_after: headers.retry_after,
        // `fetch` returns the body inflated, whatever the header says.
        compressed: false,
        too_long,
        body: if too_long { Bytes::new() } else { Bytes::from(told.body) },
    })
}

fn token_response(told: &Told) -> Result<TokenHostAnswer, AuthError> {
    let Answer { status, headers, too_long, .. } = Answer::read(&told.answer)?;
    Ok(TokenHostAnswer {
        status,
        retry_after: headers.retry_after,
        debug_id: headers.debug_id,
        body: (!too_long).then(|| Secret::new(told.body.as_str())),
    })
}

/// What the store returned; `None` if it did not respond in time.
fn store_result(told: &Told) -> Option<Result<Option<String>, StoreError>> {
    match Answer::read(&told.answer) {
        Ok(Answer { value, .. }) => Some(Ok(value)),
        Err(Problem { kind: Kind::Timeout, .. }) => None,
        Err(Problem { detail, .. }) => Some(Err(StoreError::new("tokenStore", detail))),
    }
}

/// What the user's function returned. It is no host: an exception does not pass by itself.
fn callback_result(told: &Told) -> Result<Secret, AuthError> {
    let answer = Answer::read(&told.answer).map_err(|Problem { kind, detail }| AuthError::CallbackFailed {
        late: matches!(kind, Kind::Timeout),
        detail,
    })?;
    answer.token.map(Secret::new).ok_or(AuthError::InvalidToken)
}

fn count(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
