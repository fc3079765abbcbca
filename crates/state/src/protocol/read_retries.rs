//! How often a machine repeats a failed read.

use std::time::Duration;

use crate::{BucketError, BucketErrorKind};

/// How many failed reads in a row a machine survives (ours).
const MAX_READ_FAILURES: u32 = 5;

/// The wait after a failed read (ours).
pub(crate) const READ_DELAY: Duration = Duration::from_millis(200);

/// Counts failed reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ReadRetries {
    failures: u32,
}

impl ReadRetries {
    pub(crate) const fn new() -> Self {
        Self { failures: 0 }
    }

    /// Counts a failure. Returns whether the same read may succeed later.
    pub(crate) fn may_retry(&mut self, error: &BucketError) -> bool {
        self.failures += 1;
        self.failures <= MAX_READ_FAILURES && is_transient(error)
    }

    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// Whether the same request may succeed later, without a change of settings.
pub(super) fn is_transient(error: &BucketError) -> bool {
    matches!(error.kind, BucketErrorKind::Network | BucketErrorKind::Throttled | BucketErrorKind::Other)
}
