//! The request log, filtered.

use std::collections::BTreeMap;

use ajo_core::OPERATIONS;

use crate::api::control::refusal::Refused;
use crate::faults::target::Target;
use crate::state::organization::Organization;
use crate::state::request_log::Calls;

/// The calls that the parameters select.
pub(super) fn filter<'o>(
    organization: &'o Organization,
    query: &BTreeMap<String, String>,
) -> Result<Calls<'o>, Refused> {
    let mut calls = organization.calls();
    match query.get("mutating").map(String::as_str) {
        Some("true") => calls = calls.mutating(),
        Some("false") | None => {}
        Some(_) => return Err(Refused::bad("mutating is true or false")),
    }
    if let Some(operation) = query.get("operation") {
        let mut known: Vec<String> = OPERATIONS.iter().map(|operation| Target::of(operation).to_string()).collect();
        known.push(Target::Token.to_string());
        if !known.contains(operation) {
            return Err(Refused::bad(format!("operation is one of {}", known.join(", "))));
        }
        calls = calls.of(operation);
    }
    if let Some(since) = query.get("since") {
        calls = calls.since(since.parse().map_err(|_| Refused::bad("since is the number of a call"))?);
    }
    Ok(calls)
}
