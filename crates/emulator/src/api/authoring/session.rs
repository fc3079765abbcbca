//! One call of the authoring service: what it may see, and how much it may store.

use ajo_core::Verb;
use ajo_engine::Timestamp;
use http::StatusCode;
use serde_json::Value;

use crate::api::response::Failure;
use crate::api::service_error::ServiceError;
use crate::state::config::Mark;
use crate::state::quirks::Switches;
use crate::state::settings::Limits;
use crate::state::store::{OrgStore, Sandbox};

/// One call, with everything it can see.
pub(crate) struct Session<'w> {
    pub(crate) store: &'w mut OrgStore,
    pub(crate) org_id: &'w str,
    pub(crate) sandbox: &'w str,
    /// Who calls, as metadata shows it.
    pub(crate) account: &'w str,
    pub(crate) now: Timestamp,
    pub(crate) request_id: &'w str,
    pub(crate) switches: &'w Switches,
    pub(crate) limits: Limits,
}

/// What a call asks for, beside its operation.
pub(crate) struct Input<'r> {
    /// Empty where the operation takes none.
    pub(crate) uid: &'r str,
    pub(crate) query: &'r str,
    pub(crate) body: &'r [u8],
    /// The same, where it is JSON.
    pub(crate) json: Option<Value>,
}

impl<'w> Session<'w> {
    /// Whether there is room for what a call would have kept. The limit is of the emulator; the service's is unknown.
    pub(super) fn make_room(&mut self, verb: Verb, input: &Input<'_>) -> Result<(), Failure> {
        let more = match verb {
            Verb::Create | Verb::Update => input.body.len(),
            Verb::Deploy => self.store.find(input.uid).map_or(0, |(_, config)| config.definition.length()),
            _ => return Ok(()),
        };
        let most = self.limits.config_bytes;
        if self.store.has_room_for(more, most) {
            return Ok(());
        }
        let message = format!("the emulator keeps at most {most} bytes of definitions for an organization");
        Err(Failure::new(StatusCode::INSUFFICIENT_STORAGE, None, message))
    }

    pub(super) fn mark(&self) -> impl FnOnce() -> Mark + use<'w> {
        let (by, at) = (self.account, self.now);
        move || Mark { by: by.to_owned(), at }
    }
}

pub(super) fn sandbox<'k>(kept: &'k mut OrgStore, name: &str) -> Result<&'k mut Sandbox, Failure> {
    let found = kept.sandboxes.iter_mut().find(|sandbox| sandbox.name == name);
    found.ok_or_else(|| ServiceError::NO_SANDBOX.failure_about(format!("the sandbox {name} does not exist")))
}

/// Only `true` is documented.
pub(super) fn is_forced(query: &str, switches: &Switches) -> bool {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let any = switches.is("force_delete", "any_value");
    pairs.iter().any(|(name, value)| name == "forceDelete" && (any || value == "true"))
}
