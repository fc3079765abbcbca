//! The lease object: who may change a set, and since which epoch.

use std::fmt;
use std::time::Duration;

use ajo_engine::untrusted_text::excerpt;
use serde::{Deserialize, Serialize};

use super::{DocumentError, WriteId, check_epoch, document_bytes, parse_document};

/// The version of the lease format.
pub const LEASE_VERSION: u32 = 1;

/// The longest lease (ours). Holders and waiters both read a longer one as this.
pub const MAX_LEASE_TIME: Duration = Duration::from_secs(60 * 60);

/// The largest lease object in bytes (ours).
const MAX_LEASE_BYTES: usize = 64 * 1024;

/// The content of `lease.json`. The object is never deleted, so the epoch never goes back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeaseDocument {
    /// The version of this format.
    pub version: u32,
    /// Increments with each holder.
    pub epoch: u64,
    pub write_id: WriteId,
    /// How long a holder may keep the lease without renewing it, in milliseconds.
    pub lease_ms: u64,
    /// Absent after a release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<LeaseHolder>,
}

/// Who holds a lease. For messages only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeaseHolder {
    /// User and host.
    pub owner: String,
    /// Process ID.
    pub process: u32,
    /// The URL of the CI run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_url: Option<String>,
    /// The start according to the clock of the holder (RFC 3339).
    pub since: String,
}

impl LeaseDocument {
    /// Parses the object with this name.
    ///
    /// # Errors
    ///
    /// It is not a lease, or its version is not supported.
    pub fn parse(name: &str, content: &[u8]) -> Result<Self, DocumentError> {
        let malformed = |message: String| DocumentError::Malformed { name: name.to_owned(), kind: "lease", message };
        if content.len() > MAX_LEASE_BYTES {
            return Err(malformed(format!("it has {} bytes; the limit is {MAX_LEASE_BYTES}", content.len())));
        }
        let lease: Self = parse_document(name, "lease", content, LEASE_VERSION)?;
        check_epoch(lease.epoch).map_err(malformed)?;
        Ok(lease)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        document_bytes(self)
    }

    /// How long a holder may keep the lease without renewing it, at most [`MAX_LEASE_TIME`].
    pub fn lease_time(&self) -> Duration {
        Duration::from_millis(self.lease_ms).min(MAX_LEASE_TIME)
    }
}

impl fmt::Display for LeaseHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, process, run_url, since } = self;
        write!(f, "{}, process {process}, since {}", excerpt(owner, 80), excerpt(since, 40))?;
        run_url.as_deref().map_or(Ok(()), |url| write!(f, ", {}", excerpt(url, 200)))
    }
}
