//! Follows single calls.

use crate::report::call_counts::CallOutcome;
use crate::time::Micros;

/// Gets the events of each call. The default methods ignore them and cost nothing.
pub(crate) trait CallObserver {
    /// The first attempt of a call leaves the throttling queue after this time, for the caps or because it was dropped.
    fn waited_in_queue(&mut self, _call: u64, _wait: Micros) {}

    /// A request is sent after a wait for a connection.
    fn sent(&mut self, _call: u64, _connection_wait: Micros) {}

    fn ended(&mut self, _call: u64, _outcome: CallOutcome, _at: Micros) {}
}

/// Ignores all events.
pub(crate) struct NoObserver;

impl CallObserver for NoObserver {}
