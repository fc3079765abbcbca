//! How an attempt ended, and whether the operation is retried after it.

use std::time::Duration;

use crate::{Failure, Idempotency, Layer};

/// How an attempt that did not succeed ended.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'f> {
    /// Nothing reached the service: no connection, or no token.
    Unsent {
        /// Whether the cause is transient. A rejected certificate or secret is not.
        passes: bool,
        /// How long the token endpoint must not be called.
        wait: Duration,
    },
    /// The deadline or the client's own limits ended it before anything was sent.
    Late,
    /// No complete response; whether the service processed the call is unknown.
    Lost,
    /// An error response.
    Refused {
        /// The response.
        failure: &'f Failure,
        /// The header `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// A permanent failure.
    Final,
}

impl Ending<'_> {
    /// Whether the operation can be retried, and a retry could succeed.
    pub fn may_repeat(&self, idempotency: Idempotency) -> bool {
        match self {
            Self::Unsent { passes, .. } => *passes,
            Self::Late => true,
            Self::Lost => idempotency != Idempotency::NotIdempotent,
            Self::Refused { failure, .. } => match failure.status {
                429 => true,
                // The service rejected the call with its own code. It responds with 500 to an invalid payload.
                500.. if failure.layer == Layer::Service && failure.code.is_some() => false,
                502..=504 => idempotency != Idempotency::NotIdempotent,
                500.. => idempotency == Idempotency::Safe,
                // All other 4xx, 403 included. The one replay after a 401 is in `transport/attempt.rs`.
                _ => false,
            },
            Self::Final => false,
        }
    }

    /// Whether the service may have processed the call.
    pub(crate) fn is_uncertain(&self) -> bool {
        match self {
            Self::Lost => true,
            // A gateway that sends its own code has not forwarded the call.
            Self::Refused { failure, .. } => {
                failure.status >= 500 && !(failure.layer == Layer::Gateway && failure.code.is_some())
            }
            Self::Unsent { .. } | Self::Late | Self::Final => false,
        }
    }

    /// The minimum wait before the next attempt.
    pub(super) fn asked_to_wait(&self) -> Duration {
        match self {
            Self::Unsent { wait, .. } => *wait,
            Self::Refused { retry_after, .. } => retry_after.unwrap_or_default(),
            Self::Late | Self::Lost | Self::Final => Duration::ZERO,
        }
    }
}
