//! Follows single calls.

use crate::report::call_counts::CallOutcome;
use crate::time::Micros;

/// Gets the events of each call. The default methods ignore them and cost nothing.
pub(crate) trait CallObserver {
    /// An attempt leaves the throttling queue after this time: for the caps, or because its call ends.
    fn waited_in_queue(&mut self, _call: u32, _wait: Micros) {}

    /// An attempt got a connection after this time, or its call ends without one.
    fn waited_for_connection(&mut self, _call: u32, _wait: Micros) {}

    /// A request is sent.
    fn sent(&mut self, _call: u32) {}

    fn ended(&mut self, _call: u32, _outcome: CallOutcome, _at: Micros) {}
}

/// Ignores all events.
pub(crate) struct NoObserver;

impl CallObserver for NoObserver {}
