//! Contract mode: where requests and answers differ from `openapi/*.yaml`.

#[cfg(feature = "contract")]
mod call;
#[cfg(feature = "contract")]
mod schema;
#[cfg(feature = "contract")]
mod spec;

use std::collections::VecDeque;

use ajo_core::Operation;
use bytes::Bytes;
use http::{HeaderValue, Request};
use serde::Serialize;

use crate::answer::Answer;

/// Says on each answer how many differences its call has.
const HEADER: &str = "x-emulator-contract";

/// Most differences kept; the oldest are forgotten. Chosen here.
const MOST: usize = 200;

/// One difference between a call and its specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    /// `capping.create` and so on.
    pub(crate) operation: String,
    /// `request` or `answer`.
    pub(crate) side: &'static str,
    /// Where, as a JSON pointer into that side: `/path/uid`, `/query/…`, `/headers/…`, `/status`, `/body/…`.
    pub(crate) pointer: String,
    /// What differs, without a value of the call.
    pub(crate) problem: String,
}

/// The differences found so far.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Differences {
    differences: VecDeque<Difference>,
}

impl Differences {
    pub(crate) fn clear(&mut self) {
        self.differences.clear();
    }

    /// Compares a call with its specification, writes the differences down, and says on the answer how many there are.
    pub(crate) fn compare(&mut self, operation: &Operation, request: &Request<Bytes>, answer: &mut Answer) {
        let found = differences(operation, request, answer);
        let told = match found.len() {
            0 => "ok".to_owned(),
            1 => "1 difference".to_owned(),
            count => format!("{count} differences"),
        };
        if let Ok(value) = HeaderValue::from_str(&told) {
            answer.headers_mut().insert(HEADER, value);
        }
        self.differences.extend(found);
        let too_many = self.differences.len().saturating_sub(MOST);
        self.differences.drain(..too_many);
    }
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
