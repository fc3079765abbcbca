//! A bucket of a cloud provider.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion};

use super::failure_kinds::{self, WriteResult};
use super::http_service::RequestLimits;
use super::provider_settings;
use crate::bucket::{
    Bucket, BucketError, BucketErrorKind, BucketObject, MAX_OBJECT_BYTES, ObjectVersion, PutCondition, PutError,
};
use ajo_limits::{BucketProvider, BucketUrl};

/// Maximum number of names in a list.
const MAX_NAMES: usize = 100_000;

/// A bucket in S3, Google Cloud Storage, or Azure Blob Storage, or in a store that is compatible with one of them.
///
/// No request is retried.
pub struct CloudBucket {
    url: BucketUrl,
    store: Arc<dyn ObjectStore>,
    list_timeout: Duration,
}

impl CloudBucket {
    /// Opens the bucket with the settings in the environment. Sends nothing.
    ///
    /// # Errors
    ///
    /// A setting is missing or invalid.
    pub fn from_env(url: &BucketUrl) -> Result<Self, BucketError> {
        let variables = std::env::vars_os();
        Self::from_variables(
            url,
            variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// Like [`from_env`](Self::from_env), with these environment variables.
    pub fn from_variables(
        url: &BucketUrl,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, BucketError> {
        Self::with_limits(url, variables, RequestLimits::default())
    }

    pub(super) fn with_limits(
        url: &BucketUrl,
        variables: impl IntoIterator<Item = (String, String)>,
        limits: RequestLimits,
    ) -> Result<Self, BucketError> {
        let store = provider_settings::open(url, variables, limits).map_err(|message| BucketError {
            kind: BucketErrorKind::InvalidSettings,
            operation: "open",
            url: url.to_string(),
            message,
        })?;
        Ok(Self { url: url.clone(), store, list_timeout: limits.list_timeout })
    }

    /// The path of an object in the bucket.
    fn path(&self, name: &str, operation: &'static str) -> Result<Path, BucketError> {
        let path = if self.url.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.url.prefix) };
        Path::parse(path)
            .map_err(|_| self.error(BucketErrorKind::Other, operation, name, "the name is invalid".to_owned()))
    }

    fn error(&self, kind: BucketErrorKind, operation: &'static str, name: &str, message: String) -> BucketError {
        BucketError { kind, operation, url: self.url(name), message }
    }

    fn failed(&self, operation: &'static str, name: &str, error: &object_store::Error) -> BucketError {
        let (kind, message) = failure_kinds::describe(error, self.url.provider, operation);
        self.error(kind, operation, name, message)
    }

    /// The part of a version that the provider compares. `None` if the response has none.
    fn version(&self, e_tag: Option<String>, generation: Option<String>) -> Option<ObjectVersion> {
        match self.url.provider {
            BucketProvider::Gcs => Some(ObjectVersion { e_tag: None, generation: Some(generation?) }),
            BucketProvider::S3 | BucketProvider::Azure => Some(ObjectVersion { e_tag: Some(e_tag?), generation: None }),
        }
    }

    async fn get_object(&self, name: &str) -> Result<Option<BucketObject>, BucketError> {
        const OPERATION: &str = "read";
        let path = self.path(name, OPERATION)?;
        let found = match self.store.get(&path).await {
            Ok(found) => found,
            Err(error) if failure_kinds::is_missing_object(&error) => return Ok(None),
            Err(error) => return Err(self.failed(OPERATION, name, &error)),
        };
        let version = self.version(found.meta.e_tag.clone(), found.meta.version.clone());
        let version = version.ok_or_else(|| self.no_version(OPERATION, name))?;
        let content = found.bytes().await.map_err(|error| self.failed(OPERATION, name, &error))?;
        Ok(Some(BucketObject { content: content.into(), version }))
    }

    async fn put_object(
        &self,
        name: &str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> Result<ObjectVersion, PutError> {
        const OPERATION: &str = "write";
        let path = self.path(name, OPERATION).map_err(PutError::Rejected)?;
        if content.len() > MAX_OBJECT_BYTES {
            let message = format!("it has {} bytes; the maximum is {MAX_OBJECT_BYTES}", content.len());
            return Err(PutError::Rejected(self.error(BucketErrorKind::TooLarge, OPERATION, name, message)));
        }
        let mode = match &condition {
            PutCondition::Absent => PutMode::Create,
            PutCondition::Version(ObjectVersion { e_tag, generation }) => {
                PutMode::Update(UpdateVersion { e_tag: e_tag.clone(), version: generation.clone() })
            }
        };
        match self.store.put_opts(&path, content.into(), PutOptions { mode, ..PutOptions::default() }).await {
            Ok(written) => self
                .version(written.e_tag, written.version)
                .ok_or_else(|| PutError::Unknown(self.no_version(OPERATION, name))),
            Err(error) => Err(match failure_kinds::write_result(&error, &condition) {
                WriteResult::Conflict => PutError::Conflict,
                WriteResult::Unknown => PutError::Unknown(self.failed(OPERATION, name, &error)),
                WriteResult::Rejected => PutError::Rejected(self.failed(OPERATION, name, &error)),
            }),
        }
    }

    fn no_version(&self, operation: &'static str, name: &str) -> BucketError {
        let message = "the response has no version of the object (ETag or generation)".to_owned();
        self.error(BucketErrorKind::ConditionsUnsupported, operation, name, message)
    }

    async fn list_names(&self, prefix: &str) -> Result<Vec<String>, BucketError> {
        const OPERATION: &str = "list";
        // The crate lists folders.
        let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = self.path(folder, OPERATION)?;
        let skipped = if self.url.prefix.is_empty() { 0 } else { self.url.prefix.len() + 1 };
        let names = self
            .store
            .list(Some(&folder))
            .take(MAX_NAMES + 1)
            .map_ok(|object| object.location.as_ref().get(skipped..).unwrap_or_default().to_owned());
        let names = tokio::time::timeout(self.list_timeout, names.try_collect::<Vec<_>>()).await;
        let names = names
            .map_err(|_| self.error(BucketErrorKind::Network, OPERATION, prefix, "it takes too long".to_owned()))?;
        let mut names = names.map_err(|error| self.failed(OPERATION, prefix, &error))?;
        if names.len() > MAX_NAMES {
            let message = format!("there are more than {MAX_NAMES} objects");
            return Err(self.error(BucketErrorKind::TooLarge, OPERATION, prefix, message));
        }
        // Some consoles create an empty object for the prefix itself.
        names.retain(|name| !name.is_empty() && name.starts_with(prefix));
        names.sort_unstable();
        Ok(names)
    }

    async fn delete_object(&self, name: &str) -> Result<(), BucketError> {
        const OPERATION: &str = "delete";
        let path = self.path(name, OPERATION)?;
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) if failure_kinds::is_missing_object(&error) => Ok(()),
            Err(error) => Err(self.failed(OPERATION, name, &error)),
        }
    }
}

impl fmt::Debug for CloudBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloudBucket({})", self.url)
    }
}

impl Bucket for CloudBucket {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<BucketObject>, BucketError>> {
        self.get_object(name).boxed()
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> BoxFuture<'a, Result<ObjectVersion, PutError>> {
        self.put_object(name, content, condition).boxed()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BucketError>> {
        self.list_names(prefix).boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), BucketError>> {
        self.delete_object(name).boxed()
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }
}
