//! A call in progress.

use crate::time::Micros;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    /// The end of the timeout, once the first attempt has reached the caps.
    pub(crate) deadline: Micros,
    /// Calls are numbered in order of arrival.
    pub(crate) number: u32,
    /// The index of its journey.
    pub(crate) journey: u32,
    /// The number of the next attempt; 0 is the first.
    pub(crate) attempt: u8,
}

impl Call {
    pub(crate) const fn is_retry(&self) -> bool {
        self.attempt > 0
    }

    /// A call that has just arrived.
    pub(crate) const fn new(number: u32, journey: u32) -> Self {
        Self { deadline: 0, number, journey, attempt: 0 }
    }
}
