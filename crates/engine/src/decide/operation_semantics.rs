//! The properties of an operation that decide whether it is retried.

/// How an operation of one of Adobe's APIs behaves when it is sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationSemantics {
    pub idempotency: Idempotency,
    /// Which error response to a retry proves that an earlier attempt was applied.
    pub already_applied: AlreadyApplied,
}

/// Whether an operation can be repeated without a further effect (RFC 9110, section 9.2).
///
/// | operation | is retried after |
/// |---|---|
/// | safe | a transient failure, including any 5xx without a code of the service |
/// | idempotent | a transient failure: no response, 502, 503, 504, and the failures of the next row |
/// | not idempotent | a failure that proves it was not processed: no connection, no token, 429 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    Safe,
    Idempotent,
    NotIdempotent,
}

/// The error response to a retry which proves that an earlier attempt was applied although its response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlreadyApplied {
    Never,
    /// A 404 from the service: the configuration is already deleted.
    NotFound,
    /// An error with this code from the service.
    Code(&'static str),
}
