//! A call in progress. It turns the engine's actions into steps for JavaScript.

use std::rc::Rc;
use std::time::Duration;

use ajo_auth::{
    AccessToken, AuthError, MAX_TOKEN_RESPONSE_BYTES, RELEASE_POLL_INTERVAL, Secret, StoreError, TokenEvent,
    TokenResponse, action_results,
};
use ajo_core::{
    CallEvent, HttpRequest, HttpResponse, InFlightCall, MAX_ERROR_RESPONSE_BYTES, MAX_RESPONSE_BYTES, Operation,
    RequestBuilder, ResponseValue, SendError, StringRequestTemplate, Uid, new_request_id,
};
use ajo_engine::{CallAction, CallOutcome, SharedClientState, StepContext, TokenAcquisition, TokenAction, TokenInput};
use bytes::Bytes;

use crate::call_arguments::CallArguments;
use crate::client::Client;
use crate::host_response::{HostError, HostErrorKind, HostResponse};
use crate::host_runtime::{elapsed, random, snapshot, timer_millis};
use crate::host_step::{HostStep, SendStep};
use crate::json_writer::json_string;
use crate::{error_json, event};

/// A call in progress.
pub(crate) struct PendingCall {
    client: Rc<Client>,
    operation: &'static Operation,
    request: HttpRequest<StringRequestTemplate>,
    progress: InFlightCall,
    phase: CallPhase,
    attempt: u32,
    attempt_started: Duration,
    /// The events since the last step, as JSON.
    events: Vec<String>,
}

/// The step that JavaScript performs for the call.
enum CallPhase {
    /// No step, or the wait before a retry. An attempt starts next.
    Starting,
    /// A wait for the rate limit.
    Pacing,
    RequestingToken(TokenAction),
    Sending(AccessToken),
}

/// The result of a step, as JavaScript passes it.
pub(crate) struct RawHostResponse {
    pub(crate) json: String,
    pub(crate) body: String,
}

/// The next step, or the end of the call.
pub(crate) enum NextStep {
    /// A step as JSON, and its time limit.
    Step(String, Duration),
    /// Success: the name of the body's field that holds the value, as JSON.
    Done(String),
    /// The error as JSON.
    Failed(String),
}

impl PendingCall {
    /// Creates a call from its arguments and its definition, both JSON. The error is JSON too.
    pub(crate) fn new(client: Rc<Client>, input: &str, definition: &str) -> Result<Self, String> {
        let CallArguments { operation, uid, flags, options } = CallArguments::from_json(input)?;
        let options = options.map_err(|error| error_json::invalid_input_for(operation, &error.to_string()))?;
        let uid = uid.map(|uid| uid.parse::<Uid>()).transpose();
        let uid = uid.map_err(|error| error_json::invalid_input_for(operation, &error.to_string()))?;
        let config = client.config.with_options(options);
        let parts = RequestBuilder::new_raw(operation, uid.as_ref(), &flags, definition, config.org_id());
        let request = parts.and_then(|parts| config.request(operation, parts, new_request_id(random(), random())));
        let request = request.map_err(|error| error_json::from_error(&error))?;
        let progress = InFlightCall::new(operation, config.options(), client.policy, elapsed());
        let (phase, attempt_started, events) = (CallPhase::Starting, Duration::ZERO, Vec::new());
        Ok(Self { client, operation, request, progress, phase, attempt: 0, attempt_started, events })
    }

    /// Takes the events since the last step, as JSON.
    pub(crate) fn take_events(&mut self) -> Vec<String> {
        std::mem::take(&mut self.events)
    }

    /// Advances to the next step.
    pub(crate) fn advance(&mut self, response: Option<RawHostResponse>) -> NextStep {
        let action = match (std::mem::replace(&mut self.phase, CallPhase::Starting), response) {
            (CallPhase::Starting, _) => {
                let attempt = self.progress.attempts() + 1;
                self.attempt = attempt;
                self.attempt_started = elapsed();
                let request_id = self.request.request_id.clone();
                self.push_call_event(&CallEvent::AttemptStarted { attempt, request_id: &request_id });
                self.step(InFlightCall::proceed)
            }
            (CallPhase::Pacing, _) => self.step(InFlightCall::proceed),
            (CallPhase::RequestingToken(action), Some(response)) => {
                let input = self.token_input(&action, &response);
                self.step(|progress, shared, context| progress.handle_token_input(shared, input, context))
            }
            (CallPhase::Sending(token), Some(response)) => {
                let result = to_http_response(response);
                self.step(|progress, shared, context| progress.handle_send_result(shared, &token, result, context))
            }
            (CallPhase::RequestingToken(_) | CallPhase::Sending(_), None) => {
                unreachable!("JavaScript resumes these steps with a result")
            }
        };
        self.perform(action)
    }

