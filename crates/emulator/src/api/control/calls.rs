//! Filters the request log.

use std::collections::BTreeMap;

use ajo_core::OPERATIONS;

use crate::api::request_error::RequestError;
use crate::faults::target::FaultTarget;
use crate::state::organization::Organization;
use crate::state::request_log::LoggedCalls;

/// Selects calls by the query parameters.
pub(super) fn filter<'o>(
    organization: &'o Organization,
    query: &BTreeMap<String, String>,
) -> Result<LoggedCalls<'o>, RequestError> {
    let mut calls = organization.calls();
    match query.get("mutating").map(String::as_str) {
        Some("true") => calls = calls.mutating(),
        Some("false") | None => {}
        Some(_) => return Err(RequestError::bad_request("`mutating` must be true or false")),
    }
    if let Some(operation) = query.get("operation") {
        let mut known: Vec<String> =
            OPERATIONS.iter().map(|operation| FaultTarget::from_operation(operation).to_string()).collect();
        known.push(FaultTarget::Token.to_string());
        if !known.contains(operation) {
            return Err(RequestError::bad_request(format!("`operation` must be one of {}", known.join(", "))));
        }
        calls = calls.for_operation(operation);
    }
    if let Some(since) = query.get("since") {
        calls =
            calls.since(since.parse().map_err(|_| RequestError::bad_request("`since` must be the number of a call"))?);
    }
    Ok(calls)
}
