//! The adapters: an HTTP server, and a `tower` service in the same process.

#[cfg(feature = "server")]
mod connection;
#[cfg(feature = "server")]
pub(crate) mod http_server;
pub(crate) mod in_process;
#[cfg(feature = "server")]
mod serve;
