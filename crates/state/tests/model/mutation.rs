//! Mistakes that the model must find.

/// A mistake in the protocol, in a writer, or in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    None,
    /// A new holder reads the journals without sealing them.
    NoSeal,
    /// A new holder reads the state without rewriting it.
    NoRewrite,
    /// A renewal counts from its response.
    RenewalFromResponse,
    /// A conflict counts as success.
    ConflictIgnored,
    /// After a conflict, the next batch is written.
    JournalAfterConflict,
    /// A waiter takes over after half the lease time.
    EarlyTakeover,
    /// A request is sent without a permit.
    NoPermit,
    /// A request is sent before its journal entry is confirmed.
    RequestBeforeBatch,
    /// A release deletes the lease object.
    LeaseDeleted,
    /// The store accepts every write.
    StoreIgnoresConditions,
}
