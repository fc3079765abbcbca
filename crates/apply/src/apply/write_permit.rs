//! Permission to send a mutating request.

use std::time::Duration;

use ajo_core::Client;
use ajo_state::RequestWindow;

/// Permits one mutating request, which must be sent at once.
pub(super) struct WritePermit {
    client: Client,
    /// Identifies the last renewal of the lease.
    pub(super) renewal: Option<Duration>,
}

impl WritePermit {
    /// The permit for a window that the lock has just granted.
    pub(super) fn new(window: RequestWindow, client: &Client) -> Self {
        let client = window.rest.map_or_else(|| client.clone(), |rest| client.with_deadline_within(rest));
        Self { client, renewal: window.renewal }
    }

    /// Sends no attempt after the permit has ended.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }
}
