//! Buckets of cloud providers, through the crate `object_store`.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use object_store::ObjectStore;

use super::{Bucket, BucketError, BucketObject, ObjectVersion, PutCondition, PutError};
use crate::BucketUrl;

/// A bucket in S3, Google Cloud Storage, or Azure Blob Storage, or in a store that is compatible with one of them.
#[derive(Debug)]
pub struct CloudBucket {
    _store: Arc<dyn ObjectStore>,
}

impl CloudBucket {
    /// Opens the bucket with the settings in the environment. Sends nothing.
    ///
    /// # Errors
    ///
    /// A setting is missing or invalid.
    pub fn from_env(_url: &BucketUrl) -> Result<Self, BucketError> {
        todo!("the bucket helper")
    }
}

impl Bucket for CloudBucket {
    fn get<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Result<Option<BucketObject>, BucketError>> {
        todo!("the bucket helper")
    }

    fn put<'a>(
        &'a self,
        _name: &'a str,
        _content: Vec<u8>,
        _condition: PutCondition,
    ) -> BoxFuture<'a, Result<ObjectVersion, PutError>> {
        todo!("the bucket helper")
    }

    fn list<'a>(&'a self, _prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BucketError>> {
        todo!("the bucket helper")
    }

    fn delete<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Result<(), BucketError>> {
        todo!("the bucket helper")
    }

    fn url(&self, _name: &str) -> String {
        todo!("the bucket helper")
    }
}
