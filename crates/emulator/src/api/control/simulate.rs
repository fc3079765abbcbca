//! Simulates traffic through a deployed configuration.

use ajo_engine::untrusted_text::excerpt;
use ajo_simulator::SimulationRequest;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::authoring::validation;
use crate::api::control::refusal::Refused;
use crate::api::control::request::read_body;
use crate::state::emulator_state::World;

pub(super) fn simulate(world: &World, org_id: &str, body: &[u8]) -> Result<Value, Refused> {
    let store = &world.organizations.get(org_id).ok_or_else(|| Refused::no_organization(org_id))?.store;
    let request: SimulationRequest = read_body(body)?;
    let deployed = request.uid.as_deref().map(|uid| {
        let (api, config) = store.find(uid).ok_or_else(|| {
            Refused(StatusCode::NOT_FOUND, format!("no configuration has the uid {}", excerpt(uid, 60)))
        })?;
        let definition = config.deployed.as_ref();
        let definition = definition
            .ok_or_else(|| Refused::bad(format!("{} is not deployed, so it limits nothing", excerpt(uid, 60))))?;
        let definition = definition.parse();
        Ok(Value::Object(validation::canonical_definition(api, &definition, &world.settings.switches).into_owned()))
    });
    let report = request.simulate(deployed.transpose()?).map_err(Refused::bad)?;
    Ok(json!(report))
}
