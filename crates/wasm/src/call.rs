//! A call in progress.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;
use core::time::Duration;

use ajo_engine::text::{concat, decimal, parse_decimal};
use ajo_engine::{
    AuthError, CallAction, CallFailure, CallInput, CallOutcome, CallState, DEADLINE, ErrorKind, Idempotency,
    RELEASE_POLL_INTERVAL, RequestTarget, RetryPolicy, STORE_LOCK_LEASE, Secret, SharedClientState, StepContext,
    StoreLockResult, TIMEOUT, Timestamp, TokenAction, TokenInput, decode_entry, encode_entry, parse_token_response,
    safe_request_id,
};

use crate::action::{Action, code, flag};
use crate::client::Client;
use crate::error_json::FailedCall;
use crate::input::Report;
use crate::operation::{TOKEN_ONLY, operation_semantics};
use crate::time::to_u64;

/// How long a call survives the time limit of its action. JavaScript may never go on with it: when a request to a Worker ends, its
/// timers are gone. Timers of background pages may be a minute late, and this is twice as long.
pub(crate) const GRACE_PERIOD: Duration = Duration::from_secs(120);

/// A call in progress.
pub(crate) struct Call {
    /// The number of its client.
    pub(crate) client: u32,
    /// When the call is dropped, on the monotonic clock.
    pub(crate) expires_at: Duration,
    /// The problem of the store entry that was read last.
    pub(crate) entry_problem: Option<String>,
    state: CallState,
    idempotency: Idempotency,
    target: RequestTarget,
    started_at: Duration,
    ended_at: Duration,
    pending: PendingAction,
    /// The failure of the last request, and of the call after its end.
    failure: Option<CallFailure>,
}

/// The action that JavaScript performs for the call.
enum PendingAction {
    /// No action, or the wait before a retry. An attempt starts next.
    Start,
    Token(TokenAction),
    /// A request with this token.
    Send(Secret),
    Ended,
}

/// The limits of a call. A default replaces what is not set.
pub(crate) struct CallLimits {
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    /// Zero is the default.
    pub(crate) max_attempts: u32,
}

impl Call {
    /// A call of an operation. `None` if there is none of this number.
    pub(crate) fn new(client: u32, operation: i32, limits: &CallLimits, started_at: Duration) -> Option<Box<Self>> {
        let deadline = started_at.saturating_add(limits.deadline.unwrap_or(DEADLINE));
        let mut policy = RetryPolicy::default();
        if limits.max_attempts > 0 {
            policy.max_attempts = limits.max_attempts;
        }
        let (semantics, target) = operation_semantics(operation)?;
        let state = if operation == TOKEN_ONLY {
            CallState::token_only(policy, deadline)
        } else {
            CallState::new(semantics, policy, limits.attempt_timeout.unwrap_or(TIMEOUT), deadline)
        };
        Some(Box::new(Self {
            client,
            expires_at: started_at.saturating_add(GRACE_PERIOD),
            entry_problem: None,
            state,
            idempotency: semantics.idempotency,
            target,
            started_at,
            ended_at: started_at,
            pending: PendingAction::Start,
            failure: None,
        }))
    }

    /// Takes the result of the last action and returns the next action. `None` if it is not the result of that action: then the call
    /// is cancelled.
    pub(crate) fn advance(&mut self, client: &mut Client, report: Report<'_>, context: StepContext) -> Option<Action> {
        let mut flags = 0;
        let input = match (core::mem::replace(&mut self.pending, PendingAction::Ended), report) {
            (PendingAction::Start, Report::Continue) => {
                flags |= flag::ATTEMPT_STARTED;
                CallInput::Continue
            }
            (PendingAction::Send(_), Report::Succeeded) => CallInput::Sent(None),
            (PendingAction::Send(token), report) => {
                self.failure = Some(send_failure(report, &token, context.now)?);
                CallInput::Sent(self.failure.as_ref().map(CallFailure::outcome))
            }
            (PendingAction::Token(action), report) => {
                CallInput::Token(self.token_input(&action, report, context.now, &mut flags)?)
            }
            _ => return None,
        };
        let Client { tokens, budget, .. } = client;
        let shared = &mut SharedClientState { tokens, retry_budget: budget, rate_limit: None };
        let action = self.state.step(shared, input, context);
        // Other calls poll instead of being woken: a Cloudflare Worker must not touch one request from an event of another.
        client.tokens.take_lease_released();
        if client.tokens.take_loaded_from_store() {
            flags |= flag::LOADED_FROM_STORE;
        }
        let action = self.perform(client, action, context)?;
        self.expires_at = context.elapsed.saturating_add(action.limit).saturating_add(GRACE_PERIOD);
        Some(action.with_flags(flags))
    }

