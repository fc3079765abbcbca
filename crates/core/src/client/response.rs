//! The response to a call that succeeded.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::error::call_error::Told;
use crate::transport::outcome::Outcome;
use crate::{Error, ErrorKind, Operation};

/// The response to a call that succeeded.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Response<R> {
    /// The parsed value.
    pub value: R,
    /// The HTTP status.
    pub status: u16,
    /// Identifier of the request, for Adobe's support.
    pub request_id: Option<String>,
    /// The body as it was received, with every field the service sent.
    pub body: Bytes,
    /// How many attempts were made.
    pub attempts: u32,
    /// How long the call took, with all its attempts and the waiting between them.
    pub elapsed: Duration,
    /// An earlier attempt, whose response was lost, has done it, and the last one found it done: a configuration that is gone, or
    /// already deployed or undeployed. The status and body are then those of that refusal.
    pub done_before: bool,
}

impl<R> Response<R> {
    /// Parses the body of a call's outcome, once.
    pub(crate) fn parse(
        operation: &'static Operation,
        outcome: Outcome,
        parse: impl FnOnce(&[u8]) -> Result<R, String>,
    ) -> Result<Self, Error> {
        let Outcome { result, attempts, elapsed, request_id, done_before } = outcome;
        let told = |request_id| Told { attempts, elapsed, request_id };
        let received = match result {
            Ok(received) => received,
            Err(problem) => return Err(Error::told(operation, *problem, told(Some(request_id)))),
        };
        let (status, body) = (received.status, received.body);
        let request_id = received.request_id.or(Some(request_id));
        // The body of a refusal is not the value; `x-already-done` is for operations without one.
        match parse(&body) {
            Ok(value) => Ok(Self { value, status, request_id, body, attempts, elapsed, done_before }),
            Err(problem) => {
                let kind = ErrorKind::Unreadable { status, problem, request_id: request_id.clone() };
                Err(Error::told(operation, kind.into(), told(request_id)))
            }
        }
    }
}

impl<R: fmt::Debug> fmt::Debug for Response<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("done_before", &self.done_before)
            .finish_non_exhaustive()
    }
}
