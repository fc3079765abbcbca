//! What the path of a request names.

/// What the path of a request names. It decides what a 404 means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestTarget {
    /// One configuration, by its uid.
    Configuration,
    /// All configurations of a kind, so a 404 cannot mean an unknown uid.
    Collection,
    /// Anything else.
    Other,
}
