//! The limits that a native client sets itself.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::Error;

/// The limits that a native client sets itself; none by default. Set with [`crate::ClientBuilder::max_concurrent_requests`].
#[derive(Clone, Copy, Debug, Default)]
pub struct NativeLimits {
    pub(crate) concurrent_requests: Option<usize>,
}

impl NativeLimits {
    pub(crate) fn permits(self) -> Result<Option<Arc<Semaphore>>, Error> {
        match self.concurrent_requests {
            Some(0) => Err(Error::settings("no request at a time would be let go")),
            permits => Ok(permits.map(|permits| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS))))),
        }
    }
}
