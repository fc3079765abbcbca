//! Requests, the store, and waiting, as steps for the host.

use std::time::Duration;

use ajo_auth::{
    AccessToken, AuthError, Endpoint, LOOK_AGAIN, MAX_TOKEN_ANSWER, Pending, SHORT_LEASE, Secret, StoreError,
    Surroundings, TokenDriver, TokenHostAnswer, TokenNote, TokenRequest,
};
use ajo_core::{
    CallNote, ErrorKind, HttpResponse, HttpTransport, MAX_ANSWER, MAX_FAILURE_ANSWER, Operation, Request, SendError,
    TextTemplate,
};
use bytes::Bytes;

use crate::answer::{Answer, Kind, Problem};
use crate::host::{Given, ask, happened, millis};
use crate::note;
use crate::step::{Send, Step};

/// Whatever is asked of JavaScript.
pub(crate) struct Steps {
    /// Whether the user gave a token store.
    pub(crate) has_store: bool,
}

impl HttpTransport for Steps {
    type Template = TextTemplate;
    type Permit = ();

    fn template(base_url: &Endpoint, headers: &[(&str, &str)]) -> TextTemplate {
        TextTemplate::new(base_url, headers)
    }

    fn surroundings(&self) -> &dyn Surroundings {
        &Given
    }

    async fn acquire_permit(&self, _: Duration) -> Result<(), ErrorKind> {
        Ok(())
    }

    async fn send(
        &self,
        request: &Request<TextTemplate>,
        token: &AccessToken,
        timeout: Duration,
    ) -> Result<HttpResponse, SendError> {
        let bearer = Secret::new(format!("Bearer {}", token.value().expose()));
        let step = Step::Send(Send {
            method: request.method,
            url: &request.url(),
            headers: request.headers().chain([("authorization", bearer.expose())]).collect(),
            body: request.body_text(),
            timeout_ms: millis(timeout),
            max_bytes: count(MAX_ANSWER),
            max_failure_bytes: count(MAX_FAILURE_ANSWER),
        });
        let told = ask(step.to_json(), timeout).await;
        match Answer::read(&told.answer) {
            Ok(Answer { status, headers, too_long, .. }) => Ok(HttpResponse {
                status,
                request_id: headers.request_id,
                retry_after: headers.retry_after,
                // `fetch` returns the body inflated, whatever the header says.
                compressed: false,
                too_long,
                body: if too_long { Bytes::new() } else { Bytes::from(told.body) },
            }),
            Err(Problem { kind, detail }) => Err(SendError { problem: kind.into(), causes: detail, source: None }),
        }
    }

    fn note(&self, operation: &Operation, note: CallNote<'_>) {
        if let Some(event) = note::of_call(operation, &note) {
            happened(event);
        }
    }
}

impl Steps {
    async fn store(step: Step<'_>, timeout: Duration) -> Option<Result<Option<String>, StoreError>> {
        let told = ask(step.to_json(), timeout).await;
        match Answer::read(&told.answer) {
            Ok(Answer { value, .. }) => Some(Ok(value)),
            Err(Problem { kind: Kind::Timeout, .. }) => None,
            Err(Problem { detail, .. }) => Some(Err(StoreError::new("tokenStore", detail))),
        }
    }
}

impl TokenDriver for Steps {
    fn surroundings(&self) -> &dyn Surroundings {
        &Given
    }

    fn send<'d>(
        &'d self,
        request: &'d TokenRequest,
        timeout: Duration,
    ) -> Pending<'d, Result<TokenHostAnswer, AuthError>> {
        Box::pin(async move {
            let step = Step::Send(Send {
                method: "POST",
                url: &request.url,
                headers: vec![("content-type", TokenRequest::CONTENT_TYPE)],
                body: Some(request.body.expose()),
                timeout_ms: millis(timeout),
                max_bytes: count(MAX_TOKEN_ANSWER),
                max_failure_bytes: count(MAX_TOKEN_ANSWER),
            });
            let told = ask(step.to_json(), timeout).await;
            let Answer { status, headers, too_long, .. } = Answer::read(&told.answer)?;
            Ok(TokenHostAnswer {
                status,
                retry_after: headers.retry_after,
                debug_id: headers.debug_id,
                body: (!too_long).then(|| Secret::new(told.body)),
            })
        })
    }

    fn ask(&self, timeout: Duration) -> Pending<'_, Result<Secret, AuthError>> {
        Box::pin(async move {
            let told = ask(Step::Token { timeout_ms: millis(timeout) }.to_json(), timeout).await;
            let answer = Answer::read(&told.answer).map_err(not_given)?;
            answer.token.map(Secret::new).ok_or(AuthError::UnusableToken)
        })
    }

    fn has_store(&self) -> bool {
        self.has_store
    }

    fn read_store<'d>(
        &'d self,
        key: &'d str,
        timeout: Duration,
    ) -> Pending<'d, Option<Result<Option<Secret>, StoreError>>> {
        Box::pin(async move {
            let step = Step::StoreGet { key, timeout_ms: millis(timeout) };
            let answer = Self::store(step, timeout).await;
            answer.map(|answer| answer.map(|value| value.map(Secret::new)))
        })
    }

    fn write_store<'d>(
        &'d self,
        key: &'d str,
        text: &'d Secret,
        lifetime: Duration,
        timeout: Duration,
    ) -> Pending<'d, Option<Result<(), StoreError>>> {
        Box::pin(async move {
            let ttl_seconds = u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX);
            let step = Step::StoreSet { key, value: text.expose(), ttl_seconds, timeout_ms: millis(timeout) };
            Self::store(step, timeout).await.map(|answer| answer.map(|_| ()))
        })
    }

    fn lease(&self) -> Duration {
        SHORT_LEASE
    }

    fn turn_end(&self, at_most: Duration) -> Pending<'_, ()> {
        Given.sleep(at_most.min(LOOK_AGAIN))
    }

    fn turn_has_ended(&self) {}

    fn note(&self, note: TokenNote) {
        if let Some(event) = note::of_token(&note) {
            happened(event);
        }
    }
}

/// The user's function is no host: what it throws does not pass by itself.
fn not_given(Problem { kind, detail }: Problem) -> AuthError {
    AuthError::NotGiven { late: matches!(kind, Kind::Timeout), detail }
}

fn count(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
