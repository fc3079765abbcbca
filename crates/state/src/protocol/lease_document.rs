//! The lease object: who may change a set, and since which epoch.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{DocumentError, WriteId, document_bytes, parse_document};

/// The version of the lease format.
pub const LEASE_VERSION: u32 = 1;

/// The content of `lease.json`. The object is never deleted, so the epoch never goes back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
#[serde(rename_all = "camelCase")]
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
        parse_document(name, "lease", content, LEASE_VERSION)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        document_bytes(self)
    }

    pub const fn lease_time(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }
}
