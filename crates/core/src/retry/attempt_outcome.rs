//! How an attempt ended, and whether the operation may be retried after it.

use std::time::Duration;

use crate::{Failure, Layer, Repeat};

/// How an attempt that did not succeed ended.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'f> {
    /// Nothing reached the service: no connection, or no token.
    Unsent {
        /// Whether the cause passes by itself. A refused certificate or secret does not.
        passes: bool,
        /// How long the token host is to be left alone.
        wait: Duration,
    },
    /// The deadline or the client's own limits ended it before anything was sent.
    Late,
    /// There was no whole answer; whether the service carried the call out is unknown.
    Lost,
    /// The answer is a failure.
    Refused {
        /// What it says.
        failure: &'f Failure,
        /// The header `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// Nothing that another attempt would change.
    Final,
}

impl Ending<'_> {
    /// Whether the operation may be made again after this, and could then succeed.
    pub fn may_repeat(&self, repeat: Repeat) -> bool {
        match self {
            Self::Unsent { passes, .. } => *passes,
            Self::Late => true,
            Self::Lost => repeat != Repeat::Once,
            Self::Refused { failure, .. } => match failure.status {
                429 => true,
                // The service's own code: it looked at the call and said no, whatever the status.
                500.. if failure.layer == Layer::Service && failure.code.is_some() => false,
                502..=504 => repeat != Repeat::Once,
                500.. => repeat == Repeat::Reads,
                _ => false,
            },
            Self::Final => false,
        }
    }

    /// Whether the service may have carried the call out all the same.
    pub(crate) fn is_uncertain(&self) -> bool {
        match self {
            Self::Lost => true,
            // A gateway that names its own code has not passed the call on.
            Self::Refused { failure, .. } => {
                failure.status >= 500 && !(failure.layer == Layer::Gateway && failure.code.is_some())
            }
            Self::Unsent { .. } | Self::Late | Self::Final => false,
        }
    }

    /// What has to pass before the next attempt.
    pub(super) fn asked_to_wait(&self) -> Duration {
        match self {
            Self::Unsent { wait, .. } => *wait,
            Self::Refused { retry_after, .. } => retry_after.unwrap_or_default(),
            Self::Late | Self::Lost | Self::Final => Duration::ZERO,
        }
    }
}
