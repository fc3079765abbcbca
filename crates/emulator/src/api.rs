//! From a request to its response. Start at [`dispatch`].

mod access_token;
pub(crate) mod authoring;
pub(crate) mod contract;
pub(crate) mod control;
mod dispatch;
mod gateway;
pub(crate) mod gateway_error;
pub(crate) mod headers;
pub(crate) mod ims_error;
mod json_pointer;
mod json_text;
pub(crate) mod request_body;
pub(crate) mod response;
pub(crate) mod route;
pub(crate) mod service_error;
mod token_endpoint;
mod unknown_fields;