    /// Returns what the call holds of the client's state.
    pub(crate) fn cancel(&mut self, client: &mut Client, context: StepContext) {
        let Client { tokens, budget, .. } = client;
        let shared = &mut SharedClientState { tokens, retry_budget: budget, rate_limit: None };
        self.state.step(shared, CallInput::Cancelled, context);
        client.tokens.take_lease_released();
    }

    fn perform(&mut self, client: &mut Client, action: CallAction, context: StepContext) -> Option<Action> {
        let (pending, action) = match action {
            CallAction::Send { token, timeout } => {
                let generation = client.remember(&token);
                let secret = token.token.value().clone();
                (PendingAction::Send(secret), Action::new(code::SEND, timeout, generation))
            }
            CallAction::Token(token_action) => {
                let action = token_step(&token_action, context.now)?;
                (PendingAction::Token(token_action), action)
            }
            CallAction::WaitForSlot { wait } => (PendingAction::Start, Action::new(code::WAIT, wait, 0.0)),
            CallAction::Retry { after } => (PendingAction::Start, Action::new(code::WAIT, after, 1.0)),
            CallAction::Finish(outcome) => {
                self.ended_at = context.elapsed;
                (PendingAction::Ended, self.finish(client, outcome))
            }
        };
        self.pending = pending;
        Some(action)
    }

    fn finish(&mut self, client: &mut Client, outcome: CallOutcome) -> Action {
        let done = |extra| Action::new(code::DONE, Duration::ZERO, extra);
        match outcome {
            CallOutcome::Success => return done(0.0),
            CallOutcome::AlreadyApplied => return done(1.0),
            CallOutcome::Token(token) => return done(client.remember(&token)),
            CallOutcome::NoToken { error, retry_after } => {
                self.failure = Some(CallFailure::no_token(error, retry_after));
            }
            // The error of an earlier attempt is more useful.
            CallOutcome::NotSent(reason) => {
                self.failure.get_or_insert_with(|| CallFailure::not_sent(reason));
            }
            CallOutcome::Failed => {}
        }
        Action::FAILED
    }

    /// Converts the result of a token action. `None` if it is not a result of this action.
    fn token_input(
        &mut self,
        action: &TokenAction,
        report: Report<'_>,
        now: Timestamp,
        flags: &mut u32,
    ) -> Option<TokenInput> {
        Some(match (action, report) {
            (TokenAction::WaitForRelease { .. } | TokenAction::Sleep { .. }, Report::Continue) => TokenInput::Continue,
            (TokenAction::Request { timeout }, report) => {
                let (_, secret) = self.state.token_request()?.request()?;
                let result = match report {
                    Report::Response { status, retry_after, debug_id, body, .. } => {
                        let body = body.map(str::as_bytes);
                        parse_token_response(http_status(status), retry_after, debug_id, body, secret, now)
                    }
                    Report::SendFailed(kind, detail) => Err(kind.into_auth_error(detail)),
                    _ => return None,
                };
                *flags |= match &result {
                    Ok(_) => flag::TOKEN_REQUEST_SUCCEEDED,
                    // That says nothing about the token endpoint.
                    Err(error) if error.is_call_deadline(*timeout) => 0,
                    Err(_) => flag::TOKEN_REQUEST_FAILED,
                };
                TokenInput::Response(result)
            }
            (TokenAction::ReadStore { .. }, Report::Stored(entry)) => {
                let token = entry.map(|entry| decode_entry(&Secret::new(entry), now)).transpose();
                if let Err(error) = &token {
                    *flags |= flag::INVALID_ENTRY;
                    self.entry_problem = Some(concat(&["the token store has an invalid entry: ", error.message()]));
                }
                TokenInput::StoreRead { responded: true, token: token.ok().flatten() }
            }
            (TokenAction::ReadStore { .. }, report) => {
                TokenInput::StoreRead { responded: has_store_responded(&report)?, token: None }
            }
            (TokenAction::WriteStore { .. } | TokenAction::UnlockStore { .. }, Report::StoreWritten) => {
                TokenInput::StoreWritten { responded: true }
            }
            (TokenAction::WriteStore { .. } | TokenAction::UnlockStore { .. }, report) => {
                TokenInput::StoreWritten { responded: has_store_responded(&report)? }
            }
            (TokenAction::LockStore { .. }, report) => TokenInput::StoreLocked(match report {
                Report::StoreLocked(ticket) => StoreLockResult::Acquired(decimal(to_u64(ticket))),
                Report::StoreBusy => StoreLockResult::Busy,
                report if has_store_responded(&report)? => StoreLockResult::Failed,
                _ => StoreLockResult::NoResponse,
            }),
            (TokenAction::Callback { .. }, report) => TokenInput::CallbackReturned(match report {
                Report::TokenReturned(token) => Ok(Secret::new(token)),
                Report::CallbackFailed { timed_out, detail } => Err(AuthError::CallbackFailed { timed_out, detail }),
                _ => return None,
            }),
            _ => return None,
        })
    }

