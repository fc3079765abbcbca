//! A call with all its attempts: deadline, retries, the client's own limits, and events.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ajo_auth::TokenProvider;

use crate::error::attempt_error::Problem;
use crate::transport::tracing::Watch;
use crate::{
    Attempts, CallNote, CallOptions, DEADLINE, ErrorKind, HttpResponse, HttpTransport, Next, Operation, Request,
    RetryBudget, RetryPolicy, TIMEOUT,
};

/// The digits of a UUID.
const HEX: [u8; 16] = *b"0123456789abcdef";

/// What all calls of a client and its clones share.
pub(crate) struct Transport<T> {
    pub(crate) wire: T,
    pub(crate) tokens: TokenProvider,
    pub(crate) policy: RetryPolicy,
    pub(crate) budget: Mutex<RetryBudget>,
}

/// How a call went.
pub(crate) struct Outcome {
    pub(crate) result: Result<HttpResponse, Problem>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    /// What was sent as `x-request-id`.
    pub(crate) request_id: String,
    /// The last attempt found done what an earlier one was to do.
    pub(crate) done_before: bool,
}

/// The time limits of one call.
#[derive(Clone, Copy)]
struct Limits {
    /// Of each attempt.
    timeout: Duration,
    /// Of all of it, on the clock of the surroundings.
    until: Duration,
}

impl<T: HttpTransport> Transport<T> {
    /// Makes one call. The request is made for the identifier that it is sent with.
    pub(crate) async fn call(
        &self,
        operation: &Operation,
        options: &CallOptions,
        request: impl FnOnce(String) -> Request<T::Template>,
    ) -> Outcome {
        let surroundings = self.wire.surroundings();
        let started = surroundings.elapsed();
        let request_id =
            options.request_id.clone().unwrap_or_else(|| request_id(surroundings.random(), surroundings.random()));
        let request = request(request_id);
        let limits = Limits {
            timeout: options.timeout.unwrap_or(TIMEOUT),
            until: started.saturating_add(options.deadline.unwrap_or(DEADLINE)),
        };
        let policy = RetryPolicy { attempts: options.attempts.unwrap_or(self.policy.attempts), ..self.policy };
        let attempts = Attempts::new(policy, operation, limits.until);
        let watch = Watch::call(operation, &request.request_id);
        let (result, attempts, done_before) = watch.over(self.attempts(attempts, operation, &request, limits)).await;
        let elapsed = surroundings.elapsed().saturating_sub(started);
        watch.attempts(attempts);
        watch.ended(status(&result), elapsed);
        Outcome { result, attempts, elapsed, request_id: request.request_id, done_before }
    }

    async fn attempts(
        &self,
        mut attempts: Attempts,
        operation: &Operation,
        request: &Request<T::Template>,
        limits: Limits,
    ) -> (Result<HttpResponse, Problem>, u32, bool) {
        let surroundings = self.wire.surroundings();
        loop {
            let attempt = attempts.made() + 1;
            let begun = surroundings.elapsed();
            self.wire.note(operation, CallNote::Attempt { attempt, request_id: &request.request_id });
            let watch = Watch::attempt(attempt);
            let result = watch.over(self.attempt(request, limits.timeout, limits.until)).await;
            let (status, took) = (status(&result), surroundings.elapsed().saturating_sub(begun));
            watch.ended(status, took);
            self.wire.note(operation, CallNote::Ended { attempt, status, took });
            let problem = match result {
                Ok(received) => {
                    self.budget().succeeded();
                    return (Ok(received), attempt, false);
                }
                Err(problem) => problem,
            };
            match attempts.next(&problem.ending(), surroundings.elapsed(), surroundings.random()) {
                Next::Stop => return (Err(problem), attempts.made(), false),
                Next::Done => {
                    self.wire.note(operation, CallNote::DoneBefore { attempt });
                    self.budget().succeeded();
                    let status = problem.status().unwrap_or_default();
                    let request_id = match &problem.kind {
                        ErrorKind::Refused(failure) => failure.request_id.clone(),
                        _ => None,
                    };
                    let response = HttpResponse { status, request_id, body: problem.body, ..HttpResponse::default() };
                    return (Ok(response), attempt, true);
                }
                Next::Again { after } => {
                    let Some(repetition) = Repetition::take(&self.budget) else {
                        return (Err(problem), attempt, false);
                    };
                    self.wire.note(operation, CallNote::Again { attempt, status, after });
                    surroundings.sleep(after).await;
                    repetition.make();
                }
            }
        }
    }

    fn budget(&self) -> MutexGuard<'_, RetryBudget> {
        lock(&self.budget)
    }
}

fn status(result: &Result<HttpResponse, Problem>) -> Option<u16> {
    match result {
        Ok(received) => Some(received.status),
        Err(problem) => problem.status(),
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

/// A random UUID (version 4 of RFC 9562). Written digit by digit: there is one for every call, and formatting takes as long as all
/// else that is decided before it is sent.
fn request_id(high: u64, low: u64) -> String {
    let high = (high & !0xF000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    let mut text = String::with_capacity(36);
    for (index, byte) in high.to_be_bytes().into_iter().chain(low.to_be_bytes()).enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 0xF)]));
    }
    text
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
