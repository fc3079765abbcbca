//! The native transport: the HTTP client, token requests, and the classification of connection errors.

pub(crate) mod bounded_body;
pub(crate) mod ca_certificates;
pub(crate) mod connect_error;
pub(crate) mod http_client;
pub(crate) mod proxy;
pub(crate) mod reqwest_token_transport;
pub(crate) mod server_attributes;
pub(crate) mod server_date;
