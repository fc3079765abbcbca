//! The host: its clock, its randomness, and the step that a call waits for.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ajo_auth::{Simulated, Sleep, Surroundings, Timestamp};

use crate::step::Step;

/// What JavaScript said how a step went.
pub(crate) struct Told {
    pub(crate) answer: String,
    pub(crate) body: String,
}

/// What a call waits for.
pub(crate) struct Asked {
    pub(crate) step: String,
    /// How long it may take.
    pub(crate) limit: Duration,
}

/// Only one call moves at a time, so one place for each is enough.
struct Outside {
    now_millis: u64,
    elapsed: Duration,
    seed: u64,
    asked: Option<Asked>,
    told: Option<Told>,
    events: Vec<String>,
}

thread_local! {
    static OUTSIDE: RefCell<Outside> = const {
        RefCell::new(Outside {
            now_millis: 0,
            elapsed: Duration::ZERO,
            seed: 0,
            asked: None,
            told: None,
            events: Vec::new(),
        })
    };
}

fn with<T>(what: impl FnOnce(&mut Outside) -> T) -> T {
    OUTSIDE.with_borrow_mut(what)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast saturates, and time is no exact count"
)]
pub(crate) fn set_time(now: f64, elapsed: f64) {
    with(|outside| {
        outside.now_millis = now as u64;
        // It never goes back, whatever the clock does.
        outside.elapsed = outside.elapsed.max(Duration::from_micros((elapsed * 1000.0) as u64));
    });
}

/// Time since a fixed point, as it was last given.
pub(crate) fn elapsed() -> Duration {
    with(|outside| outside.elapsed)
}

/// Adds to the chance that there is.
pub(crate) fn stir(high: u32, low: u32) {
    with(|outside| outside.seed ^= (u64::from(high) << 32) | u64::from(low));
}

/// Before a call moves: what it is told.
pub(crate) fn tell(told: Option<Told>) {
    with(|outside| {
        outside.told = told;
        outside.asked = None;
        outside.events.clear();
    });
}

/// After it has moved: what it waits for, and what happened on the way.
pub(crate) fn take() -> (Option<Asked>, Vec<String>) {
    with(|outside| (outside.asked.take(), std::mem::take(&mut outside.events)))
}

pub(crate) fn happened(event: String) {
    with(|outside| outside.events.push(event));
}

/// Has something done outside that may take so long, and waits for how it went.
pub(crate) const fn ask(step: String, limit: Duration) -> Ask {
    Ask { asked: Some(Asked { step, limit }) }
}

/// A question that waits for its answer.
pub(crate) struct Ask {
    asked: Option<Asked>,
}

impl Future for Ask {
    type Output = Told;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Told> {
        if let Some(asked) = self.asked.take() {
            with(|outside| outside.asked = Some(asked));
            return Poll::Pending;
        }
        with(|outside| outside.told.take()).map_or(Poll::Pending, Poll::Ready)
    }
}

/// The time and chance that JavaScript gives with each call.
pub(crate) struct Given;

impl Surroundings for Given {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(with(|outside| outside.now_millis))
    }

    fn elapsed(&self) -> Duration {
        elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(async move {
            ask(Step::Wait(millis(duration)).to_json(), duration).await;
        })
    }

    fn random(&self) -> u64 {
        with(|outside| {
            let random = Simulated::new(outside.seed).random();
            outside.seed = outside.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
            random
        })
    }
}

/// Whole milliseconds, rounded up, as many as a timer of JavaScript takes.
pub(crate) fn millis(duration: Duration) -> u32 {
    const LONGEST: u32 = i32::MAX as u32;
    let part = u64::from(duration.subsec_micros().div_ceil(1000));
    let millis = duration.as_secs().saturating_mul(1000).saturating_add(part);
    u32::try_from(millis).map_or(LONGEST, |millis| millis.min(LONGEST))
}