    /// Cancels the call.
    pub(crate) fn cancel(mut self) {
        self.step(InFlightCall::cancel);
    }

    fn step<R>(&mut self, step: impl FnOnce(&mut InFlightCall, &mut SharedClientState<'_>, StepContext) -> R) -> R {
        let (result, loaded) = self.client.step(&mut self.progress, step);
        if loaded {
            self.events.extend(event::token_event_json(&TokenEvent::LoadedFromStore));
        }
        result
    }

    fn perform(&mut self, action: CallAction) -> NextStep {
        match action {
            CallAction::Send { token, timeout } => {
                let step = send_step(&self.request, &token.token, timeout);
                self.phase = CallPhase::Sending(token.token);
                NextStep::Step(step, timeout)
            }
            CallAction::Token(action) => {
                let Some(request) = self.progress.token_request() else {
                    unreachable!("only a token request returns token actions")
                };
                let (step, limit) = token_step(request, &action);
                self.phase = CallPhase::RequestingToken(action);
                NextStep::Step(step, limit)
            }
            CallAction::WaitForSlot { wait } => {
                self.phase = CallPhase::Pacing;
                NextStep::Step(HostStep::Wait(timer_millis(wait)).to_json(), wait)
            }
            CallAction::Retry { after } => {
                let (attempt, status) = self.finish_attempt();
                self.push_call_event(&CallEvent::Retrying { attempt, status, delay: after });
                self.phase = CallPhase::Starting;
                NextStep::Step(HostStep::Wait(timer_millis(after)).to_json(), after)
            }
            CallAction::Finish(outcome) => {
                self.finish_attempt();
                self.finish(outcome)
            }
        }
    }

    fn finish_attempt(&mut self) -> (u32, Option<u16>) {
        let (attempt, status) = (self.attempt, self.progress.status());
        let duration = elapsed().saturating_sub(self.attempt_started);
        self.push_call_event(&CallEvent::AttemptFinished { attempt, status, duration });
        (attempt, status)
    }

    fn push_call_event(&mut self, event: &CallEvent<'_>) {
        self.events.extend(event::call_event_json(self.operation, event));
    }

    fn finish(&mut self, outcome: CallOutcome) -> NextStep {
        let request_id = std::mem::take(&mut self.request.request_id);
        match self.progress.finish_raw(self.operation, outcome, request_id, elapsed()) {
            Ok(_) => NextStep::Done(value_field(self.operation).map_or_else(|| "null".to_owned(), json_string)),
            Err(error) => NextStep::Failed(error_json::from_error(&error)),
        }
    }

    fn token_input(&mut self, action: &TokenAction, response: &RawHostResponse) -> TokenInput {
        let now = snapshot().now;
        match action {
            TokenAction::Request { timeout } => {
                let request = self.progress.token_request().and_then(TokenAcquisition::request);
                let Some((_, secret)) = request else { unreachable!("the request was sent") };
                let result = action_results::parse_result(to_token_response(response), secret, now);
                self.events.extend(
                    action_results::response_event(&result, *timeout).and_then(|event| event::token_event_json(&event)),
                );
                TokenInput::Response(result)
            }
            TokenAction::ReadStore { timeout } => {
                let result = to_store_result(response).map(|result| result.map(|value| value.map(Secret::new)));
                self.record_store_result(action_results::store_read(result, *timeout, now))
            }
            TokenAction::WriteStore { timeout, .. } => {
                let result = to_store_result(response).map(|result| result.map(|_| ()));
                self.record_store_result(action_results::store_written(result, "written", *timeout))
            }
            TokenAction::Callback { .. } => TokenInput::CallbackReturned(to_callback_result(response)),
            // Stores in JavaScript have no locks.
            TokenAction::LockStore { .. } | TokenAction::UnlockStore { .. } => {
                unreachable!("`token_step` panics on these")
            }
            TokenAction::WaitForRelease { .. } | TokenAction::Sleep { .. } | TokenAction::Finish(_) => {
                TokenInput::Continue
            }
        }
    }

    fn record_store_result(&mut self, (input, event): (TokenInput, Option<TokenEvent>)) -> TokenInput {
        self.events.extend(event.and_then(|event| event::token_event_json(&event)));
        input
    }
}

/// The field of the body that holds the value of a call. Empty if the body is the value, `None` if there is no value.
fn value_field(operation: &Operation) -> Option<&'static str> {
    (operation.value != ResponseValue::None).then(|| operation.envelope.unwrap_or_default())
}

