//! How a request came.

/// Stands in the extensions of a request whose body broke off: the client went away, took too long, or framed it wrongly. It is
/// answered 400, whatever has come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;
