//! Access tokens: the loop around the engine, and what a transport does for it.

pub(crate) mod provider;
pub mod token_input;
pub(crate) mod token_transport;
