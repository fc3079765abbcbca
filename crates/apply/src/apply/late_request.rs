//! Requests that were answered after the lease was lost.

use ajo_core::{Uid, Verb};
use ajo_limits::{ConfigKey, StepState};

/// A mutating request that was sent under the lease and answered after it was lost. The service may have processed it after
/// another command read the limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateRequest {
    /// The configuration.
    pub key: ConfigKey,
    /// The UID, if known.
    pub uid: Option<Uid>,
    /// The call.
    pub step: Verb,
    /// The outcome.
    pub state: StepState,
}
