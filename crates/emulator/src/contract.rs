//! Contract mode: where requests and answers differ from `openapi/*.yaml`.

use std::collections::VecDeque;

use serde::Serialize;

/// Most differences kept; the oldest are forgotten. Chosen here.
const MOST: usize = 200;

/// One difference between a call and its specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `capping.create` and so on.
    pub operation: String,
    /// `request` or `answer`.
    pub side: &'static str,
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What differs.
    pub problem: String,
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

    pub(crate) fn add(&mut self, difference: Difference) {
        self.differences.push_back(difference);
        while self.differences.len() > MOST {
            self.differences.pop_front();
        }
    }
}
