//! The environment of a transport: clocks, sleep, and randomness.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ajo_engine::Moment;

use crate::Timestamp;

/// A sleep that has not ended yet.
pub type Sleep<'s> = Pin<Box<dyn Future<Output = ()> + Send + 's>>;

/// Where a driver gets time and chance from. Everything that decides takes them as parameters; the drivers ask here, so that
/// a test can say what time it is and what chance brings.
pub trait Surroundings: Send + Sync {
    /// The wall clock: for the life of tokens, which other machines share.
    fn now(&self) -> Timestamp;

    /// Time since some fixed point, that never goes back: for time limits.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn sleep(&self, duration: Duration) -> Sleep<'_>;

    /// Any number, each as likely as the others. Not for secrets.
    fn random(&self) -> u64;

    /// All of them, for one step of a state machine.
    fn moment(&self) -> Moment {
        Moment { now: self.now(), elapsed: self.elapsed(), random: self.random() }
    }
}

/// The system's clocks and chance. Sleeping needs a tokio runtime.
#[cfg(feature = "reqwest")]
#[derive(Debug)]
pub struct System {
    started: std::time::Instant,
}

#[cfg(feature = "reqwest")]
impl Default for System {
    fn default() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

#[cfg(feature = "reqwest")]
impl Surroundings for System {
    fn now(&self) -> Timestamp {
        now()
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

/// The present, by the system's clock; the epoch on a clock that is set before it.
#[cfg(feature = "reqwest")]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Timestamp::from_millis(0).saturating_add(since)
}

/// Time that stands still until it is moved or slept through, and chance from a seed: for tests.
pub struct Simulated {
    state: Mutex<State>,
}

struct State {
    elapsed: Duration,
    random: u64,
}

impl Simulated {
    /// Begins at the epoch.
    pub const fn new(seed: u64) -> Self {
        Self { state: Mutex::new(State { elapsed: Duration::ZERO, random: seed }) }
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.state().elapsed += duration;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Surroundings for Simulated {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(0).saturating_add(self.elapsed())
    }

    fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    /// Moves the time on and is over at once.
    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(async move { self.advance(duration) })
    }

    /// The sequence called splitmix64.
    fn random(&self) -> u64 {
        let mut state = self.state();
        state.random = state.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state.random ^ (state.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl fmt::Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulated").field("elapsed", &self.elapsed()).finish_non_exhaustive()
    }
}
