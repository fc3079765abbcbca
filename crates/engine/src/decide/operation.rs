//! An operation as far as decisions need it.

/// An operation of any of Adobe's APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// Whether a second request has an effect of its own.
    pub idempotency: Idempotency,
    /// The error response of a second request that shows the effect of the first.
    pub already_done: AlreadyDone,
}

/// Whether a second request has an effect of its own (RFC 9110, section 9.2).
///
/// | operation | is retried after |
/// |---|---|
/// | safe | a transient failure, also any 5xx without a code of the service |
/// | idempotent | a transient failure: no response, 502, 503, 504, and those of the next row |
/// | not idempotent | a failure that proves it was not processed: no connection, no token, 429 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// Reads only.
    Safe,
    /// A second request changes nothing more.
    Idempotent,
    /// A second request has a second effect.
    NotIdempotent,
}

/// The error response that shows the effect of an earlier attempt whose response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlreadyDone {
    /// None does.
    Never,
    /// A 404 of the service: the configuration is deleted.
    NotFound,
    /// This code of the service.
    Code(&'static str),
}
