//! Options of `delete`.

/// The query parameter of a forced deletion.
pub(crate) const FORCE_DELETE: &str = "forceDelete";

/// How to delete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Delete the configuration even if it is deployed.
    pub force: bool,
}

impl DeleteOptions {
    /// Deletes the configuration even if it is deployed.
    pub const FORCE: Self = Self { force: true };

    /// The query parameter `forceDelete`: `true` or nothing; other values are not documented.
    #[cfg(feature = "reqwest")]
    pub(crate) fn force_delete(self) -> Option<bool> {
        self.force.then_some(true)
    }
}
