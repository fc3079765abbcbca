//! Restores a snapshot.

use ajo_engine::Timestamp;
use bytes::Bytes;
use http::Response;
use serde_json::json;

use crate::api::request_error::RequestError;
use crate::api::response;
use crate::state::emulator_state::EmulatorState;
use crate::state::snapshot::{SnapshotError, StateSnapshot};

/// A snapshot to restore. Parsing it takes up to seconds and does not need the state.
pub(crate) struct RestoreJob {
    pub(super) body: Bytes,
    pub(super) now: Timestamp,
}

/// A parsed snapshot, or why it is invalid.
pub(crate) struct ParsedRestore {
    snapshot: Result<StateSnapshot, SnapshotError>,
    now: Timestamp,
}

impl RestoreJob {
    pub(crate) fn parse(self) -> ParsedRestore {
        ParsedRestore { snapshot: StateSnapshot::from_json(&self.body), now: self.now }
    }
}

impl ParsedRestore {
    pub(crate) fn apply(self, state: &mut EmulatorState) -> Response<Bytes> {
        let mut response = match self.snapshot.and_then(|snapshot| state.restore_parsed(snapshot)) {
            Ok(()) => response::ok(&json!({})),
            Err(error) => RequestError::bad_request(error).to_response(),
        };
        response::set_date(&mut response, self.now);
        response
    }
}
