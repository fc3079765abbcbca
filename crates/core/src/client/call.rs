//! A call before it is sent.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::client::request_builder::RequestBuilder;
use crate::{CallError, CallResponse, CallTarget, Client, ErrorKind, HttpTransport, Operation};

/// Parses the body of a success response. Its errors never quote the body.
type ResponseParser<R> = fn(&CallTarget, &[u8]) -> Result<R, String>;

/// A call to the service. Nothing is sent until it is awaited.
///
/// `.await` returns the value. [`Call::response`] returns the value with the HTTP status, the request id, and the body.
///
/// ```no_run
/// # #[cfg(feature = "reqwest")]
/// # async fn example(client: ajo_core::Client) -> Result<(), ajo_core::CallError> {
/// let response = client.capping().list().response().await?;
/// println!("{} configurations, after {} attempts", response.value.len(), response.attempts);
/// # Ok(())
/// # }
/// ```
///
/// # Which futures are `Send`
///
/// A call holds a request and no future, so one type serves all transports. [`Call::response`] is an `async fn`, so the compiler
/// derives from the transport whether its future is `Send`. Over reqwest it is. Over a transport that holds JavaScript values or an
/// `Rc` it is not. `.await` needs a nameable future, which is boxed. The box type must state whether it is `Send`, so each transport
/// of this crate has its own implementation of `IntoFuture`.
#[must_use = "nothing is sent until the call is awaited"]
pub struct Call<'c, T: HttpTransport, R> {
    client: &'c Client<T>,
    target: CallTarget,
    parts: RequestBuilder,
    parse: ResponseParser<R>,
}

impl<'c, T: HttpTransport, R> Call<'c, T, R> {
    pub(crate) fn new(client: &'c Client<T>, operation: &'static Operation, parse: ResponseParser<R>) -> Self {
        let parts = RequestBuilder::for_operation(operation, client.config.base_url());
        Self::from_parts(client, operation.into(), parts, parse)
    }

    pub(crate) const fn from_parts(
        client: &'c Client<T>,
        target: CallTarget,
        parts: RequestBuilder,
        parse: ResponseParser<R>,
    ) -> Self {
        Self { client, target, parts, parse }
    }

    /// Fills in the next path parameter.
    pub(crate) fn path_parameter(mut self, value: &str) -> Self {
        self.parts.path_parameter(value);
        self
    }

    /// Adds a query parameter if it has a value.
    pub(crate) fn query(mut self, name: &str, value: Option<&str>) -> Self {
        self.parts.query(name, value);
        self
    }

    /// Sets the body to the JSON of this value.
    pub(crate) fn body(mut self, body: &impl Serialize) -> Self {
        self.parts.json(body);
        self
    }

    /// Sets the body to a definition, with its extra fields at their places.
    pub(crate) fn definition(mut self, definition: &impl Serialize, extra: &Map<String, Value>) -> Self {
        match self.target.operation() {
            Some(operation) if !extra.is_empty() => {
                self.parts.definition(operation, definition, self.client.org_id().as_str());
            }
            _ => self.parts.json(definition),
        }
        self
    }

    /// Sets the body to this JSON.
    pub(crate) fn static_body(mut self, json: &'static str) -> Self {
        self.parts.static_body(json);
        self
    }

    /// Makes the call and returns the full response.
    pub async fn response(self) -> Result<CallResponse<R>, CallError> {
        let Self { client, target, parts, parse } = self;
        let Client { runner, config } = client;
        let request = match config.request(&target, parts, runner.request_id(config.options())) {
            Ok(request) => request,
            Err(problem) => return Err(CallError::new(Some(target), ErrorKind::BuildRequest(problem))),
        };
        let completed = runner.run(&target, config, request).await;
        CallResponse::parse(target, completed, parse)
    }
}

impl<T: HttpTransport, R> fmt::Debug for Call<'_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.target)
    }
}
