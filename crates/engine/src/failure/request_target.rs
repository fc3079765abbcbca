//! The target of a request's path.

/// The target of a request's path. The meaning of a 404 depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestTarget {
    /// One configuration, by its uid.
    Configuration,
    /// All configurations of a kind, so a 404 cannot mean an unknown uid.
    Collection,
    /// Anything else.
    Other,
}
