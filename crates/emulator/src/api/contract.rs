//! Contract mode: where requests and responses differ from `openapi/*.yaml`.

#[cfg(feature = "contract")]
mod call;
pub(crate) mod differences;
#[cfg(feature = "contract")]
mod schema;
#[cfg(feature = "contract")]
mod spec;

use ajo_core::Operation;
use bytes::Bytes;
use http::{HeaderValue, Request};

use crate::api::contract::differences::{Difference, Differences};
use crate::api::response::Answer;

/// The header of each response with the number of differences of its call.
const HEADER: &str = "x-emulator-contract";

/// Compares a call with its specification, stores the differences, and puts their number into the header of the response.
pub(crate) fn compare(stored: &mut Differences, operation: &Operation, request: &Request<Bytes>, answer: &mut Answer) {
    let found = differences(operation, request, answer);
    let summary = match found.len() {
        0 => "ok".to_owned(),
        1 => "1 difference".to_owned(),
        count => format!("{count} differences"),
    };
    if let Ok(value) = HeaderValue::from_str(&summary) {
        answer.headers_mut().insert(HEADER, value);
    }
    stored.add(found);
}

#[cfg(feature = "contract")]
fn differences(operation: &Operation, request: &Request<Bytes>, answer: &Answer) -> Vec<Difference> {
    call::differences(operation, request, answer)
}

/// Without the feature there is nothing to compare with, and `World` does not.
#[cfg(not(feature = "contract"))]
fn differences(_: &Operation, _: &Request<Bytes>, _: &Answer) -> Vec<Difference> {
    Vec::new()
}
