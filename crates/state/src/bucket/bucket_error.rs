//! Why a request to a bucket failed.

/// A failed request to a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("failed to {operation} {url}: {message}")]
pub struct BucketError {
    pub kind: BucketErrorKind,
    /// `open`, `read`, `write`, `list`, or `delete`.
    pub operation: &'static str,
    /// The URL of the object, without credentials.
    pub url: String,
    /// The report of the store or the network, without credentials.
    pub message: String,
}

/// The kinds of failure that have their own hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BucketErrorKind {
    /// No credentials are configured, or they cannot be obtained.
    NoCredentials,
    /// The credentials are invalid or expired.
    InvalidCredentials,
    /// The credentials do not permit the operation.
    AccessDenied,
    /// The bucket or container does not exist.
    NoSuchBucket,
    /// The settings are incomplete or contradict each other.
    InvalidSettings,
    /// No complete response arrived.
    Network,
    /// The store asks for fewer requests.
    Throttled,
    /// The store does not support conditional writes.
    ConditionsUnsupported,
    /// The object is larger than [`MAX_OBJECT_BYTES`](super::MAX_OBJECT_BYTES).
    TooLarge,
    /// Anything else.
    Other,
}
