//! Asks the lock before each mutating request.

use ajo_limits::StepError;
use ajo_state::StateError;

use super::executor_state::own_error;
use super::plan_executor::PlanExecutor;
use super::write_permit::WritePermit;

const LEASE_LOST_HINT: &str = "this call was not made; run `ajo plan` to see how the other command left the limits";

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
        Ok(WritePermit::new(window, self.client))
    }

    /// Stops the apply, because another command may be changing the limits.
    pub(super) fn stop_without_lease(&self, error: StateError) {
        let mut state = self.lock_state();
        state.is_stopped = true;
        state.lease_error.get_or_insert(error);
    }
}
