//! The trait of transports, which send one HTTP request at a time.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use ajo_auth::{AccessToken, Runtime};
use bytes::Bytes;

use crate::{CallTarget, HttpRequest, MAX_ERROR_RESPONSE_BYTES, RequestTemplate, SendErrorKind};

/// The maximum size of a success response. A list of 10,000 configurations has about 10 MB.
pub const MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// A response, read up to the size limit.
#[derive(Clone, Default)]
pub struct HttpResponse {
    pub status: u16,
    pub request_id: Option<String>,
    pub retry_after: Option<String>,
    /// The header `Location` of a redirect.
    pub location: Option<String>,
    /// The headers with lower-case names, if [`HttpRequest::wants_headers`].
    pub headers: Vec<(String, String)>,
    /// Whether the header `Content-Encoding` announces an encoded body.
    pub is_compressed: bool,
    /// Whether the body exceeds [`HttpResponse::max_bytes`]. It is then left empty.
    pub is_too_long: bool,
    pub body: Bytes,
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

impl HttpResponse {
    /// The maximum size of a body, by status.
    pub const fn max_bytes(status: u16) -> usize {
        if status >= 200 && status < 300 { MAX_RESPONSE_BYTES } else { MAX_ERROR_RESPONSE_BYTES }
    }
}

/// The error of a request without a complete response.
#[derive(Debug)]
pub struct SendError {
    pub kind: SendErrorKind,
    /// The proxy in use and its variable, if the request went through one.
    pub proxy: Option<String>,
    /// All causes in one line, without secrets.
    pub message: String,
    /// The original error of the transport.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The deadline passes before a permit is available.
#[derive(Clone, Copy, Debug)]
pub struct DeadlineExceeded;

/// An event of a call in progress.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CallEvent<'n> {
    AttemptStarted {
        /// Counted from 1.
        attempt: u32,
        request_id: &'n str,
    },
    AttemptFinished {
        /// Counted from 1.
        attempt: u32,
        /// The HTTP status, if there was a response.
        status: Option<u16>,
        duration: Duration,
    },
    /// The call will be retried.
    Retrying {
        /// The attempt that failed, counted from 1.
        attempt: u32,
        /// The HTTP status, if there was a response.
        status: Option<u16>,
        /// The wait before the retry.
        delay: Duration,
    },
    /// An earlier attempt, whose response was lost, had already applied the change.
    AlreadyApplied {
        /// The attempt that found the change applied, counted from 1.
        attempt: u32,
    },
}

/// Sends requests over HTTPS.
///
/// An implementation verifies certificates and does not follow redirects. Its futures finish within their time limit and can be
/// dropped at any point. Neither the transport nor its futures must be `Send`: see [`Call`](crate::Call).
pub trait HttpTransport {
    /// The headers of every request of a client, prepared once in the transport's own format.
    type Template: RequestTemplate;

    /// Permits one attempt. It is dropped when the attempt ends.
    type Permit;

    /// The clock, sleep, and random numbers.
    fn runtime(&self) -> &dyn Runtime;

    /// Waits until the client-side limits permit an attempt, at most until `deadline` on the clock of [`HttpTransport::runtime`].
    fn acquire_permit(&self, deadline: Duration) -> impl Future<Output = Result<Self::Permit, DeadlineExceeded>>;

    /// Sends a request with `Authorization: Bearer` and reads the complete response, within `timeout`.
    fn send(
        &self,
        request: &HttpRequest<Self::Template>,
        token: &AccessToken,
        timeout: Duration,
    ) -> impl Future<Output = Result<HttpResponse, SendError>>;

    /// Receives the events of calls. The default implementation ignores them.
    fn on_event(&self, _: &CallTarget, _: CallEvent<'_>) {}
}
