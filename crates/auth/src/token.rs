//! Access tokens: the loop around the engine, and the transport interface.

pub mod action_results;
pub(crate) mod provider;
pub(crate) mod token_transport;
