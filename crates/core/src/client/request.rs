//! A request to any API of Adobe Journey Optimizer.

use std::borrow::Cow;
use std::fmt;

use ajo_engine::untrusted_text::excerpt;
use ajo_engine::{check_custom_header, is_header_value};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::client::request_builder::RequestBuilder;
use crate::parse::response_body::parse_any;
use crate::transport::check_response::{TOO_MANY_PARTS, has_too_many_parts};
use crate::{Call, CallError, CallResponse, CallTarget, Client, HttpTransport, Method};

/// A request to any API, from [`Client::request`]. Nothing is sent until it is awaited.
///
/// `.await` returns the JSON of the response, which is null if there is no body. [`Request::response`] returns the status, the headers,
/// and the body of any type, and [`Request::json_response`] all of them.
#[must_use = "nothing is sent until the request is awaited"]
pub struct Request<'c, T: HttpTransport> {
    client: &'c Client<T>,
    method: Method,
    /// The target in messages.
    name: String,
    parts: RequestBuilder,
}

impl<T: HttpTransport> Client<T> {
    /// A request to any API of Adobe Journey Optimizer, with the token and the headers of this client.
    ///
    /// `target` is a path with an optional query, relative to the *origin* of the base URL, as in `/ajo/journey?pageSize=5`. Or it is a
    /// URL of `https://platform.adobe.io`, `https://cjm.adobe.io`, the origin of the base URL, or a host of
    /// [`allow_host`](crate::GenericClientBuilder::allow_host). Any other target is an error before anything is sent.
    ///
    /// | method | is retried after |
    /// |---|---|
    /// | GET, HEAD, OPTIONS | any temporary failure |
    /// | PUT, DELETE | no response, 429, 502, 503, 504 |
    /// | POST, PATCH | a failure that proves that it was not processed: no connection, no token, 429 |
    ///
    /// After a 401 it is sent once more with a new token. Redirects are not followed; they are errors.
    ///
    /// ```no_run
    /// # #[cfg(feature = "reqwest")]
    /// # async fn example(client: ajo_core::Client) -> Result<(), ajo_core::CallError> {
    /// use ajo_core::Method;
    /// use serde_json::json;
    ///
    /// let journeys = client.request(Method::Get, "/ajo/journey").query("pageSize", "5").await?;
    /// println!("{}", journeys["results"]);
    ///
    /// let addresses = json!([{"entity": {"type": "email", "entityValue": "a@b.example"}}]);
    /// let response =
    ///     client.request(Method::Post, "/ajo/config/suppression/addresses").json(&addresses).response().await?;
    /// println!("{} after {} attempts", response.status, response.attempts);
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, target: &str) -> Request<'_, T> {
        let (name, url, problem) = self.config.resolve(target);
        let mut parts = RequestBuilder::for_url(url);
        if let Some(problem) = problem {
            parts.fail(problem);
        }
        Request { client: self, method, name, parts }
    }
}

impl<'c, T: HttpTransport> Request<'c, T> {
    /// Adds a query parameter.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.parts.query(name, Some(value));
        self
    }

    /// Adds a header, or replaces one of the client's options. The headers that the client sets are rejected, except `Accept` and
    /// `Content-Type`, which are `application/json` by default.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let lower_case = name.to_ascii_lowercase();
        let is_media_type = matches!(lower_case.as_str(), "accept" | "content-type");
        let checked = match is_media_type {
            true if is_header_value(value) => Ok(()),
            true => Err("the value has characters that cannot be sent"),
            false => check_custom_header(name, value),
        };
        if let Err(problem) = checked {
            self.parts.fail(format!("header `{}`: {problem}", excerpt(name, 60)));
            return self;
        }
        match lower_case.as_str() {
            "accept" => self.parts.accept = Some(Cow::Owned(value.to_owned())),
            "content-type" => self.parts.content_type = Cow::Owned(value.to_owned()),
            _ => {
                self.parts.headers.retain(|(existing, _)| *existing != lower_case);
                self.parts.headers.push((lower_case, value.to_owned()));
            }
        }
        self
    }

    /// Sets the body to the JSON of this value.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.parts.json(body);
        self
    }

    /// Sets the body and its `Content-Type`.
    pub fn body(mut self, body: impl Into<Bytes>, content_type: &str) -> Self {
        self.parts.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// Sends the request and returns the full response, with a body of any type.
    pub async fn response(self) -> Result<CallResponse<()>, CallError> {
        self.into_call(|_, _| Ok(())).response().await
    }

    /// Sends the request and returns the full response, whose body must be JSON. The value of an empty body is null.
    pub async fn json_response(self) -> Result<CallResponse<Value>, CallError> {
        self.into_call(|_, body| parse_json(body)).response().await
    }

    fn into_call<R>(self, parse: fn(&CallTarget, &[u8]) -> Result<R, String>) -> Call<'c, T, R> {
        let Self { client, method, name, mut parts } = self;
        if parts.body.is_some() && !method.allows_body() {
            parts.fail(format!("a {method} request has no body"));
        }
        Call::from_parts(client, CallTarget::Request { method, path: name }, parts, parse)
    }
}

/// Parses the JSON of a response, within the limits of all calls. No body is null.
fn parse_json(body: &[u8]) -> Result<Value, String> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    if has_too_many_parts(body) {
        return Err(TOO_MANY_PARTS.to_owned());
    }
    parse_any(body)
}

impl<T: HttpTransport> fmt::Debug for Request<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method, self.name)
    }
}
