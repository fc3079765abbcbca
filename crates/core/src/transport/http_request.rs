//! The request of a call, independent of the transport.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::transport::headers::REQUEST_ID_HEADER;

/// A request without its token. `T` is the [template](crate::HttpTransport::Template) of a transport.
#[derive(Clone)]
pub struct HttpRequest<T> {
    /// The HTTP method, in upper case.
    pub method: &'static str,
    /// The absolute URL. Its origin may get the token.
    pub url: String,
    /// The header `Accept`.
    pub accept: Option<Cow<'static, str>>,
    /// The header `Content-Type`, if there is a body.
    pub content_type: Option<Cow<'static, str>>,
    pub body: Option<Bytes>,
    /// The value of the header `x-request-id`.
    pub request_id: String,
    /// Headers of this request with lower-case names. They replace the template's headers.
    pub headers: Vec<(String, String)>,
    /// Whether [`HttpResponse::headers`](crate::HttpResponse::headers) is read.
    pub wants_headers: bool,
    /// The parts that all requests of a client share.
    pub template: Arc<T>,
}

impl<T> fmt::Debug for HttpRequest<T> {
    /// Shows the URL without its query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split_once('?').map_or(self.url.as_str(), |(url, _)| url);
        f.debug_struct("HttpRequest").field("method", &self.method).field("url", &url).finish_non_exhaustive()
    }
}

/// The headers that all requests of a client share, in the types of a transport.
pub trait RequestTemplate {
    /// Creates a template from the headers of every request.
    fn new(headers: &[(&str, &str)]) -> Self;
}

/// The template of transports that take strings as headers.
pub struct StringRequestTemplate {
    headers: Vec<(String, String)>,
}

impl RequestTemplate for StringRequestTemplate {
    fn new(headers: &[(&str, &str)]) -> Self {
        Self { headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() }
    }
}

impl fmt::Debug for StringRequestTemplate {
    /// Shows the names of headers, not their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.headers.iter().map(|(name, _)| name)).finish()
    }
}

impl HttpRequest<StringRequestTemplate> {
    /// All headers except `Authorization`. The values contain visible ASCII, spaces, and tabs only.
    pub fn all_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_replaced = |name: &str| self.headers.iter().any(|(other, _)| other == name);
        let shared = self.template.headers.iter().filter(move |(name, _)| !is_replaced(name)).chain(&self.headers);
        let accept = self.accept.as_deref().map(|value| ("accept", value));
        let content_type = self.content_type.as_deref().map(|value| ("content-type", value));
        let shared = shared.map(|(name, value)| (name.as_str(), value.as_str()));
        shared.chain(accept).chain(content_type).chain([(REQUEST_ID_HEADER, self.request_id.as_str())])
    }
}
