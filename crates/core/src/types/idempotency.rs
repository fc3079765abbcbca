//! Which operations may be retried, and how a retry finds its work done.

/// Whether a repeated request has an effect of its own (RFC 9110, section 9.2). The specs decide it (`x-idempotency`).
///
/// | operation | is retried after |
/// |---|---|
/// | `list`, `get`, `can_deploy` | a transient failure |
/// | `update`, `deploy`, `undeploy`, `delete` | a transient failure, except a 500 |
/// | `create` | a failure that proves it was not processed: no connection, no token, 429 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// It reads only.
    Safe,
    /// A second request changes nothing more.
    Idempotent,
    /// A second request has a second effect.
    NotIdempotent,
}

/// The failure that shows a retry that an earlier attempt, whose response was lost, had the effect (`x-already-done`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlreadyDone {
    /// No failure shows it.
    Never,
    /// 404: the configuration is gone.
    NotFound,
    /// This code of the service.
    Code(&'static str),
}
