//! The limits that a native client sets itself.

use std::sync::Arc;

use tokio::sync::{Mutex, Semaphore};

use ajo_engine::RateLimit;

use crate::Error;

/// The limits that a native client sets itself; none by default. Set with [`crate::ClientBuilder::max_requests_per_second`] and
/// [`crate::ClientBuilder::max_concurrent_requests`].
#[derive(Clone, Copy, Debug, Default)]
pub struct NativeLimits {
    pub(crate) requests_per_second: Option<u32>,
    pub(crate) concurrent_requests: Option<usize>,
}

impl NativeLimits {
    pub(crate) fn rate(self) -> Result<Option<Mutex<RateLimit>>, Error> {
        let limited = |requests| {
            let rate = RateLimit::per_second(requests);
            rate.map(Mutex::new).ok_or_else(|| Error::settings("no request a second would be let go"))
        };
        self.requests_per_second.map(limited).transpose()
    }

    pub(crate) fn places(self) -> Result<Option<Arc<Semaphore>>, Error> {
        match self.concurrent_requests {
            Some(0) => Err(Error::settings("no request at a time would be let go")),
            places => Ok(places.map(|places| Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))))),
        }
    }
}
