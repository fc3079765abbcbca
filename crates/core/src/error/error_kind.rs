//! The kinds of errors.

use ajo_auth::AuthError;

use crate::Failure;

/// The kinds of [`Error`](crate::Error).
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built from its settings. Nothing was sent.
    Settings(String),
    /// No access token could be had, so the call was not made.
    Auth(AuthError),
    /// The service, or something before it, answered with a failure.
    Refused(Failure),
    /// The deadline, or this client's own limits, ended the call before anything was sent.
    NotSent(String),
    /// No connection was made; the service has not seen the call.
    Connect(String),
    /// The same, because a certificate was not accepted.
    Certificate(String),
    /// The same, because a proxy refused the connection.
    Proxy(String),
    /// No answer within the time limit; whether the service carried the call out is unknown.
    Timeout(String),
    /// The connection broke before the whole answer was there; whether the service carried the call out is unknown.
    Broken(String),
    /// The service answered success with a body that cannot be read.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with the body, without its text.
        problem: String,
        /// Identifier of the request, to be named to Adobe's support.
        request_id: Option<String>,
    },
    /// The request could not be put together. Nothing was sent.
    Request(String),
}
