//! API requests over `fetch`.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ajo_auth::fetch::{Fault, FaultKind, Outgoing, send};
use ajo_auth::{AccessToken, Secret, Surroundings};

use crate::{CallRequest, ErrorKind, Reply, SendError, SendProblem, Wire};

/// Requests by way of `fetch`. It sets no limits of its own.
#[derive(Clone)]
pub struct FetchWire {
    pub(super) surroundings: Arc<dyn Surroundings>,
}

impl fmt::Debug for FetchWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FetchWire")
    }
}

impl Wire for FetchWire {
    type Request = CallRequest;
    type Place = ();

    fn surroundings(&self) -> &dyn Surroundings {
        &*self.surroundings
    }

    async fn admit(&self, _: Duration) -> Result<(), ErrorKind> {
        Ok(())
    }

    async fn send(&self, request: &CallRequest, token: &AccessToken, timeout: Duration) -> Result<Reply, SendError> {
        let token = token.value().expose();
        let bearer = Secret::new(format!("Bearer {token}"));
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let headers: Vec<_> = headers.chain([("authorization", bearer.expose())]).collect();
        let outgoing = Outgoing {
            method: request.method,
            url: &request.url,
            headers: &headers,
            body: request.body.as_deref(),
            secrets: &[token],
        };
        let answer = send(outgoing, timeout, Reply::most).await?;
        Ok(Reply {
            status: answer.status,
            request_id: answer.request_id,
            retry_after: answer.retry_after,
            // What `fetch` gives is inflated, whatever the header says.
            compressed: false,
            body: answer.body.map(Into::into),
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
