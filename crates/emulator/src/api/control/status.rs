//! The status of the emulator: version, settings and counts.

use ajo_engine::Timestamp;
use serde_json::{Value, json};

use crate::api::control::clock;
use crate::api::request_error::RequestError;
use crate::state::emulator_state::EmulatorState;

pub(super) fn show(state: &EmulatorState, org_id: &str, now: Timestamp) -> Result<Value, RequestError> {
    let organization = state.organizations.get(org_id).ok_or_else(|| RequestError::unknown_organization(org_id))?;
    let (capping, throttling) = organization.config_counts();
    let sandboxes = organization.store.sandboxes.iter();
    let sandboxes: Vec<Value> =
        sandboxes.map(|sandbox| json!({"name": sandbox.name, "production": sandbox.production})).collect();
    Ok(json!({
        "emulator": env!("CARGO_PKG_VERSION"),
        "organization": org_id,
        "organizations": state.organizations.len(),
        "sandboxes": sandboxes,
        "auth": state.settings.auth,
        "capping": capping,
        "throttling": throttling,
        "tokens": state.tokens.len(),
        "calls": organization.request_log.next_number() - 1,
        "callsStored": organization.calls().len(),
        "faults": organization.faults().count(),
        "clock": clock::show(organization, now),
        "uiControls": state.settings.ui_controls,
        "contract": state.settings.contract,
    }))
}

pub(super) fn organizations(state: &EmulatorState) -> Value {
    let counted = state.organizations.iter().map(|(id, organization)| {
        let (capping, throttling) = organization.config_counts();
        json!({"id": id, "capping": capping, "throttling": throttling})
    });
    json!({"organizations": counted.collect::<Vec<_>>()})
}
