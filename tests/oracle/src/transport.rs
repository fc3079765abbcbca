//! Transports that follow a script and record the requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ajo_auth::{
    AccessToken, AuthError, BoxFuture, MAX_TOKEN_RESPONSE_BYTES, ManualRuntime, Runtime, SHORT_LEASE_DURATION, Secret,
    Sleep, StoreError, Timestamp, TokenRequest, TokenResponse, TokenTransport, TransportErrorKind,
};
use ajo_core::{
    DeadlineExceeded, HttpRequest, HttpResponse, HttpTransport, SendError, SendErrorKind, StringRequestTemplate,
};
use serde_json::{Value, json};

use crate::question::{CallQuestion, Reply};

/// A manual clock without randomness, so that delays are equal in both clients.
pub(crate) struct OracleRuntime(ManualRuntime);

impl Runtime for OracleRuntime {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        self.0.sleep(duration)
    }

    fn random(&self) -> u64 {
        0
    }
}

/// The state of both transports.
pub(crate) struct Script {
    pub(crate) runtime: OracleRuntime,
    state: Mutex<ScriptState>,
    /// The result of the user's function.
    access_token: Option<String>,
    has_store: bool,
}

#[derive(Default)]
struct ScriptState {
    replies: VecDeque<Reply>,
    token_replies: VecDeque<Reply>,
    stored: Option<String>,
    record: Vec<Value>,
}

impl Script {
    pub(crate) fn new(question: &CallQuestion) -> Arc<Self> {
        let clock = ManualRuntime::new(0);
        clock.advance(Duration::from_millis(question.now));
        let state = ScriptState {
            replies: question.responses.iter().cloned().collect(),
            token_replies: question.token_responses.iter().cloned().collect(),
            stored: question.stored.clone(),
            record: Vec::new(),
        };
        let access_token = question.options.access_token.clone();
        let has_store = question.options.token_store;
        Arc::new(Self { runtime: OracleRuntime(clock), state: Mutex::new(state), access_token, has_store })
    }

    /// Everything that was sent or stored, in order.
    pub(crate) fn take_record(&self) -> Vec<Value> {
        std::mem::take(&mut self.state().record)
    }

    fn state(&self) -> MutexGuard<'_, ScriptState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exchange_token(&self, request: &TokenRequest) -> Result<TokenResponse, AuthError> {
        let mut state = self.state();
        state.record.push(json!({"token": request.url, "body": request.body.expose()}));
        let reply = state.token_replies.pop_front().unwrap_or_else(missing_reply);
        if let Some(problem) = &reply.problem {
            let kind = match problem.as_str() {
                "connect" => TransportErrorKind::Connect,
                "certificate" => TransportErrorKind::Certificate,
                _ => TransportErrorKind::Disconnected,
            };
            return Err(AuthError::Transport { kind, proxy: None, detail: reply.body });
        }
        let header = |name: &str| reply.headers.get(name).cloned();
        Ok(TokenResponse {
            status: reply.status,
            retry_after: header("retry-after"),
            debug_id: header("x-debug-id"),
            body: (reply.body.len() <= MAX_TOKEN_RESPONSE_BYTES).then(|| Secret::new(reply.body)),
        })
    }
}

/// The service's transport.
pub(crate) struct ScriptedTransport(pub(crate) Arc<Script>);

impl HttpTransport for ScriptedTransport {
    type Template = StringRequestTemplate;
    type Permit = ();

    fn runtime(&self) -> &dyn Runtime {
        &self.0.runtime
    }

    async fn acquire_permit(&self, _: Duration) -> Result<(), DeadlineExceeded> {
        Ok(())
    }

    async fn send(
        &self,
        request: &HttpRequest<StringRequestTemplate>,
        token: &AccessToken,
        _: Duration,
    ) -> Result<HttpResponse, SendError> {
        let mut state = self.0.state();
        let bearer = format!("Bearer {}", token.value().expose());
        let headers = request.all_headers().chain([("authorization", bearer.as_str())]);
        let headers: serde_json::Map<String, Value> =
            headers.map(|(name, value)| (name.to_owned(), value.into())).collect();
        let body = request.body.as_deref().map(|body| String::from_utf8_lossy(body).into_owned());
        state.record.push(json!({"method": request.method, "url": request.url, "headers": headers, "body": body}));
        let reply = state.replies.pop_front().unwrap_or_else(missing_reply);
        if let Some(problem) = &reply.problem {
            let kind = match problem.as_str() {
                "connect" => SendErrorKind::Connect,
                "certificate" => SendErrorKind::Certificate,
                _ => SendErrorKind::Disconnected,
            };
            return Err(SendError { kind, proxy: None, message: reply.body, source: None });
        }
        let header = |name: &str| reply.headers.get(name).cloned();
        let is_too_long = reply.body.len() > HttpResponse::max_bytes(reply.status);
        Ok(HttpResponse {
            status: reply.status,
            request_id: header("x-request-id"),
            retry_after: header("retry-after"),
            is_too_long,
            body: if is_too_long { String::new().into() } else { reply.body.into() },
            ..HttpResponse::default()
        })
    }
}

/// The token provider's transport.
pub(crate) struct ScriptedTokens(pub(crate) Arc<Script>);

impl TokenTransport for ScriptedTokens {
    fn runtime(&self) -> &dyn Runtime {
        &self.0.runtime
    }

    fn send_token_request<'d>(
        &'d self,
        request: &'d TokenRequest,
        _: Duration,
    ) -> BoxFuture<'d, Result<TokenResponse, AuthError>> {
        Box::pin(std::future::ready(self.0.exchange_token(request)))
    }

    fn request_from_callback(&self, _: Duration) -> BoxFuture<'_, Result<Secret, AuthError>> {
        Box::pin(std::future::ready(self.0.access_token.as_deref().map(Secret::new).ok_or(AuthError::InvalidToken)))
    }

    fn has_store(&self) -> bool {
        self.0.has_store
    }

    fn read_store<'d>(
        &'d self,
        key: &'d str,
        _: Duration,
    ) -> BoxFuture<'d, Option<Result<Option<Secret>, StoreError>>> {
        let mut state = self.0.state();
        state.record.push(json!({"read": key}));
        Box::pin(std::future::ready(Some(Ok(state.stored.as_deref().map(Secret::new)))))
    }

    fn write_store<'d>(
        &'d self,
        key: &'d str,
        entry: &'d Secret,
        lifetime: Duration,
        _: Duration,
    ) -> BoxFuture<'d, Option<Result<(), StoreError>>> {
        self.0.state().record.push(json!({"write": key, "entry": entry.expose(), "ttlSeconds": lifetime.as_secs()}));
        Box::pin(std::future::ready(Some(Ok(()))))
    }

    fn lease_duration(&self) -> Duration {
        SHORT_LEASE_DURATION
    }

    fn wait_for_release(&self, timeout: Duration) -> BoxFuture<'_, ()> {
        self.0.runtime.sleep(timeout)
    }

    fn notify_released(&self) {}
}

fn missing_reply() -> Reply {
    Reply {
        problem: Some("disconnected".to_owned()),
        body: "the script has no more responses".to_owned(),
        ..Reply::default()
    }
}
