//! Contract mode: reports differences between calls and `openapi/*.yaml`.

#[cfg(feature = "contract")]
mod compare_call;
pub(crate) mod difference_log;
#[cfg(feature = "contract")]
mod openapi_document;
#[cfg(feature = "contract")]
mod schema_check;

use ajo_core::Operation;
use bytes::Bytes;
use http::{HeaderValue, Request};

use crate::api::contract::difference_log::{ContractDifference, DifferenceLog};
use crate::api::response::ByteResponse;

/// Response header with the number of differences in the call.
const CONTRACT_HEADER: &str = "x-emulator-contract";

/// Compares a call with its specification, stores the differences, and sets the contract header.
pub(crate) fn compare(
    stored: &mut DifferenceLog,
    operation: &Operation,
    request: &Request<Bytes>,
    response: &mut ByteResponse,
) {
    let found = differences(operation, request, response);
    let summary = match found.len() {
        0 => "ok".to_owned(),
        1 => "1 difference".to_owned(),
        count => format!("{count} differences"),
    };
    if let Ok(value) = HeaderValue::from_str(&summary) {
        response.headers_mut().insert(CONTRACT_HEADER, value);
    }
    stored.add(found);
}

#[cfg(feature = "contract")]
fn differences(operation: &Operation, request: &Request<Bytes>, response: &ByteResponse) -> Vec<ContractDifference> {
    compare_call::compare_call(operation, request, response)
}

#[cfg(not(feature = "contract"))]
fn differences(_: &Operation, _: &Request<Bytes>, _: &ByteResponse) -> Vec<ContractDifference> {
    Vec::new()
}
