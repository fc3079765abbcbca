//! Where calls differed from the specifications.

use std::collections::VecDeque;

use serde::Serialize;

/// Most differences that are stored; the oldest are dropped.
const MAX: usize = 200;

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

    pub(crate) fn add(&mut self, found: Vec<Difference>) {
        self.differences.extend(found);
        let too_many = self.differences.len().saturating_sub(MAX);
        self.differences.drain(..too_many);
    }
}
