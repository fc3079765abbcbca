//! The hooks of the generated client: the transport sends its requests and checks the responses.
//!
//! The hook `exec` is the one place a request leaves from. What the generated code cannot express (an authentication error,
//! a failure, the raw body) travels beside it in the [`Exchange`].

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use ajo_auth::causes;
use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::header::HeaderMap;
use reqwest::{ResponseBuilderExt as _, Url};

use crate::client::native_client::Client;
use crate::error::attempt_error::Received;
use crate::generated::{capping, throttling};
use crate::parse::response::{NO_OBJECT, unreadable};
use crate::transport::reqwest_transport::NativeWire;
use crate::transport::retry_loop::{Outcome, Transport};
use crate::{Answer, CallOptions, Error, ErrorKind, Operation, Verb};

/// The address of an answer that is handed to the generated code, which looks at none.
static NOWHERE: LazyLock<Url> = LazyLock::new(|| Url::parse("http://answer.invalid/").expect("an address"));

impl Received {
    /// The answer as the generated code wants to see it: success has the one status the spec names, and a body even where
    /// the service leaves out the empty object. A service that answers 200 in place of 204 has carried the call out.
    fn for_generated_code(&self, operation: &Operation) -> reqwest::Response {
        let body = match operation.verb {
            Verb::Delete => Bytes::from_static(b"{}"),
            Verb::Deploy | Verb::Undeploy => Bytes::new(),
            _ => self.body.clone(),
        };
        // With an address, because reqwest would parse one for each answer that has none.
        let response = http::Response::builder().status(operation.success).url(NOWHERE.clone()).body(body);
        response.unwrap_or_default().into()
    }
}

/// One call on its way: what the generated client carries as its inner value.
#[derive(Clone)]
pub(crate) struct Exchange {
    transport: Arc<Transport<NativeWire>>,
    options: Arc<CallOptions>,
    headers: Arc<HeaderMap>,
    operation: &'static Operation,
    outcome: Arc<Mutex<Option<Outcome>>>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("operation", &self.operation.to_string()).finish_non_exhaustive()
    }
}

impl Exchange {
    pub(crate) fn new(client: &Client, operation: &'static Operation) -> Self {
        let Client { transport, options, headers, .. } = client;
        Self {
            transport: transport.clone(),
            options: options.clone(),
            headers: headers.clone(),
            operation,
            outcome: Arc::default(),
        }
    }

    async fn execute(&self, mut request: reqwest::Request) -> reqwest::Response {
        let call = self.transport.call(self.operation, &self.options, |request_id| {
            NativeWire::complete(&mut request, &self.headers, request_id);
            request
        });
        let outcome = call.await;
        let response = match &outcome.result {
            Ok(received) => received.for_generated_code(self.operation),
            // Never looked at: `finish` finds the problem first.
            Err(_) => http::Response::new(Bytes::new()).into(),
        };
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        response
    }

    /// Joins what the generated code made of the answer with what was really received.
    pub(crate) fn finish<T>(
        self,
        result: Result<progenitor_client::ResponseValue<T>, progenitor_client::Error<()>>,
    ) -> Result<Answer<T>, Error> {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(outcome) = outcome else {
            // The generated code gave up before it sent anything.
            let problem = result.err().map_or_else(|| "nothing was sent".to_owned(), |error| causes(&error));
            return Err(Error::new(Some(self.operation), ErrorKind::Request(problem)));
        };
        let answer = Answer::from_outcome(self.operation, outcome)?;
        let problem = match result {
            Ok(_) if !self.operation.answers_an_object(&answer.body) => NO_OBJECT.to_owned(),
            Ok(value) => return Ok(answer.map(|()| value.into_inner())),
            Err(progenitor_client::Error::InvalidResponsePayload(_, problem)) => unreadable(&problem),
            Err(other) => causes(&other),
        };
        Err(answer.unreadable(self.operation, problem))
    }
}

impl ClientHooks<Exchange> for capping::client::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        Ok(self.inner.execute(request).await)
    }
}

impl ClientHooks<Exchange> for throttling::client::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        Ok(self.inner.execute(request).await)
    }
}
