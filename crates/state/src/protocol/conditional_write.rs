//! A conditional write whose response may be lost.

use std::time::Duration;

use super::read_retries::is_transient;
use super::write_id::write_id_of;
use super::{Machine, NextStep, StoreRequest, StoreResponse, WriteId};
use crate::{BucketError, BucketObject, ObjectVersion, PutCondition, PutError};

/// How many requests without a result a write survives (ours).
const MAX_FAILURES: u32 = 5;

/// The wait before the first repetition (ours). It doubles.
const FIRST_DELAY: Duration = Duration::from_millis(100);

/// Writes an object and determines whether that succeeded: after a conflict or a lost response, it reads the object back. Our id
/// in it means success.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConditionalWrite {
    name: String,
    content: Vec<u8>,
    write_id: WriteId,
    condition: PutCondition,
    /// When the first request was sent.
    first_sent_at: Option<Duration>,
    failures: u32,
    /// Whether a request may have been processed although it was not confirmed.
    may_be_written: bool,
    not_before: Duration,
    next: Next,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Next {
    Put,
    ReadBack,
    Finished(WriteOutcome),
}

/// The result of a write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WriteOutcome {
    /// The object has our content, or had it.
    Written {
        version: ObjectVersion,
        /// When the first request was sent. The object was written later than that.
        sent_at: Duration,
    },
    /// Another write came first. `None` if the object was deleted.
    Superseded(Option<BucketObject>),
    /// The outcome could not be determined.
    Unknown(BucketError),
    /// The object was not written.
    Rejected(BucketError),
}

impl ConditionalWrite {
    /// A write of `content`, which contains `write_id`.
    pub const fn new(name: String, content: Vec<u8>, write_id: WriteId, condition: PutCondition) -> Self {
        Self {
            name,
            content,
            write_id,
            condition,
            first_sent_at: None,
            failures: 0,
            may_be_written: false,
            not_before: Duration::ZERO,
            next: Next::Put,
        }
    }

    /// Sends `next` after a delay, or gives up.
    fn retry(&mut self, next: Next, error: BucketError, now: Duration) {
        self.failures += 1;
        if self.failures > MAX_FAILURES || !is_transient(&error) {
            let outcome = if self.may_be_written { WriteOutcome::Unknown } else { WriteOutcome::Rejected };
            self.next = Next::Finished(outcome(error));
        } else {
            self.not_before = now + FIRST_DELAY * 2_u32.pow(self.failures - 1);
            self.next = next;
        }
    }

    fn stale_read(&self) -> BucketError {
        BucketError {
            kind: crate::BucketErrorKind::Other,
            operation: "write",
            url: self.name.clone(),
            message: "the store reports a conflict, but the object has not changed".to_owned(),
        }
    }
}

impl Machine for ConditionalWrite {
    type Outcome = WriteOutcome;

    fn next_step(&mut self, now: Duration) -> NextStep<WriteOutcome> {
        let name = self.name.clone();
        match &self.next {
            Next::Finished(outcome) => NextStep::Finished(outcome.clone()),
            _ if now < self.not_before => NextStep::WaitUntil(self.not_before),
            Next::ReadBack => NextStep::Send(StoreRequest::Get { name }),
            Next::Put => {
                self.first_sent_at.get_or_insert(now);
                let (content, condition) = (self.content.clone(), self.condition.clone());
                NextStep::Send(StoreRequest::Put { name, content, condition })
            }
        }
    }

    fn receive(&mut self, response: StoreResponse, sent_at: Duration, now: Duration) {
        let first_sent_at = *self.first_sent_at.get_or_insert(sent_at);
        let written = |version| Next::Finished(WriteOutcome::Written { version, sent_at: first_sent_at });
        match response {
            StoreResponse::Put(Ok(version)) => self.next = written(version),
            StoreResponse::Put(Err(PutError::Conflict)) => {
                // Also of an identical request that something between us and the store sent twice.
                self.may_be_written = true;
                self.next = Next::ReadBack;
            }
            StoreResponse::Put(Err(PutError::Unknown(error))) => {
                self.may_be_written = true;
                self.retry(Next::ReadBack, error, now);
            }
            StoreResponse::Put(Err(PutError::Rejected(error))) => self.retry(Next::Put, error, now),
            StoreResponse::Got(Ok(Some(object))) if write_id_of(&object.content).as_ref() == Some(&self.write_id) => {
                self.next = written(object.version);
            }
            StoreResponse::Got(Ok(found)) => {
                let is_unchanged = match (&found, &self.condition) {
                    (None, PutCondition::Absent) => true,
                    (Some(object), PutCondition::Version(version)) => object.version == *version,
                    _ => false,
                };
                if is_unchanged {
                    // Not written, or the read is stale. The same request again is safe: only one of them can succeed.
                    self.retry(Next::Put, self.stale_read(), now);
                } else {
                    self.next = Next::Finished(WriteOutcome::Superseded(found));
                }
            }
            StoreResponse::Got(Err(error)) => self.retry(Next::ReadBack, error, now),
        }
    }
}
