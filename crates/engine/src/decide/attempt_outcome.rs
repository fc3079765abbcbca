//! How an attempt ended, and whether the operation is retried after it.

use core::time::Duration;

use crate::{Failure, Idempotency, Layer};

/// How an attempt that did not succeed ended.
#[derive(Clone, Copy, Debug)]
pub enum AttemptOutcome<'f> {
    /// Nothing reached the service: no connection, or no token.
    NotSent {
        /// Whether the cause is transient. A rejected certificate or secret is not.
        is_transient: bool,
        /// How long the token endpoint must not be called.
        wait: Duration,
    },
    /// The deadline or the client's own limits ended it before anything was sent.
    DeadlineExceeded,
    /// No complete response; whether the service processed the call is unknown.
    NoResponse,
    /// An error response.
    ErrorResponse {
        /// The response.
        failure: &'f Failure,
        /// The header `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// A permanent failure.
    Permanent,
}

impl AttemptOutcome<'_> {
    /// Whether an operation can be retried, and a retry could succeed.
    pub fn is_retryable(&self, idempotency: Idempotency) -> bool {
        match self {
            Self::NotSent { is_transient, .. } => *is_transient,
            // By the caller, later. `RetryState` gives up before it asks.
            Self::DeadlineExceeded => true,
            Self::NoResponse => idempotency != Idempotency::NotIdempotent,
            Self::ErrorResponse { failure, .. } => match failure.status {
                429 => true,
                // The service rejected the call with its own code. It responds with 500 to an invalid payload.
                500.. if failure.layer == Layer::Service && failure.code.is_some() => false,
                502..=504 => idempotency != Idempotency::NotIdempotent,
                500.. => idempotency == Idempotency::Safe,
                // All other 4xx, 403 included. A call is replayed once after a 401, which is not an attempt.
                _ => false,
            },
            Self::Permanent => false,
        }
    }

    /// Whether the service rejected the token.
    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::ErrorResponse { failure, .. } if failure.status == 401)
    }

    /// Whether the service may have processed the call.
    pub fn is_uncertain(&self) -> bool {
        match self {
            Self::NoResponse => true,
            // A gateway that sends its own code has not forwarded the call.
            Self::ErrorResponse { failure, .. } => {
                failure.status >= 500 && !(failure.layer == Layer::Gateway && failure.code.is_some())
            }
            Self::NotSent { .. } | Self::DeadlineExceeded | Self::Permanent => false,
        }
    }

    /// The minimum wait before the next attempt.
    pub(super) fn min_wait(&self) -> Duration {
        match self {
            Self::NotSent { wait, .. } => *wait,
            Self::ErrorResponse { retry_after, .. } => retry_after.unwrap_or_default(),
            Self::DeadlineExceeded | Self::NoResponse | Self::Permanent => Duration::ZERO,
        }
    }
}
