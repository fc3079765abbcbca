//! A call with all its attempts: deadline, repetitions, the client's own limits, and what is told of it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ajo_auth::Endpoint;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::attempt::{Problem, REQUEST_ID, Received, Wire};
use crate::{
    Attempts, CallOptions, DEADLINE, ErrorKind, Next, Operation, RateLimit, RetryBudget, RetryPolicy, TIMEOUT,
};

/// progenitor sends `info.version` of the spec in it; the service knows no such header.
const API_VERSION: HeaderName = HeaderName::from_static("api-version");

/// What all calls of a client and its clones share.
pub(crate) struct Transport {
    pub(crate) wire: Wire,
    pub(crate) base_url: Endpoint,
    pub(crate) headers: HeaderMap,
    pub(crate) policy: RetryPolicy,
    pub(crate) budget: Mutex<RetryBudget>,
    pub(crate) rate: Option<tokio::sync::Mutex<RateLimit>>,
    pub(crate) places: Option<tokio::sync::Semaphore>,
}

/// How a call went.
pub(crate) struct Outcome {
    pub(crate) result: Result<Received, Problem>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    /// What was sent as `x-request-id`.
    pub(crate) request_id: String,
    /// The last attempt found done what an earlier one was to do.
    pub(crate) done_before: bool,
}

impl Transport {
    /// Makes one call.
    pub(crate) async fn call(
        &self,
        operation: &Operation,
        options: &CallOptions,
        mut request: reqwest::Request,
    ) -> Outcome {
        let surroundings = &self.wire.surroundings;
        let started = surroundings.elapsed();
        let request_id =
            options.request_id.clone().unwrap_or_else(|| request_id(surroundings.random(), surroundings.random()));
        self.complete(&mut request, options, &request_id);
        let span = tracing::info_span!(
            "call",
            method = operation.method,
            path = operation.path,
            request_id,
            attempt = Empty,
            status = Empty,
            duration_ms = Empty,
        );
        let until = started.saturating_add(options.deadline.unwrap_or(DEADLINE));
        let attempts = Attempts::new(
            RetryPolicy { attempts: options.attempts.unwrap_or(self.policy.attempts), ..self.policy },
            operation,
            until,
        );
        let timeout = options.timeout.unwrap_or(TIMEOUT);
        let (result, attempts, done_before) =
            self.attempts(attempts, &request, timeout, until).instrument(span.clone()).await;
        let elapsed = surroundings.elapsed().saturating_sub(started);
        span.record("attempt", attempts);
        record(&span, &result, elapsed);
        Outcome { result, attempts, elapsed, request_id, done_before }
    }

    fn complete(&self, request: &mut reqwest::Request, options: &CallOptions, request_id: &str) {
        let headers = request.headers_mut();
        headers.remove(API_VERSION);
        headers.extend(options.headers.iter().cloned());
        headers.extend(self.headers.clone());
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
    }

    async fn attempts(
        &self,
        mut attempts: Attempts,
        request: &reqwest::Request,
        timeout: Duration,
        until: Duration,
    ) -> (Result<Received, Problem>, u32, bool) {
        let surroundings = &self.wire.surroundings;
        loop {
            let number = attempts.made() + 1;
            let begun = surroundings.elapsed();
            let span = tracing::debug_span!("attempt", attempt = number, status = Empty, duration_ms = Empty);
            let result = self.admitted(request, timeout, until).instrument(span.clone()).await;
            record(&span, &result, surroundings.elapsed().saturating_sub(begun));
            let problem = match result {
                Ok(received) => {
                    self.budget().succeeded();
                    return (Ok(received), number, false);
                }
                Err(problem) => problem,
            };
            match attempts.next(&problem.ending(), surroundings.elapsed(), surroundings.random()) {
                Next::Stop => return (Err(problem), attempts.made(), false),
                Next::Done => {
                    tracing::warn!(attempt = number, "an attempt whose answer was lost had done it");
                    self.budget().succeeded();
                    let status = problem.status().unwrap_or_default();
                    let request_id = match &problem.kind {
                        ErrorKind::Refused(failure) => failure.request_id.clone(),
                        _ => None,
                    };
                    return (Ok(Received { status, request_id, body: problem.body }), number, true);
                }
                Next::Again { after } => {
                    let Some(repetition) = Repetition::take(&self.budget) else {
                        return (Err(problem), number, false);
                    };
                    let after_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
                    tracing::info!(attempt = number, status = problem.status(), after_ms, "the call is made again");
                    surroundings.sleep(after).await;
                    repetition.make();
                }
            }
        }
    }

