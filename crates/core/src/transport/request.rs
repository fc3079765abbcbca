//! The request of an operation, the same for all transports.

use std::fmt;
use std::sync::Arc;

use ajo_auth::Endpoint;
use bytes::Bytes;

use crate::transport::headers::REQUEST_ID;

pub(crate) const JSON: &str = "application/json";

/// A request before it has a token. `T` is the [template](crate::HttpTransport::Template) of a transport.
#[derive(Clone)]
pub struct Request<T> {
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path and query below the base URL.
    pub path: String,
    /// Whether the response is JSON, so that `Accept` asks for it.
    pub accepts_json: bool,
    /// The body, JSON.
    pub body: Option<Bytes>,
    /// The value of the header `x-request-id`.
    pub request_id: String,
    /// What the requests of a client have in common.
    pub template: Arc<T>,
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// The template of transports that take text for URLs and headers.
pub struct TextTemplate {
    base_url: String,
    headers: Vec<(String, String)>,
}

impl TextTemplate {
    /// Of these headers, which every request has, and this base URL.
    pub fn new(base_url: &Endpoint, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { base_url: base_url.as_str().to_owned(), headers }
    }
}

impl fmt::Debug for TextTemplate {
    /// Shows the names of headers, not their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextTemplate")
            .field("base_url", &self.base_url)
            .field("headers", &self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .finish()
    }
}

impl Request<TextTemplate> {
    /// The whole URL.
    pub fn url(&self) -> String {
        [self.template.base_url.as_str(), &self.path].concat()
    }

    /// The headers except `Authorization`. Every value is visible ASCII, with spaces and tabs between.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let every = self.template.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let accept = self.accepts_json.then_some(("accept", JSON));
        let content_type = self.body.is_some().then_some(("content-type", JSON));
        every.chain(accept).chain(content_type).chain([(REQUEST_ID, self.request_id.as_str())])
    }

    /// The body as text.
    pub fn body_text(&self) -> Option<&str> {
        // It was written as JSON, so it is UTF-8.
        self.body.as_deref().map(|body| std::str::from_utf8(body).unwrap_or_default())
    }
}
