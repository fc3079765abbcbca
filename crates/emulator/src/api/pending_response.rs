//! A response, or a long computation that produces one.

use bytes::Bytes;
use http::Response;

use crate::api::control::restore_job::{ParsedRestore, RestoreJob};
#[cfg(feature = "simulate")]
use crate::api::control::simulation_job::SimulationJob;

/// The result of a request: adapters run a job after they have released the state, so that other requests go on.
pub(crate) enum PendingResponse {
    Ready(Response<Bytes>),
    Restore(RestoreJob),
    #[cfg(feature = "simulate")]
    Simulation(Box<SimulationJob>),
}

impl PendingResponse {
    /// Runs the job, if any. `restore` applies a parsed snapshot to the state.
    pub(crate) fn finish(self, restore: impl FnOnce(ParsedRestore) -> Response<Bytes>) -> Response<Bytes> {
        match self {
            Self::Ready(response) => response,
            Self::Restore(job) => restore(job.parse()),
            #[cfg(feature = "simulate")]
            Self::Simulation(job) => job.run(),
        }
    }
}
