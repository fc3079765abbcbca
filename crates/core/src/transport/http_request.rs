//! The request of an operation, independent of the transport.

use std::fmt;
use std::sync::Arc;

use ajo_auth::BaseUrl;
use bytes::Bytes;

use crate::transport::headers::REQUEST_ID_HEADER;

pub(crate) const JSON_MEDIA_TYPE: &str = "application/json";

/// A request without its token. `T` is the [template](crate::HttpTransport::Template) of a transport.
#[derive(Clone)]
pub struct HttpRequest<T> {
    /// The HTTP method, in upper case.
    pub method: &'static str,
    /// The path and query, relative to the base URL.
    pub path: String,
    /// Whether to send `Accept: application/json`.
    pub accepts_json: bool,
    /// The JSON body.
    pub body: Option<Bytes>,
    /// The value of the header `x-request-id`.
    pub request_id: String,
    /// The parts that all requests of a client share.
    pub template: Arc<T>,
}

impl<T> fmt::Debug for HttpRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// The parts that all requests of a client share, in the types of a transport.
pub trait RequestTemplate {
    /// Creates a template from the base URL and the headers of every request.
    fn new(base_url: &BaseUrl, headers: &[(&str, &str)]) -> Self;
}

/// The template of transports that take strings as URLs and headers.
pub struct StringRequestTemplate {
    base_url: String,
    headers: Vec<(String, String)>,
}

impl RequestTemplate for StringRequestTemplate {
    fn new(base_url: &BaseUrl, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { base_url: base_url.as_str().to_owned(), headers }
    }
}

impl fmt::Debug for StringRequestTemplate {
    /// Shows the names of headers, not their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StringRequestTemplate")
            .field("base_url", &self.base_url)
            .field("headers", &self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .finish()
    }
}

impl HttpRequest<StringRequestTemplate> {
    /// The absolute URL.
    pub fn url(&self) -> String {
        [self.template.base_url.as_str(), &self.path].concat()
    }

    /// All headers except `Authorization`. The values contain visible ASCII, spaces, and tabs only.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let shared = self.template.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let accept = self.accepts_json.then_some(("accept", JSON_MEDIA_TYPE));
        let content_type = self.body.is_some().then_some(("content-type", JSON_MEDIA_TYPE));
        shared.chain(accept).chain(content_type).chain([(REQUEST_ID_HEADER, self.request_id.as_str())])
    }

    /// The body as a string.
    pub fn body_str(&self) -> Option<&str> {
        // The body is JSON that this crate encoded, so it is UTF-8.
        self.body.as_deref().map(|body| std::str::from_utf8(body).unwrap_or_default())
    }
}
