//! The native transport: the HTTP client, token requests, and what a failed connection was about.

pub(crate) mod connect_problem;
pub(crate) mod http_client;
pub(crate) mod reqwest_transport;
pub(crate) mod server_date;
