//! API requests over `fetch`.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ajo_auth::fetch::{Fault, FaultKind, Outgoing, send};
use ajo_auth::{AccessToken, Secret, Surroundings};

use crate::{DeadlineExceeded, HttpResponse, HttpTransport, Request, SendError, SendProblem, TextTemplate};

/// Requests by way of `fetch`. It sets no limits of its own.
#[derive(Clone)]
pub struct FetchTransport {
    pub(super) surroundings: Arc<dyn Surroundings>,
}

impl fmt::Debug for FetchTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FetchTransport")
    }
}

impl HttpTransport for FetchTransport {
    type Template = TextTemplate;
    type Permit = ();

    fn surroundings(&self) -> &dyn Surroundings {
        &*self.surroundings
    }

    async fn acquire_permit(&self, _: Duration) -> Result<(), DeadlineExceeded> {
        Ok(())
    }

    async fn send(
        &self,
        request: &Request<TextTemplate>,
        token: &AccessToken,
        timeout: Duration,
    ) -> Result<HttpResponse, SendError> {
        let token = token.value().expose();
        let bearer = Secret::new(format!("Bearer {token}"));
        let headers: Vec<_> = request.headers().chain([("authorization", bearer.expose())]).collect();
        let outgoing = Outgoing {
            method: request.method,
            url: &request.url(),
            headers: &headers,
            body: request.body_text(),
            secrets: &[token],
        };
        let answer = send(outgoing, timeout, HttpResponse::max_bytes).await?;
        Ok(HttpResponse {
            status: answer.status,
            request_id: answer.request_id,
            retry_after: answer.retry_after,
            // `fetch` returns the body inflated, whatever the header says.
            compressed: false,
            too_long: answer.body.is_none(),
            body: answer.body.map(Into::into).unwrap_or_default(),
        })
    }
}

impl From<Fault> for SendError {
    fn from(Fault { kind, causes, thrown }: Fault) -> Self {
        let problem = match kind {
            FaultKind::Request => SendProblem::Request,
            FaultKind::Connect => SendProblem::Connect,
            FaultKind::Certificate => SendProblem::Certificate,
            FaultKind::Timeout => SendProblem::Timeout,
            FaultKind::Broken => SendProblem::Broken,
        };
        Self { problem, causes, source: thrown.map(|thrown| Box::new(thrown) as Box<dyn StdError + Send + Sync>) }
    }
}
