//! Where credentials are sent, and the client that sends them.

pub(crate) mod endpoint;
#[cfg(feature = "reqwest")]
pub(crate) mod http_client;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest_transport;
pub(crate) mod retry_after;
#[cfg(feature = "reqwest")]
pub(crate) mod server_date;
