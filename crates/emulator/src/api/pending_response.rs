//! A response, or a long computation that produces one.

use bytes::Bytes;
use http::Response;

#[cfg(feature = "simulate")]
use crate::api::control::simulation_job::SimulationJob;

/// The result of a request: adapters run a simulation after they have released the state, so that other requests go on.
pub(crate) enum PendingResponse {
    Ready(Response<Bytes>),
    #[cfg(feature = "simulate")]
    Simulation(Box<SimulationJob>),
}

impl PendingResponse {
    /// Runs the computation, if any.
    pub(crate) fn finish(self) -> Response<Bytes> {
        match self {
            Self::Ready(response) => response,
            #[cfg(feature = "simulate")]
            Self::Simulation(job) => job.run(),
        }
    }
}
