//! A bucket whose network and store fail at random.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ajo_state::{
    Bucket, BucketError, BucketErrorKind, BucketObject, MemoryBucket, ObjectVersion, PutCondition, PutError,
};
use futures_util::future::{BoxFuture, FutureExt as _};

/// How often each fault happens, per 1,000 requests, and how long requests take.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FaultRates {
    /// The request never arrives. The caller learns nothing.
    pub(crate) lost_request: u64,
    /// The request is processed. The caller learns nothing.
    pub(crate) lost_response: u64,
    /// A write arrives up to `max_lateness` after the caller was told that the connection broke.
    pub(crate) late_write: u64,
    /// A read shows the object before its last change.
    pub(crate) stale_read: u64,
    /// The store responds 503 and does nothing.
    pub(crate) unavailable: u64,
    /// The store reports a conflict and does nothing.
    pub(crate) false_conflict: u64,
    /// Each direction takes up to this long.
    pub(crate) max_delay: Duration,
    pub(crate) max_lateness: Duration,
}

/// The faults that happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FaultCounts {
    pub(crate) requests: u64,
    pub(crate) lost_requests: u64,
    pub(crate) lost_responses: u64,
    pub(crate) late_writes: u64,
    pub(crate) stale_reads: u64,
    pub(crate) unavailable: u64,
    pub(crate) false_conflicts: u64,
}

/// The view that one runner has of a store that several runners share.
///
/// The same seed and order of requests give the same faults. It waits with the timer of tokio.
#[derive(Debug)]
pub(crate) struct FaultyBucket {
    store: Arc<MemoryBucket>,
    rates: FaultRates,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    random: u64,
    counts: FaultCounts,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Processed,
    LostRequest,
    LostResponse,
    Late(Duration),
    Stale,
    Unavailable,
    FalseConflict,
}

impl State {
    /// A random number below `limit` (`SplitMix64`).
    fn below(&mut self, limit: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }

    fn below_time(&mut self, limit: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(limit.as_micros()).unwrap_or(u64::MAX)))
    }

    fn choose(&mut self, rates: &FaultRates, is_write: bool) -> Fate {
        self.counts.requests += 1;
        let lateness = self.below_time(rates.max_lateness);
        let mut rest = self.below(1000);
        let counts = &mut self.counts;
        for (rate, applies, fate, count) in [
            (rates.lost_request, true, Fate::LostRequest, &mut counts.lost_requests),
            (rates.lost_response, true, Fate::LostResponse, &mut counts.lost_responses),
            (rates.late_write, is_write, Fate::Late(lateness), &mut counts.late_writes),
            (rates.stale_read, !is_write, Fate::Stale, &mut counts.stale_reads),
            (rates.unavailable, true, Fate::Unavailable, &mut counts.unavailable),
            (rates.false_conflict, is_write, Fate::FalseConflict, &mut counts.false_conflicts),
        ] {
            if rest < rate {
                if !applies {
                    return Fate::Processed;
                }
                *count += 1;
                return fate;
            }
            rest -= rate;
        }
        Fate::Processed
    }
}

impl FaultyBucket {
    pub(crate) fn new(store: Arc<MemoryBucket>, seed: u64, rates: FaultRates) -> Self {
        let state = State { random: seed, counts: FaultCounts::default() };
        Self { store, rates, state: Mutex::new(state) }
    }

    pub(crate) fn counts(&self) -> FaultCounts {
        self.draw(|state| state.counts)
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut State) -> T) -> T {
        draw(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn delay(&self) {
        let time = self.draw(|state| state.below_time(self.rates.max_delay));
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
    }

    fn error(&self, operation: &'static str, name: &str, fate: Fate) -> BucketError {
        let (kind, message) = match fate {
            Fate::Unavailable => (BucketErrorKind::Other, "503 Service Unavailable"),
            _ => (BucketErrorKind::Network, "connection reset"),
        };
        BucketError { kind, operation, url: self.url(name), message: message.to_owned() }
    }

    /// Runs a request that is not a conditional write.
    async fn run<T>(
        &self,
        (operation, name, is_write): (&'static str, &str, bool),
        stale: impl FnOnce() -> Option<T>,
        request: impl Future<Output = Result<T, BucketError>>,
    ) -> Result<T, BucketError> {
        let fate = self.draw(|state| state.choose(&self.rates, is_write));
        self.delay().await;
        let result = match fate {
            Fate::Processed | Fate::FalseConflict => request.await,
            Fate::Stale => match stale() {
                Some(result) => Ok(result),
                None => request.await,
            },
            Fate::LostResponse | Fate::Late(_) => {
                drop(request.await);
                Err(self.error(operation, name, fate))
            }
            Fate::LostRequest | Fate::Unavailable => Err(self.error(operation, name, fate)),
        };
        self.delay().await;
        result
    }

    async fn run_put(&self, name: &str, content: Vec<u8>, condition: PutCondition) -> Result<ObjectVersion, PutError> {
        let fate = self.draw(|state| state.choose(&self.rates, true));
        self.delay().await;
        let error = || self.error("write", name, fate);
        let result = match fate {
            Fate::Processed | Fate::Stale => self.store.put(name, content, condition).await,
            Fate::LostResponse => {
                drop(self.store.put(name, content, condition).await);
                Err(PutError::Unknown(error()))
            }
            Fate::Late(lateness) => {
                let (store, name) = (self.store.clone(), name.to_owned());
                tokio::spawn(async move {
                    tokio::time::sleep(lateness).await;
                    drop(store.put(&name, content, condition).await);
                });
                Err(PutError::Unknown(error()))
            }
            Fate::LostRequest => Err(PutError::Unknown(error())),
            Fate::Unavailable => Err(PutError::Rejected(error())),
            Fate::FalseConflict => Err(PutError::Conflict),
        };
        self.delay().await;
        result
    }
}

impl Bucket for FaultyBucket {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<BucketObject>, BucketError>> {
        let stale = || Some(self.store.read_previous(name));
        self.run(("read", name, false), stale, self.store.get(name)).boxed()
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> BoxFuture<'a, Result<ObjectVersion, PutError>> {
        self.run_put(name, content, condition).boxed()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BucketError>> {
        self.run(("list", prefix, false), || None, self.store.list(prefix)).boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), BucketError>> {
        self.run(("delete", name, true), || None, self.store.delete(name)).boxed()
    }

    fn url(&self, name: &str) -> String {
        self.store.url(name)
    }
}
