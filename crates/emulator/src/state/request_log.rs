//! The request log. It contains no secrets.

use std::collections::VecDeque;
use std::ops::Deref;

use serde::Serialize;

/// A logged call, without header values and body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedCall {
    /// Counted from 1 per organization; numbering continues when old calls are dropped.
    pub number: u64,
    /// Milliseconds since the epoch, by the organization's clock.
    pub at: u64,
    pub method: String,
    /// Truncated to 200 characters.
    pub path: String,
    /// For example `capping.create`; `token` for a token request, `sandboxes` for Sandbox Management, `sample` for
    /// `/imp/`; `None` for an unknown path.
    pub operation: Option<String>,
    pub sandbox: Option<String>,
    /// The response status, sent or not.
    pub status: u16,
    /// The request id of the response.
    pub request_id: String,
    /// The request id from the client, truncated to 128 characters.
    pub sent_request_id: Option<String>,
    /// The injected fault.
    pub fault: Option<String>,
    /// Unknown body fields (as JSON pointers) and query parameters (`?name`).
    pub unknown_fields: Vec<String>,
    /// For an unknown path, the most similar existing one.
    pub closest_path: Option<String>,
}

impl LoggedCall {
    /// Whether it can change a configuration: create, update, delete, deploy or undeploy.
    pub fn is_mutating(&self) -> bool {
        let verb = self.operation.as_deref().and_then(|operation| operation.split_once('.')).map(|(_, verb)| verb);
        verb.is_some_and(|verb| ["create", "update", "delete", "deploy", "undeploy"].contains(&verb))
    }
}

/// The most recent calls, limited in number.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestLog {
    calls: VecDeque<LoggedCall>,
    total_calls: u64,
}

impl RequestLog {
    pub(crate) fn next_number(&self) -> u64 {
        self.total_calls + 1
    }

    /// Appends a call and drops the oldest beyond the limit.
    pub(crate) fn push(&mut self, call: LoggedCall, max: usize) {
        self.total_calls += 1;
        self.calls.push_back(call);
        while self.calls.len() > max {
            self.calls.pop_front();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
    }

    pub(crate) fn calls(&self) -> LoggedCalls<'_> {
        LoggedCalls(self.calls.iter().collect())
    }
}

/// Calls, oldest first, with filters.
///
/// ```
/// use ajo_emulator::{LoggedCalls, EmulatorSettings, EmulatorState};
///
/// let mut state = EmulatorState::new(EmulatorSettings::default());
/// let list = http::Request::post("/journey/orchestration/list/endpointConfigs").body(bytes::Bytes::new())?;
/// state.handle(&list, ajo_engine::Timestamp::from_millis(0));
/// let calls: LoggedCalls<'_> = state.calls();
/// assert_eq!(calls.len(), 1);
/// assert!(!calls[0].is_mutating());
/// assert_eq!(calls.for_operation("capping.list")[0].status, 403); // no API key
/// assert!(state.calls().mutating().is_empty());
/// assert!(state.calls().since(1).is_empty());
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LoggedCalls<'w>(Vec<&'w LoggedCall>);

impl LoggedCalls<'_> {
    /// Selects the calls that can change a configuration.
    #[must_use]
    pub fn mutating(self) -> Self {
        self.filtered(LoggedCall::is_mutating)
    }

    /// Selects the calls of one operation, such as `capping.create` or `token`.
    #[must_use]
    pub fn for_operation(self, operation: &str) -> Self {
        self.filtered(|call| call.operation.as_deref() == Some(operation))
    }

    /// Selects the calls after the one with this number.
    #[must_use]
    pub fn since(self, number: u64) -> Self {
        self.filtered(|call| call.number > number)
    }

    fn filtered(mut self, keep: impl Fn(&LoggedCall) -> bool) -> Self {
        self.0.retain(|call| keep(call));
        self
    }
}

impl<'w> Deref for LoggedCalls<'w> {
    type Target = [&'w LoggedCall];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
