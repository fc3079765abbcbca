//! The context of one authoring call: the data it can access and its storage limits.

use ajo_core::Verb;
use ajo_engine::Timestamp;
use http::StatusCode;
use serde_json::Value;

use crate::api::response::AuthoringError;
use crate::api::service_error::ServiceError;
use crate::state::config::AuditStamp;
use crate::state::quirks::QuirkSettings;
use crate::state::settings::ResourceLimits;
use crate::state::store::{OrgStore, SandboxStore};

pub(crate) struct OperationContext<'w> {
    pub(crate) store: &'w mut OrgStore,
    pub(crate) org_id: &'w str,
    pub(crate) sandbox: &'w str,
    /// The calling account, as written to the metadata.
    pub(crate) account: &'w str,
    pub(crate) now: Timestamp,
    pub(crate) request_id: &'w str,
    pub(crate) quirks: &'w QuirkSettings,
    pub(crate) limits: ResourceLimits,
}

/// The input of a call.
pub(crate) struct OperationInput<'r> {
    /// Empty if the operation takes none.
    pub(crate) uid: &'r str,
    pub(crate) query: &'r str,
    pub(crate) body: &'r [u8],
    /// The body, if it is JSON.
    pub(crate) json: Option<Value>,
}

impl<'w> OperationContext<'w> {
    /// Reserves space for the definitions that a call adds. The limit is the emulator's own; the service's limit is unknown.
    pub(super) fn reserve_bytes(&mut self, verb: Verb, input: &OperationInput<'_>) -> Result<(), AuthoringError> {
        let more = match verb {
            Verb::Create | Verb::Update => input.body.len(),
            Verb::Deploy => self.store.find(input.uid).map_or(0, |(_, config)| config.definition.length()),
            _ => return Ok(()),
        };
        let max = self.limits.config_bytes;
        if self.store.try_reserve(more, max) {
            return Ok(());
        }
        let message = format!("the emulator stores at most {max} bytes of definitions per organization");
        Err(AuthoringError::new(StatusCode::INSUFFICIENT_STORAGE, None, message))
    }

    pub(super) fn audit_stamp(&self) -> impl FnOnce() -> AuditStamp + use<'w> {
        let (by, at) = (self.account, self.now);
        move || AuditStamp { by: by.to_owned(), at }
    }
}

pub(super) fn find_sandbox<'k>(stored: &'k mut OrgStore, name: &str) -> Result<&'k mut SandboxStore, AuthoringError> {
    let found = stored.sandboxes.iter_mut().find(|sandbox| sandbox.name == name);
    found.ok_or_else(|| {
        ServiceError::SANDBOX_NOT_FOUND.to_error_with_message(format!("the sandbox {name} does not exist"))
    })
}

/// Documented: only `true` forces.
pub(super) fn is_forced(query: &str, quirks: &QuirkSettings) -> bool {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let any = quirks.is("force_delete", "any_value");
    pairs.iter().any(|(name, value)| name == "forceDelete" && (any || value == "true"))
}
