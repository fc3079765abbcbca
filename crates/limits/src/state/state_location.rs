//! Where the state is: a file, or a bucket with a prefix.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ajo_engine::untrusted_text::excerpt;

/// Where the state is.
///
/// ```
/// use ajo_limits::StateLocation;
///
/// let StateLocation::Bucket(url) = "s3://limits/team-a".parse()? else { panic!() };
/// assert_eq!((url.bucket.as_str(), url.prefix.as_str()), ("limits", "team-a"));
/// assert_eq!(url.to_string(), "s3://limits/team-a");
/// assert!(matches!("ajo.state.json".parse()?, StateLocation::File(_)));
/// assert!("ftp://limits".parse::<StateLocation>().is_err());
/// assert!("state.yaml".parse::<StateLocation>().is_err());
/// # Ok::<(), ajo_limits::StateLocationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateLocation {
    /// A state file; lock and journals are next to it.
    File(PathBuf),
    Bucket(BucketUrl),
}

/// The URL of a bucket and a prefix: `s3://bucket/prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketUrl {
    pub provider: BucketProvider,
    /// The name of the bucket or container.
    pub bucket: String,
    /// Without `/` at the start and the end; may be empty.
    pub prefix: String,
}

/// The provider of a bucket, and its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketProvider {
    /// Amazon S3 and compatible stores: `s3://`.
    S3,
    /// Google Cloud Storage: `gs://`.
    Gcs,
    /// Azure Blob Storage: `az://`.
    Azure,
}

/// A text that is neither a path nor the URL of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{reason}; expected a path such as ajo.state.json, s3://bucket/prefix, gs://bucket/prefix, or az://container/prefix"
)]
pub struct StateLocationError {
    reason: String,
}

impl BucketProvider {
    /// The scheme of its URLs.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gcs => "gs",
            Self::Azure => "az",
        }
    }
}

impl FromStr for StateLocation {
    type Err = StateLocationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let failed = |reason: String| Err(StateLocationError { reason });
        let Some((scheme, rest)) = text.split_once("://") else {
            let path = PathBuf::from(text);
            return if text.is_empty() {
                failed("the location is empty".to_owned())
            } else if path.extension().is_none_or(|extension| extension != "json") {
                // `a` and `a.json` would share a lock and a journal.
                failed("the name of a state file must end in .json".to_owned())
            } else {
                Ok(Self::File(path))
            };
        };
        let providers = [BucketProvider::S3, BucketProvider::Gcs, BucketProvider::Azure];
        let Some(provider) = providers.into_iter().find(|provider| provider.scheme() == scheme) else {
            return failed(format!("unknown scheme `{}`", excerpt(scheme, 20)));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        if bucket.is_empty() {
            return failed("the name of the bucket is missing".to_owned());
        }
        let is_allowed = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
        if let Some(invalid) = bucket.chars().find(|it| !is_allowed(*it)) {
            return failed(format!("the name of the bucket contains {invalid:?}"));
        }
        let segments = || prefix.split('/');
        if !prefix.is_empty() && segments().any(|it| it.is_empty() || it == "." || it == "..") {
            return failed("the prefix contains an empty segment, `.`, or `..`".to_owned());
        }
        if let Some(invalid) = prefix.chars().find(|it| !is_allowed(*it) && !"/=@".contains(*it)) {
            return failed(format!("the prefix contains {invalid:?}"));
        }
        Ok(Self::Bucket(BucketUrl { provider, bucket: bucket.to_owned(), prefix: prefix.to_owned() }))
    }
}

impl fmt::Display for BucketUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.provider.scheme(), self.bucket)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

impl fmt::Display for StateLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Bucket(url) => url.fmt(f),
        }
    }
}