    /// One attempt, when the client's own limits let it go.
    async fn admitted(
        &self,
        request: &reqwest::Request,
        timeout: Duration,
        until: Duration,
    ) -> Result<Received, Problem> {
        let surroundings = &self.wire.surroundings;
        let late = || ErrorKind::NotSent("the deadline passes before this client's own limits let it go".to_owned());
        let left = || until.saturating_sub(surroundings.elapsed());
        let _place = match &self.places {
            None => None,
            Some(places) => match tokio::time::timeout(left(), places.acquire()).await {
                Ok(place) => place.ok(),
                Err(_) => return Err(late().into()),
            },
        };
        if let Some(rate) = &self.rate {
            // Whoever is first in the queue waits for the next place and takes it when it is there; a call that is dropped
            // meanwhile has taken nothing.
            let Ok(mut rate) = tokio::time::timeout(left(), rate.lock()).await else { return Err(late().into()) };
            let wait = rate.wait(surroundings.elapsed());
            if !wait.is_zero() {
                if wait >= left() {
                    return Err(late().into());
                }
                surroundings.sleep(wait).await;
            }
            rate.take(surroundings.elapsed());
        }
        self.wire.attempt(request, timeout, until).await
    }

    fn budget(&self) -> MutexGuard<'_, RetryBudget> {
        lock(&self.budget)
    }
}

fn lock(budget: &Mutex<RetryBudget>) -> MutexGuard<'_, RetryBudget> {
    // Sound at every point, so a panic elsewhere does not spoil it.
    budget.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A repetition taken from the budget, given back if the call is dropped before it is made.
struct Repetition<'b> {
    budget: &'b Mutex<RetryBudget>,
    made: bool,
}

impl<'b> Repetition<'b> {
    fn take(budget: &'b Mutex<RetryBudget>) -> Option<Self> {
        let taken = lock(budget).take();
        taken.then(|| Self { budget, made: false })
    }

    fn make(mut self) {
        self.made = true;
    }
}

impl Drop for Repetition<'_> {
    fn drop(&mut self) {
        if !self.made {
            lock(self.budget).give_back();
        }
    }
}

fn record(span: &tracing::Span, result: &Result<Received, Problem>, took: Duration) {
    let status = match result {
        Ok(received) => Some(received.status),
        Err(problem) => problem.status(),
    };
    if let Some(status) = status {
        span.record("status", status);
    }
    span.record("duration_ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
}

/// A random UUID (version 4 of RFC 9562).
fn request_id(high: u64, low: u64) -> String {
    let high = (high & !0xF000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFFF,
        low >> 48,
        low & 0xFFFF_FFFF_FFFF
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_random_uuid() {
        assert_eq!(request_id(0, 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(request_id(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(request_id(0x0123_4567_89AB_CDEF, 0x0123_4567_89AB_CDEF), "01234567-89ab-4def-8123-456789abcdef");
    }

    #[test]
    fn a_repetition_that_is_not_made_is_given_back() {
        let budget = Mutex::default();
        for _ in 0..100 {
            assert!(Repetition::take(&budget).is_some());
        }
        for _ in 0..5 {
            Repetition::take(&budget).expect("one of five").make();
        }
        assert!(Repetition::take(&budget).is_none());
    }
}
