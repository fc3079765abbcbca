//! Token requests over `fetch`.

use std::sync::Arc;
use std::time::Duration;

use send_wrapper::SendWrapper;

use super::exchange::{Fault, FaultKind, send};
use super::request::Outgoing;
use super::timer::Timer;
use crate::{
    AuthError, LOOK_AGAIN, MAX_TOKEN_ANSWER, Pending, SHORT_LEASE, Secret, StoreError, Surroundings, TokenDriver,
    TokenHostAnswer, TokenRequest, TokenStore, TransportProblem,
};

/// The driver. It holds nothing of JavaScript between two calls, which may belong to different requests of a Worker.
pub(super) struct FetchDriver {
    pub(super) surroundings: Arc<dyn Surroundings>,
    pub(super) store: Option<Arc<dyn TokenStore>>,
}

impl FetchDriver {
    async fn exchange(request: &TokenRequest, timeout: Duration) -> Result<TokenHostAnswer, AuthError> {
        let form = request.body.expose();
        // The client secret, as it is and as it is sent.
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(form).unwrap_or_default();
        let secret = pairs.into_iter().find(|(name, _)| name == "client_secret");
        let plain = Secret::new(secret.map_or_else(String::new, |(_, secret)| secret));
        let encoded = form.split('&').find_map(|pair| pair.strip_prefix("client_secret=")).unwrap_or("");
        let outgoing = Outgoing {
            method: "POST",
            url: &request.url,
            headers: &[("content-type", TokenRequest::CONTENT_TYPE)],
            body: Some(form),
            secrets: &[plain.expose(), encoded],
        };
        // A driver's futures are `Send`; this one stays on its thread.
        let answer = SendWrapper::new(send(outgoing, timeout, |_| MAX_TOKEN_ANSWER)).await?;
        Ok(TokenHostAnswer {
            status: answer.status,
            retry_after: answer.retry_after,
            debug_id: answer.debug_id,
            body: answer.body.map(|body| Secret::new(String::from_utf8_lossy(&body))),
        })
    }
}

impl From<Fault> for AuthError {
    fn from(fault: Fault) -> Self {
        let problem = match fault.kind {
            FaultKind::Connect => TransportProblem::Connect,
            FaultKind::Timeout => TransportProblem::Timeout,
            FaultKind::Broken | FaultKind::Request => TransportProblem::Broken,
        };
        Self::Transport { problem, detail: fault.causes }
    }
}

/// What a store comes to; nothing where it did not answer in time.
async fn limited<T>(timeout: Duration, work: impl Future<Output = T> + Send) -> Option<T> {
    SendWrapper::new(async move { Timer::new(timeout)?.limit(work).await }).await
}

impl TokenDriver for FetchDriver {
    fn surroundings(&self) -> &dyn Surroundings {
        &*self.surroundings
    }

    fn send<'d>(
        &'d self,
        request: &'d TokenRequest,
        timeout: Duration,
    ) -> Pending<'d, Result<TokenHostAnswer, AuthError>> {
        Box::pin(Self::exchange(request, timeout))
    }

    fn has_store(&self) -> bool {
        self.store.is_some()
    }

    fn read_store<'d>(
        &'d self,
        key: &'d str,
        timeout: Duration,
    ) -> Pending<'d, Option<Result<Option<Secret>, StoreError>>> {
        Box::pin(async move {
            let Some(store) = &self.store else { return Some(Ok(None)) };
            limited(timeout, store.get(key)).await
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
            let Some(store) = &self.store else { return Some(Ok(())) };
            limited(timeout, store.set(key, text, lifetime)).await
        })
    }

    fn lease(&self) -> Duration {
        SHORT_LEASE
    }

    fn turn_end(&self, at_most: Duration) -> Pending<'_, ()> {
        self.surroundings.sleep(at_most.min(LOOK_AGAIN))
    }

    fn turn_has_ended(&self) {}
}
