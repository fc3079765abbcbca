//! The differences found in contract mode.

use std::collections::VecDeque;

use serde::Serialize;

/// Maximum number of stored differences; the oldest are dropped.
const MAX_DIFFERENCES: usize = 200;

/// One difference between a call and its specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ContractDifference {
    /// For example `capping.create`.
    pub(crate) operation: String,
    /// `request` or `response`.
    pub(crate) direction: &'static str,
    /// A JSON pointer into the request or response: `/path/uid`, `/query/…`, `/headers/…`, `/status`, `/body/…`.
    pub(crate) pointer: String,
    /// The difference, without any value from the call.
    pub(crate) description: String,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct DifferenceLog {
    differences: VecDeque<ContractDifference>,
}

impl DifferenceLog {
    pub(crate) fn clear(&mut self) {
        self.differences.clear();
    }

    pub(crate) fn add(&mut self, found: Vec<ContractDifference>) {
        self.differences.extend(found);
        let too_many = self.differences.len().saturating_sub(MAX_DIFFERENCES);
        self.differences.drain(..too_many);
    }
}
