//! The parts of a request that every handler reads: its body, and the parameters of its query.

use std::collections::BTreeMap;

use ajo_engine::untrusted_text::excerpt;
use http::Method;
use serde::de::DeserializeOwned;

use crate::api::control::refusal::Refused;

pub(super) fn read_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::bad(format!("the body cannot be used: {error}")))
}

/// A misspelled parameter is refused: passed over, it would give another answer than was asked for.
pub(super) fn check_parameters(method: &Method, path: &str, query: &BTreeMap<String, String>) -> Result<(), Refused> {
    let known: &[&str] = match (method.as_str(), path) {
        ("GET", "/configs") => &["org", "find", "limit"],
        ("GET", "/calls") => &["org", "mutating", "operation", "since"],
        _ => &["org"],
    };
    match query.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let (name, known) = (excerpt(name, 60), known.join(", "));
            Err(Refused::bad(format!("there is no parameter {name} here; there are: {known}")))
        }
    }
}
