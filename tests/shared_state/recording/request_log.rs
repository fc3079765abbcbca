//! The requests of all runners.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{Exchange, Stage};

/// Is called for each request, before and after it is processed. Returns whether the client gets a response.
pub type StageHook = Arc<dyn Fn(&Exchange, Stage) -> bool + Send + Sync>;

/// The requests of all runners to all servers, in the order in which they arrived.
#[derive(Clone, Default)]
pub struct RequestLog(Arc<Shared>);

#[derive(Default)]
struct Shared {
    exchanges: Mutex<Vec<Exchange>>,
    events: AtomicU64,
    hook: Mutex<Option<StageHook>>,
}

impl RequestLog {
    /// Calls this for each request from now on.
    pub fn set_hook(&self, hook: impl Fn(&Exchange, Stage) -> bool + Send + Sync + 'static) {
        *self.0.hook.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(hook));
    }

    pub fn remove_hook(&self) {
        *self.0.hook.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// All requests so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().clone()
    }

    /// The number of the next event.
    pub fn now(&self) -> u64 {
        self.0.events.fetch_add(1, Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.0.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_hook(&self, exchange: &Exchange, stage: Stage) -> bool {
        let hook = self.0.hook.lock().unwrap_or_else(PoisonError::into_inner).clone();
        hook.is_none_or(|hook| hook(exchange, stage))
    }

    /// Records a request. Returns its index, or `None` if it is not processed.
    pub(super) fn receive(&self, mut exchange: Exchange) -> Option<usize> {
        let index = {
            let mut exchanges = self.lock();
            exchange.received_at = self.now();
            exchanges.push(exchange.clone());
            exchanges.len() - 1
        };
        self.run_hook(&exchange, Stage::Received).then_some(index)
    }

    /// Records the response. Returns whether it is sent.
    pub(super) fn finish(&self, index: usize, status: u16, response: Bytes) -> bool {
        let exchange = {
            let mut exchanges = self.lock();
            let exchange = &mut exchanges[index];
            exchange.processed_at = Some(self.now());
            exchange.status = status;
            exchange.response = response;
            exchange.clone()
        };
        self.run_hook(&exchange, Stage::Processed)
    }
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestLog").field("requests", &self.lock().len()).finish_non_exhaustive()
    }
}
