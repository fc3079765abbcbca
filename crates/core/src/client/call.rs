//! A call before it is sent.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;

use crate::client::request_path::RequestPath;
use crate::{Client, Error, ErrorKind, HttpTransport, Operation, Response};

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
/// derives from the transport whether its future is `Send`. It is over reqwest. It is not over a transport that holds JavaScript
/// values or an `Rc`. `.await` needs a future with a name. That one is boxed, and a box states `Send` or leaves it out, so
/// `IntoFuture` is implemented once for each transport of this crate.
#[must_use = "nothing is sent until the call is awaited"]
pub struct Call<'c, T: HttpTransport, R> {
    client: &'c Client<T>,
    operation: &'static Operation,
    path: RequestPath,
    body: Option<Result<Bytes, String>>,
    parse: Parse<R>,
}

impl<'c, T: HttpTransport, R> Call<'c, T, R> {
    pub(crate) fn new(client: &'c Client<T>, operation: &'static Operation, parse: Parse<R>) -> Self {
        Self { client, operation, path: RequestPath::new(operation.path), body: None, parse }
    }

    /// Fills in the next parameter of the path.
    pub(crate) fn path_parameter(mut self, value: &str) -> Self {
        self.path.push_parameter(value);
        self
    }

    /// Adds a parameter of the query, if it has a value.
    pub(crate) fn query(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.path.push_query(name, value);
        }
        self
    }

    /// Sends this as JSON.
    pub(crate) fn body(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body).map(Bytes::from).map_err(|error| error.to_string()));
        self
    }

    /// Sends this JSON.
    pub(crate) fn json(mut self, json: String) -> Self {
        self.body = Some(Ok(json.into()));
        self
    }

    /// The same, without a copy.
    pub(crate) fn static_body(mut self, json: &'static str) -> Self {
        self.body = Some(Ok(Bytes::from_static(json.as_bytes())));
        self
    }

    /// Makes the call and returns the full response.
    pub async fn response(self) -> Result<Response<R>, Error> {
        let Self { client, operation, path, body, parse } = self;
        let not_made = |problem: String| Error::new(Some(operation), ErrorKind::Request(problem));
        let path = path.finish().map_err(|problem| not_made(problem.to_owned()))?;
        let body = body.transpose().map_err(not_made)?;
        let outcome =
            client.transport.call(operation, &client.config.options, |id| client.request(operation, path, body, id));
        Response::parse(operation, outcome.await, |body| parse(operation, body))
    }
}

impl<T: HttpTransport, R> fmt::Debug for Call<'_, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.operation)
    }
}
