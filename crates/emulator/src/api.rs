//! Turns a request into a response. Start at [`dispatch`].

mod access_token;
pub(crate) mod authoring;
pub(crate) mod contract;
pub(crate) mod control;
mod dispatch;
mod gateway;
pub(crate) mod gateway_error;
pub(crate) mod headers;
pub(crate) mod host_check;
mod json_pointer;
mod json_writer;
mod multipart;
pub(crate) mod pending_response;
pub(crate) mod platform;
pub(crate) mod request_body;
pub(crate) mod request_error;
pub(crate) mod response;
pub(crate) mod route;
pub(crate) mod service_error;
mod token_endpoint;
pub(crate) mod token_endpoint_error;
pub(crate) mod token_form;
mod unknown_fields;
