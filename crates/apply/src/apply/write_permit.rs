//! Permission to send a mutating request.

use std::time::Duration;

use ajo_core::Client;
use ajo_limits::StepError;
use ajo_state::StateError;

use super::executor_state::own_error;
use super::plan_executor::PlanExecutor;

const LEASE_LOST_HINT: &str = "this call was not made; run `ajo plan` to see how the other command left the limits";

/// Permits one mutating request, which must be sent at once. Only [`PlanExecutor::permit_write`] creates it.
pub(super) struct WritePermit {
    client: Client,
    /// Identifies the last renewal of the lease.
    pub(super) renewal: Option<Duration>,
}

impl WritePermit {
    /// Sends no attempt after the permit has ended.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }
}

impl PlanExecutor<'_> {
    /// Waits until a mutating request may be sent. If the lease is lost, nothing more is sent.
    pub(super) async fn permit_write(&self) -> Result<WritePermit, StepError> {
        let window = match self.lock.permit_request().await {
            Ok(window) => window,
            Err(error) => {
                let message = error.to_string();
                self.stop_without_lease(error);
                return Err(own_error(message, LEASE_LOST_HINT));
            }
        };
        let client = window.rest.map_or_else(|| self.client.clone(), |rest| self.client.with_deadline_within(rest));
        Ok(WritePermit { client, renewal: window.renewal })
    }

    /// Stops the apply, because another command may be changing the limits.
    pub(super) fn stop_without_lease(&self, error: StateError) {
        let mut state = self.lock_state();
        state.is_stopped = true;
        state.lease_error.get_or_insert(error);
    }
}
