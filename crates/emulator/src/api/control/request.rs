//! Parses the body and checks the query parameters of a control request.

use std::collections::BTreeMap;

use ajo_engine::untrusted_text::excerpt;
use http::Method;
use serde::de::DeserializeOwned;

use crate::api::request_error::RequestError;

pub(super) fn parse_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, RequestError> {
    serde_json::from_slice(body).map_err(|error| RequestError::bad_request(format!("invalid body: {error}")))
}

/// Rejects unknown parameters: ignoring a misspelled one would return the wrong result.
pub(super) fn check_parameters(
    method: &Method,
    path: &str,
    query: &BTreeMap<String, String>,
) -> Result<(), RequestError> {
    let known: &[&str] = match (method.as_str(), path) {
        ("GET", "/configs") => &["org", "find", "limit"],
        ("GET", "/calls") => &["org", "mutating", "operation", "since"],
        _ => &["org"],
    };
    match query.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let (name, known) = (excerpt(name, 60), known.join(", "));
            Err(RequestError::bad_request(format!("unknown parameter `{name}`; expected one of {known}")))
        }
    }
}
