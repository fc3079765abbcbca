//! A call before it is sent.

use std::fmt;

use serde::Serialize;

use crate::client::request_parts::RequestParts;
use crate::{Client, Error, HttpTransport, Operation, Response};

/// Parses the body of a success response. Its error never repeats any of the body.
type Parse<R> = fn(&Operation, &[u8]) -> Result<R, String>;

/// A call of the service; nothing is sent until it is awaited.
///
/// `.await` returns the value. [`Call::response`] returns the value with the HTTP status, the request id, and the body.
///
/// ```no_run
/// # #[cfg(feature = "reqwest")]
/// # async fn example(client: ajo_core::Client) -> Result<(), ajo_core::Error> {
/// let response = client.capping().list().response().await?;
/// println!("{} configurations, after {} attempts", response.value.len(), response.attempts);
/// # Ok(())
/// # }
/// ```
///
/// # Which futures are `Send`
///
/// A call holds a request and no future, so one type serves all transports. [`Call::response`] is an `async fn`: the compiler
/// derives from the transport whether its future is `Send`. Over reqwest it is `Send`. It is not over a transport that holds JavaScript
/// values or an `Rc`. `.await` needs a future with a name. That one is boxed, and a box states `Send` or leaves it out, so
/// `IntoFuture` is implemented once for each transport of this crate.
#[must_use = "nothing is sent until the call is awaited"]
pub struct Call<'c, T: HttpTransport, R> {
    client: &'c Client<T>,
    operation: &'static Operation,
    parts: RequestParts,
    parse: Parse<R>,
}

impl<'c, T: HttpTransport, R> Call<'c, T, R> {
    pub(crate) fn new(client: &'c Client<T>, operation: &'static Operation, parse: Parse<R>) -> Self {
        Self::from_parts(client, operation, RequestParts::new(operation), parse)
    }

    pub(crate) const fn from_parts(
        client: &'c Client<T>,
        operation: &'static Operation,
        parts: RequestParts,
        parse: Parse<R>,
    ) -> Self {
        Self { client, operation, parts, parse }
    }

    /// Fills in the next parameter of the path.
    pub(crate) fn path_parameter(mut self, value: &str) -> Self {
        self.parts.path_parameter(value);
        self
    }

    /// Adds a parameter of the query, if it has a value.
    pub(crate) fn query(mut self, name: &str, value: Option<&str>) -> Self {
        self.parts.query(name, value);
        self
    }

    /// Sends this as JSON.
    pub(crate) fn body(mut self, body: &impl Serialize) -> Self {
        self.parts.body(body);
        self
    }

    /// Sends this JSON.
    pub(crate) fn static_body(mut self, json: &'static str) -> Self {
        self.parts.static_body(json);
        self
    }

    /// Makes the call and returns the full response.
    pub async fn response(self) -> Result<Response<R>, Error> {
        let Self { client, operation, parts, parse } = self;
        let Client { transport, config } = client;
        let request = config.request(operation, parts, transport.request_id(config.options()))?;
        let outcome = transport.call(operation, config.options(), request);
        Response::parse(operation, outcome.await, |body| parse(operation, body))
    }
}

impl<T: HttpTransport, R> fmt::Debug for Call<'_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.operation)
    }
}
