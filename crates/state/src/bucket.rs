//! A bucket, as the protocol needs it: small objects and conditional writes.

mod bucket_error;
#[cfg(feature = "bucket")]
mod cloud;
mod memory_bucket;
mod self_test;

use std::fmt;

use futures_util::future::BoxFuture;

pub use bucket_error::{BucketError, BucketErrorKind};
#[cfg(feature = "bucket")]
pub use cloud::CloudBucket;
pub use memory_bucket::MemoryBucket;
pub use self_test::{IgnoredCondition, SelfTestError, self_test};

/// Maximum size of an object in bytes (our limit). A state with 10,000 configurations has about 6 MB.
pub const MAX_OBJECT_BYTES: usize = 64 * 1024 * 1024;

/// A bucket with a prefix. Names are relative to the prefix and contain `/`.
///
/// The store must be linearizable for conditional writes. A read may be older than the last write.
pub trait Bucket: fmt::Debug + Send + Sync {
    /// Reads an object; `None` if it does not exist.
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<BucketObject>, BucketError>>;

    /// Writes an object if the condition holds. Sends one request: the caller decides about retries.
    fn put<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> BoxFuture<'a, Result<ObjectVersion, PutError>>;

    /// The names of all objects that begin with `prefix`, sorted.
    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BucketError>>;

    /// Deletes an object, if it exists.
    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), BucketError>>;

    /// The URL of an object, for messages. It contains no credentials.
    fn url(&self, name: &str) -> String;
}

/// An object of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BucketObject {
    pub content: Vec<u8>,
    pub version: ObjectVersion,
}

/// Identifies one version of an object. Stores use one of the two, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ObjectVersion {
    /// The entity tag (RFC 9110, section 8.8.3).
    pub e_tag: Option<String>,
    /// The generation of Google Cloud Storage.
    pub generation: Option<String>,
}

/// When an object may be written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PutCondition {
    /// It does not exist.
    Absent,
    /// It has this version.
    Version(ObjectVersion),
}

/// A write that was not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PutError {
    /// The condition did not hold, according to the store. A lost response to an earlier identical write has the same effect.
    #[error("another write came first")]
    Conflict,
    /// The request may have been processed.
    #[error(transparent)]
    Unknown(BucketError),
    /// The store did not write the object.
    #[error(transparent)]
    Rejected(BucketError),
}
