//! How a request over `fetch` fails.

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It cannot be sent.
    Request,
    /// The runtime proves that no connection was made. Browsers and workerd never do.
    Connect,
    /// No connection was made, because a certificate was not accepted.
    Certificate,
    /// There was no whole answer in time.
    Timeout,
    /// There is no whole answer, or none at all; whether the request was sent is not known.
    Broken,
}
