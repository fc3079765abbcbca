//! The monotonic clock of leases.

use std::fmt;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};

/// A monotonic clock. Only readings of the same clock are compared.
pub trait LeaseClock: fmt::Debug + Send + Sync {
    /// The time since some start.
    fn now(&self) -> Duration;

    /// Waits.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
}

/// The clock of the system. On Linux and macOS, it also counts the time while the machine is suspended.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl LeaseClock for SystemClock {
    #[cfg(unix)]
    fn now(&self) -> Duration {
        // The monotonic clock of Linux stops while the machine is suspended; the one of macOS does not.
        #[cfg(target_os = "linux")]
        const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
        let time = rustix::time::clock_gettime(CLOCK);
        Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
    }

    #[cfg(not(unix))]
    fn now(&self) -> Duration {
        static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
        START.elapsed()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }
}
