//! The outcome of a failed attempt, and whether the operation can be retried after it.

use core::time::Duration;

use crate::{ErrorOrigin, ErrorResponse, Idempotency};

/// The outcome of an attempt that did not succeed.
#[derive(Clone, Copy, Debug)]
pub enum AttemptOutcome<'f> {
    /// Nothing reached the service, because there was no connection or no token.
    NotSent {
        /// Whether the cause is transient. A rejected certificate or secret is not.
        is_transient: bool,
        /// Time until the next token request is allowed.
        retry_after: Duration,
    },
    /// The deadline or a client-side limit ended the attempt before anything was sent.
    DeadlineExceeded,
    /// There was no complete response. The service may have processed the call.
    NoResponse,
    ErrorResponse {
        response: &'f ErrorResponse,
        /// The header `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// A failure that no retry can fix.
    Permanent,
}

impl AttemptOutcome<'_> {
    /// Whether an operation can be retried after this outcome.
    pub fn is_retryable(&self, idempotency: Idempotency) -> bool {
        match self {
            Self::NotSent { is_transient, .. } => *is_transient,
            // The caller can retry later. `RetryState` has already given up.
            Self::DeadlineExceeded => true,
            Self::NoResponse => idempotency != Idempotency::NotIdempotent,
            Self::ErrorResponse { response, .. } => match response.status {
                429 => true,
                // The service rejected the call with its own code. It responds with 500 to an invalid payload.
                500.. if response.origin == ErrorOrigin::Service && response.code.is_some() => false,
                502..=504 => idempotency != Idempotency::NotIdempotent,
                500.. => idempotency == Idempotency::Safe,
                // All other 4xx, including 403. The one replay after a 401 is not a retry.
                _ => false,
            },
            Self::Permanent => false,
        }
    }

    /// Whether the service rejected the token.
    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::ErrorResponse { response, .. } if response.status == 401)
    }

    /// Whether the service may have processed the call.
    pub fn is_indeterminate(&self) -> bool {
        match self {
            Self::NoResponse => true,
            // A gateway that responds with its own code has not forwarded the call.
            Self::ErrorResponse { response, .. } => {
                response.status >= 500 && !(response.origin == ErrorOrigin::Gateway && response.code.is_some())
            }
            Self::NotSent { .. } | Self::DeadlineExceeded | Self::Permanent => false,
        }
    }

    /// The minimum wait before the next attempt, not counting the backoff.
    pub(super) fn min_wait(&self) -> Duration {
        match self {
            Self::NotSent { retry_after: wait, .. } => *wait,
            Self::ErrorResponse { retry_after, .. } => retry_after.unwrap_or_default(),
            Self::DeadlineExceeded | Self::NoResponse | Self::Permanent => Duration::ZERO,
        }
    }
}
