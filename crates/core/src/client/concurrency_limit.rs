//! The client-side limits of a native client.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::CallError;

/// The client-side limits of a native client, unlimited by default. [`crate::ClientBuilder::max_concurrent_requests`] sets them.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConcurrencyLimit {
    pub(crate) concurrent_requests: Option<usize>,
}

impl ConcurrencyLimit {
    pub(crate) fn semaphore(self) -> Result<Option<Arc<Semaphore>>, CallError> {
        match self.concurrent_requests {
            Some(0) => Err(CallError::invalid_config("`max_concurrent_requests` must be at least 1")),
            permits => Ok(permits.map(|permits| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS))))),
        }
    }
}
