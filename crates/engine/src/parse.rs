//! Parsers and validators: credentials, responses, URLs, identifiers, headers.

pub(crate) mod access_token;
pub(crate) mod auth_error;
mod base64;
pub(crate) mod base_url;
pub(crate) mod config_definition;
pub(crate) mod credentials;
pub(crate) mod error_hint;
pub(crate) mod error_response;
pub(crate) mod form_urlencoded;
pub(crate) mod header;
pub(crate) mod http_date;
pub(crate) mod ims_error;
pub(crate) mod ip_address;
mod json_text;
pub(crate) mod request_body;
pub(crate) mod response_body;
pub(crate) mod retry_after;
pub(crate) mod sandbox_name;
pub(crate) mod secret;
pub(crate) mod service_code;
pub(crate) mod store_entry;
pub(crate) mod timestamp;
pub(crate) mod token_claims;
pub(crate) mod token_request;
pub(crate) mod token_response;
pub(crate) mod uid;
pub mod untrusted_text;
