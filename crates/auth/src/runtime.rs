//! The environment of a transport: clocks, sleep, and randomness.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ajo_engine::StepContext;

use crate::Timestamp;

/// A pending sleep.
pub type Sleep<'s> = Pin<Box<dyn Future<Output = ()> + Send + 's>>;

/// The clocks and the randomness of a transport. Tests replace them to control time and random numbers.
pub trait Runtime: Send + Sync {
    /// Wall-clock time, for token lifetimes, which are shared between machines.
    fn now(&self) -> Timestamp;

    /// Time since an arbitrary fixed point on a monotonic clock, for timeouts and deadlines.
    fn elapsed(&self) -> Duration;

    fn sleep(&self, duration: Duration) -> Sleep<'_>;

    /// A uniformly distributed random number. Not suitable for secrets.
    fn random(&self) -> u64;

    /// The inputs for one step of a state machine.
    fn step_context(&self) -> StepContext {
        StepContext { now: self.now(), elapsed: self.elapsed(), random: self.random() }
    }
}

/// The clocks and the randomness of the operating system. Sleeping needs a tokio runtime.
#[cfg(feature = "reqwest")]
#[derive(Debug)]
pub struct SystemRuntime {
    started: std::time::Instant,
}

#[cfg(feature = "reqwest")]
impl Default for SystemRuntime {
    fn default() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

#[cfg(feature = "reqwest")]
impl Runtime for SystemRuntime {
    fn now(&self) -> Timestamp {
        current_timestamp()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        fastrand::u64(..)
    }
}

/// The current time of the system clock; the epoch if the clock is set to an earlier time.
#[cfg(feature = "reqwest")]
pub fn current_timestamp() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Timestamp::from_millis(0).saturating_add(since)
}

/// A clock that advances only by `advance` and `sleep`, and seeded randomness, for tests.
pub struct ManualRuntime {
    state: Mutex<ManualEnvState>,
}

struct ManualEnvState {
    elapsed: Duration,
    random: u64,
}

impl ManualRuntime {
    /// Starts at the epoch.
    pub const fn new(seed: u64) -> Self {
        Self { state: Mutex::new(ManualEnvState { elapsed: Duration::ZERO, random: seed }) }
    }

    /// Advances the clock.
    pub fn advance(&self, duration: Duration) {
        self.state().elapsed += duration;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, ManualEnvState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime for ManualRuntime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(0).saturating_add(self.elapsed())
    }

    fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    /// Advances the clock and returns at once.
    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(async move { self.advance(duration) })
    }

    /// The next number of a splitmix64 generator.
    fn random(&self) -> u64 {
        let mut state = self.state();
        state.random = state.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state.random ^ (state.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl fmt::Debug for ManualRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualEnv").field("elapsed", &self.elapsed()).finish_non_exhaustive()
    }
}
