//! What was called, without anything secret.

use std::collections::VecDeque;
use std::ops::Deref;

use serde::Serialize;

/// One call, as the journal keeps it. No header's value and no body is part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Counted from 1 for each organization; it goes on when old calls are forgotten.
    pub number: u64,
    /// When, in milliseconds since the epoch, by the organization's clock.
    pub at: u64,
    /// The HTTP method.
    pub method: String,
    /// The path, cut at 200 characters.
    pub path: String,
    /// `capping.create` and so on; `token` for a token request; nothing where the path leads nowhere.
    pub operation: Option<String>,
    /// The sandbox that the call names.
    pub sandbox: Option<String>,
    /// The status that was answered, or would have been.
    pub status: u16,
    /// The identifier that was answered.
    pub request_id: String,
    /// The identifier that the client sent, cut at 128 characters.
    pub sent_request_id: Option<String>,
    /// The fault that struck.
    pub fault: Option<String>,
    /// Fields of the body (as JSON pointers) and of the query (`?name`) that nothing read.
    pub unread: Vec<String>,
    /// For a path that leads nowhere, the nearest one that does not.
    pub closest: Option<String>,
}

impl Call {
    /// Whether it can change a configuration: not a list, a read, a question or a token request.
    pub fn is_mutating(&self) -> bool {
        let verb = self.operation.as_deref().and_then(|operation| operation.split_once('.')).map(|(_, verb)| verb);
        verb.is_some_and(|verb| ["create", "update", "delete", "deploy", "undeploy"].contains(&verb))
    }
}

/// The last calls: a ring of bounded length.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestLog {
    calls: VecDeque<Call>,
    counted: u64,
}

impl RequestLog {
    pub(crate) fn next_number(&self) -> u64 {
        self.counted + 1
    }

    /// Keeps a call, and forgets the oldest ones beyond so many.
    pub(crate) fn push(&mut self, call: Call, most: usize) {
        self.counted += 1;
        self.calls.push_back(call);
        while self.calls.len() > most {
            self.calls.pop_front();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
    }

    pub(crate) fn calls(&self) -> Calls<'_> {
        Calls(self.calls.iter().collect())
    }
}

/// Calls, oldest first, to be narrowed down and looked at.
///
/// ```
/// use ajo_emulator::{Calls, Settings, World};
///
/// let mut world = World::new(Settings::default());
/// let list = http::Request::post("/journey/orchestration/list/endpointConfigs").body(bytes::Bytes::new())?;
/// world.handle(&list, ajo_engine::Timestamp::from_millis(0));
/// let calls: Calls<'_> = world.calls();
/// assert_eq!(calls.len(), 1);
/// assert!(!calls[0].is_mutating());
/// assert_eq!(calls.of("capping.list")[0].status, 403); // no API key
/// assert!(world.calls().mutating().is_empty());
/// assert!(world.calls().since(1).is_empty());
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calls<'w>(Vec<&'w Call>);

impl Calls<'_> {
    /// Those that can change a configuration.
    #[must_use]
    pub fn mutating(self) -> Self {
        self.only(Call::is_mutating)
    }

    /// Those of one operation, such as `capping.create` or `token`.
    #[must_use]
    pub fn of(self, operation: &str) -> Self {
        self.only(|call| call.operation.as_deref() == Some(operation))
    }

    /// Those after the call of this number.
    #[must_use]
    pub fn since(self, number: u64) -> Self {
        self.only(|call| call.number > number)
    }

    fn only(mut self, keep: impl Fn(&Call) -> bool) -> Self {
        self.0.retain(|call| keep(call));
        self
    }
}

impl<'w> Deref for Calls<'w> {
    type Target = [&'w Call];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
