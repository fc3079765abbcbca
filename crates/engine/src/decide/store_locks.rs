//! The kind of locks of a token store.

/// The locks of a token store, with which one process requests a token while the others wait for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreLocks {
    /// There are none.
    #[default]
    None,
    /// They expire. A killed process keeps its lock until then, so the others wait for at most two seconds.
    Expiring,
    /// They end with their process, so the others wait as long as a token request may take.
    ProcessBound,
}
