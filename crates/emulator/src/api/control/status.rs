//! What the emulator is, how it is set, and how much it stores.

use ajo_engine::Timestamp;
use serde_json::{Value, json};

use crate::api::control::clock;
use crate::api::control::refusal::Refused;
use crate::state::emulator_state::World;

pub(super) fn show(world: &World, org_id: &str, now: Timestamp) -> Result<Value, Refused> {
    let organization = world.organizations.get(org_id).ok_or_else(|| Refused::no_organization(org_id))?;
    let (capping, throttling) = organization.count();
    let sandboxes = organization.store.sandboxes.iter();
    let sandboxes: Vec<Value> =
        sandboxes.map(|sandbox| json!({"name": sandbox.name, "production": sandbox.production})).collect();
    Ok(json!({
        "emulator": env!("CARGO_PKG_VERSION"),
        "organization": org_id,
        "organizations": world.organizations.len(),
        "sandboxes": sandboxes,
        "auth": world.settings.auth,
        "capping": capping,
        "throttling": throttling,
        "tokens": world.tokens.len(),
        "calls": organization.request_log.next_number() - 1,
        "callsKept": organization.calls().len(),
        "faults": organization.faults().count(),
        "clock": clock::show(organization, now),
        "pageControls": world.settings.page_controls,
        "contract": world.settings.contract,
    }))
}

pub(super) fn organizations(world: &World) -> Value {
    let counted = world.organizations.iter().map(|(id, organization)| {
        let (capping, throttling) = organization.count();
        json!({"id": id, "capping": capping, "throttling": throttling})
    });
    json!({"organizations": counted.collect::<Vec<_>>()})
}
