//! Kinds of `fetch` errors.

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchErrorKind {
    /// The request cannot be built.
    BuildRequest,
    /// The runtime refused the request, for example because it has no `fetch` or no permission. Nothing was sent, and another attempt
    /// would be refused too.
    Refused,
    /// The error proves that no connection was made. Browsers and workerd never report that.
    Connect,
    /// The server certificate was rejected.
    Certificate,
    /// There was no complete response in time.
    Timeout,
    /// There was no complete response for another reason. The request may have been sent.
    Disconnected,
}
