//! Sends one HTTP request, within the client's own limits.

use std::error::Error as StdError;
use std::time::Duration;

use ajo_auth::{AccessToken, Endpoint, Surroundings};
use bytes::Bytes;

use crate::{ErrorKind, Operation, Request};

/// Most bytes of the answer to a call that succeeded that are read. Chosen here: a list of 10,000 configurations is about 10 MB.
pub const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Most bytes of the answer to a failed call that are read. Chosen here: reading JSON of an unknown shape takes twenty times
/// its size of memory, and the published answers are below 2 KB.
pub const MAX_FAILURE_ANSWER: usize = 1024 * 1024;

/// A response, read as far as the limits of its length permit.
#[derive(Clone, Debug, Default)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The header `x-request-id`.
    pub request_id: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// Whether the header `Content-Encoding` says that the body is not as it is.
    pub compressed: bool,
    /// The body is longer than [`HttpResponse::max_bytes`], and is not here.
    pub too_long: bool,
    /// The body.
    pub body: Bytes,
}

impl HttpResponse {
    /// Most bytes of a body that are read.
    pub const fn max_bytes(status: u16) -> usize {
        if status >= 200 && status < 300 { MAX_ANSWER } else { MAX_FAILURE_ANSWER }
    }
}

/// Why there is no whole answer.
#[derive(Debug)]
pub struct SendError {
    /// What happened.
    pub problem: SendProblem,
    /// All causes in one line, without a secret.
    pub causes: String,
    /// The driver's own error.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// How sending failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendProblem {
    /// No connection was made.
    Connect,
    /// There was no whole answer in time.
    Timeout,
    /// The connection broke before the whole answer was there.
    Broken,
    /// The request itself cannot be sent.
    Request,
}

/// What may be worth telling of a call on its way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CallNote<'n> {
    /// An attempt begins.
    Attempt {
        /// The number of the attempt, from 1.
        attempt: u32,
        /// What is sent as `x-request-id`.
        request_id: &'n str,
    },
    /// An attempt has ended.
    Ended {
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The status of the answer, if there was one.
        status: Option<u16>,
        /// How long it took.
        took: Duration,
    },
    /// The call is made again.
    Again {
        /// The number of the attempt that failed, from 1.
        attempt: u32,
        /// The status of the answer, if there was one.
        status: Option<u16>,
        /// How long the call waits before.
        after: Duration,
    },
    /// An attempt whose answer was lost had done what the last one found done.
    DoneBefore {
        /// The number of the attempt that found it done, from 1.
        attempt: u32,
    },
}

/// Sends requests over HTTPS. Certificates are verified, redirects are not followed. Whatever it begins ends in bounded time, and
/// may be dropped before.
///
/// Neither it nor its futures have to be `Send`: see [`Call`](crate::Call).
pub trait HttpTransport {
    /// The base URL and the headers of every request of a client, prepared once in the transport's own format.
    type Template;

    /// Permits one attempt; dropped when that has ended.
    type Permit;

    /// Prepares a template.
    fn template(base_url: &Endpoint, headers: &[(&str, &str)]) -> Self::Template;

    /// Clocks, sleep, and randomness.
    fn surroundings(&self) -> &dyn Surroundings;

    /// Waits until the client's own limits permit an attempt; not beyond `until`, on the clock of the surroundings.
    fn acquire_permit(&self, until: Duration) -> impl Future<Output = Result<Self::Permit, ErrorKind>>;

    /// Sends a request with `Authorization: Bearer` and reads the whole response. `timeout` is for all of it.
    fn send(
        &self,
        request: &Request<Self::Template>,
        token: &AccessToken,
        timeout: Duration,
    ) -> impl Future<Output = Result<HttpResponse, SendError>>;

    /// Observes a call.
    fn note(&self, _: &Operation, _: CallNote<'_>) {}
}
