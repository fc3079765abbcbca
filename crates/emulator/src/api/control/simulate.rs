//! Simulates traffic through a deployed configuration.

use ajo_engine::untrusted_text::excerpt;
use ajo_simulator::SimulationRequest;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::authoring::validation;
use crate::api::control::control_error::ControlError;
use crate::api::control::request::parse_body;
use crate::state::emulator_state::EmulatorState;

pub(super) fn simulate(state: &EmulatorState, org_id: &str, body: &[u8]) -> Result<Value, ControlError> {
    let store = &state.organizations.get(org_id).ok_or_else(|| ControlError::unknown_organization(org_id))?.store;
    let request: SimulationRequest = parse_body(body)?;
    let deployed = request.uid.as_deref().map(|uid| {
        let (api, config) = store.find(uid).ok_or_else(|| {
            ControlError(StatusCode::NOT_FOUND, format!("no configuration has the uid {}", excerpt(uid, 60)))
        })?;
        let definition = config.deployed.as_ref();
        let definition = definition.ok_or_else(|| {
            ControlError::bad_request(format!(
                "the configuration {} is not deployed, so it has no effect",
                excerpt(uid, 60)
            ))
        })?;
        let definition = definition.parse();
        Ok(Value::Object(validation::canonical_definition(api, &definition, &state.settings.quirks).into_owned()))
    });
    let report = request.simulate(deployed.transpose()?).map_err(ControlError::bad_request)?;
    Ok(json!(report))
}