    /// The form of the token request; empty if there is none.
    pub(crate) fn token_request_body(&self) -> String {
        let request = self.state.token_request().and_then(ajo_engine::TokenAcquisition::request);
        request.map_or_else(String::new, |(request, _)| request.body.expose().to_owned())
    }

    /// The key of the token in the store; empty without a store.
    pub(crate) fn store_key(&self) -> String {
        self.state.token_request().map_or_else(String::new, |request| request.store_key().to_owned())
    }

    /// The entry to write to the store; empty if none is written.
    pub(crate) fn store_entry(&self) -> String {
        match &self.pending {
            PendingAction::Token(TokenAction::WriteStore { token, .. }) => encode_entry(token).expose().to_owned(),
            _ => String::new(),
        }
    }

    /// The error of a call that failed, as JSON; `None` if the call was cancelled because of a wrong report.
    pub(crate) fn error_json(&self, operation: &str, request_id: &str) -> Option<String> {
        let call = FailedCall {
            failure: self.failure.as_ref()?,
            operation,
            request_id,
            idempotency: Some(self.idempotency),
            target: self.target,
            attempts: self.state.attempts(),
            elapsed: self.ended_at.saturating_sub(self.started_at),
        };
        Some(call.to_json())
    }

    /// Forgets the failure of a call that was cancelled because of a wrong report.
    pub(crate) fn drop_failure(&mut self) {
        self.failure = None;
    }
}

/// The failure of a request to the service. `None` if the report is none.
fn send_failure(report: Report<'_>, token: &Secret, now: Timestamp) -> Option<CallFailure> {
    Some(match report {
        Report::Response { status, request_id, retry_after, body, .. } => {
            let body = body.map(str::as_bytes);
            CallFailure::from_response(http_status(status), request_id, retry_after, body, token, now)
        }
        Report::SendFailed(kind, detail) => kind.into_error_kind(detail).into(),
        Report::InvalidBody { status, request_id, detail } => {
            let request_id = request_id.and_then(|id| safe_request_id(id, token));
            ErrorKind::Decode { status: http_status(status), message: detail, request_id }.into()
        }
        _ => return None,
    })
}

fn http_status(status: u32) -> u16 {
    u16::try_from(status).unwrap_or(u16::MAX)
}

/// Whether the store responded with an error, and not too late. `None` if the report is neither.
fn has_store_responded(report: &Report<'_>) -> Option<bool> {
    match report {
        Report::StoreFailed => Some(true),
        Report::StoreTimeout => Some(false),
        _ => None,
    }
}

/// The action of JavaScript for a token action.
#[expect(clippy::cast_precision_loss, reason = "seconds and tickets are far below 2^53")]
fn token_step(action: &TokenAction, now: Timestamp) -> Option<Action> {
    Some(match action {
        TokenAction::WaitForRelease { timeout } => Action::new(code::WAIT, (*timeout).min(RELEASE_POLL_INTERVAL), 0.0),
        TokenAction::Sleep { wait } => Action::new(code::WAIT, *wait, 0.0),
        TokenAction::Request { timeout } => Action::new(code::REQUEST_TOKEN, *timeout, 0.0),
        TokenAction::ReadStore { timeout } => Action::new(code::READ_STORE, *timeout, 0.0),
        TokenAction::WriteStore { token, timeout } => {
            let lifetime = token.expires_at().saturating_since(now);
            Action::new(code::WRITE_STORE, *timeout, lifetime.as_secs() as f64)
        }
        TokenAction::LockStore { timeout } => {
            Action::new(code::LOCK_STORE, *timeout, STORE_LOCK_LEASE.as_secs() as f64)
        }
        TokenAction::UnlockStore { ticket, timeout } => {
            Action::new(code::UNLOCK_STORE, *timeout, parse_decimal(ticket).unwrap_or_default() as f64)
        }
        TokenAction::Callback { timeout } => Action::new(code::CALLBACK, *timeout, 0.0),
        TokenAction::Finish(_) => return None,
    })
}
