//! When a request to the service may be sent.

use std::time::Duration;

/// When a request to the service may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestWindow {
    /// How long from now; `None` without a limit.
    pub rest: Option<Duration>,
    /// Identifies the last renewal of the lease. After another one, an earlier list may be outdated.
    pub renewal: Option<Duration>,
}