fn send_step(request: &HttpRequest<StringRequestTemplate>, token: &AccessToken, timeout: Duration) -> String {
    let bearer = Secret::new(format!("Bearer {}", token.value().expose()));
    HostStep::Send(SendStep {
        method: request.method,
        url: &request.url(),
        headers: request.headers().chain([("authorization", bearer.expose())]).collect(),
        body: request.body_str(),
        timeout_ms: timer_millis(timeout),
        max_bytes: to_u32(MAX_RESPONSE_BYTES),
        max_failure_bytes: to_u32(MAX_ERROR_RESPONSE_BYTES),
    })
    .to_json()
}

fn token_step(request: &TokenAcquisition, action: &TokenAction) -> (String, Duration) {
    match action {
        TokenAction::WaitForRelease { timeout } => {
            let wait = (*timeout).min(RELEASE_POLL_INTERVAL);
            (HostStep::Wait(timer_millis(wait)).to_json(), wait)
        }
        TokenAction::ReadStore { timeout } => {
            let step = HostStep::StoreGet { key: request.store_key(), timeout_ms: timer_millis(*timeout) };
            (step.to_json(), *timeout)
        }
        TokenAction::WriteStore { token, timeout } => {
            let (entry, lifetime) = action_results::to_store_entry(token, snapshot().now);
            let ttl_seconds = u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX);
            let (key, value) = (request.store_key(), entry.expose());
            (HostStep::StoreSet { key, value, ttl_seconds, timeout_ms: timer_millis(*timeout) }.to_json(), *timeout)
        }
        TokenAction::Request { timeout } => {
            let Some((request, _)) = request.request() else {
                unreachable!("only a token request returns token actions")
            };
            let step = HostStep::Send(SendStep {
                method: "POST",
                url: &request.url,
                headers: vec![("content-type", ajo_auth::TokenRequest::CONTENT_TYPE)],
                body: Some(request.body.expose()),
                timeout_ms: timer_millis(*timeout),
                max_bytes: to_u32(MAX_TOKEN_RESPONSE_BYTES),
                max_failure_bytes: to_u32(MAX_TOKEN_RESPONSE_BYTES),
            });
            (step.to_json(), *timeout)
        }
        TokenAction::Callback { timeout } => {
            (HostStep::Token { timeout_ms: timer_millis(*timeout) }.to_json(), *timeout)
        }
        TokenAction::Sleep { wait } => (HostStep::Wait(timer_millis(*wait)).to_json(), *wait),
        TokenAction::LockStore { .. } | TokenAction::UnlockStore { .. } => unreachable!("the store has no locks"),
        TokenAction::Finish(_) => unreachable!("the token request has ended"),
    }
}

fn to_http_response(response: RawHostResponse) -> Result<HttpResponse, SendError> {
    let HostResponse { status, headers, is_too_long, .. } =
        HostResponse::from_json(&response.json).map_err(|HostError { kind, detail }| SendError {
            kind: kind.into(),
            proxy: None,
            message: detail,
            source: None,
        })?;
    Ok(HttpResponse {
        status,
        request_id: headers.request_id,
        retry_after: headers.retry_after,
        // `fetch` always decompresses the body, even if the header remains.
        is_compressed: false,
        is_too_long,
        body: if is_too_long { Bytes::new() } else { Bytes::from(response.body) },
    })
}

fn to_token_response(response: &RawHostResponse) -> Result<TokenResponse, AuthError> {
    let HostResponse { status, headers, is_too_long, .. } = HostResponse::from_json(&response.json)?;
    Ok(TokenResponse {
        status,
        retry_after: headers.retry_after,
        debug_id: headers.debug_id,
        body: (!is_too_long).then(|| Secret::new(response.body.as_str())),
    })
}

/// The result of the token store; `None` if it did not respond in time.
fn to_store_result(response: &RawHostResponse) -> Option<Result<Option<String>, StoreError>> {
    match HostResponse::from_json(&response.json) {
        Ok(HostResponse { value, .. }) => Some(Ok(value)),
        Err(HostError { kind: HostErrorKind::Timeout, .. }) => None,
        Err(HostError { detail, .. }) => Some(Err(StoreError::new("tokenStore", detail))),
    }
}

/// The result of the user's function. Unlike an error of the token endpoint, its error is never transient.
fn to_callback_result(response: &RawHostResponse) -> Result<Secret, AuthError> {
    let response = HostResponse::from_json(&response.json).map_err(|HostError { kind, detail }| {
        AuthError::CallbackFailed { timed_out: matches!(kind, HostErrorKind::Timeout), detail }
    })?;
    response.token.map(Secret::new).ok_or(AuthError::InvalidToken)
}

fn to_u32(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
