//! The capping operations.

use ajo_core::{Api, Verb};
use http::StatusCode;
use serde_json::json;

use crate::api::authoring::can_deploy::can_deploy;
use crate::api::authoring::config_response::{get_response, list_response, save_response};
use crate::api::authoring::config_view::ConfigViewBuilder;
use crate::api::authoring::operation_context::{OperationContext, OperationInput, find_sandbox, is_forced};
use crate::api::authoring::validation;
use crate::api::response::{self, AuthoringError, ByteResponse};
use crate::api::service_error::ServiceError;
use crate::state::config::StoredConfig;
use crate::state::definition::StoredDefinition;
use crate::state::store::SandboxStore;

pub(super) fn run(
    mut context: OperationContext<'_>,
    verb: Verb,
    input: OperationInput<'_>,
    new_id: impl FnOnce() -> String,
) -> Result<ByteResponse, AuthoringError> {
    context.reserve_bytes(verb, &input)?;
    let OperationInput { uid, query, body, json } = input;
    let (stamp, org_id, quirks, max) = (context.audit_stamp(), context.org_id, context.quirks, context.limits.configs);
    let SandboxStore { id, name, capping, .. } = find_sandbox(context.store, context.sandbox)?;
    let views = ConfigViewBuilder::new(org_id, id, name, quirks);
    // Only the status is published, no code.
    let unknown = || AuthoringError::new(StatusCode::NOT_FOUND, None, format!("no endpoint config has the uid {uid}"));

    Ok(match verb {
        Verb::List => {
            validation::check_list_body(Api::Capping, body, json.as_ref(), quirks)?;
            list_response(capping.values().map(|config| views.capping_view(config)), quirks)
        }
        Verb::Create => {
            let (definition, diagnostics) = validation::validate_payload(Api::Capping, verb, json, quirks)?;
            if capping.len() >= max {
                let message = format!("the emulator stores at most {max} endpoint configs per sandbox");
                return Err(AuthoringError::new(StatusCode::INSUFFICIENT_STORAGE, None, message));
            }
            let config = StoredConfig::new(new_id(), StoredDefinition::new(definition), stamp());
            let response =
                save_response(Api::Capping, &config, "created", &views.capping_view(&config), diagnostics, quirks);
            capping.insert(config.uid.clone(), config);
            response
        }
        Verb::Get => get_response(&views.capping_view(capping.get(uid).ok_or_else(unknown)?)),
        Verb::Update => {
            let config = capping.get_mut(uid).ok_or_else(unknown)?;
            let (definition, diagnostics) = validation::validate_payload(Api::Capping, verb, json, quirks)?;
            config.update(StoredDefinition::new(definition), stamp());
            save_response(Api::Capping, config, "updated", &views.capping_view(config), diagnostics, quirks)
        }
        Verb::Delete => {
            if capping.get(uid).ok_or_else(unknown)?.deployed.is_some() && !is_forced(query, quirks) {
                return Err(ServiceError::CAPPING_DEPLOYED.to_error());
            }
            capping.shift_remove(uid);
            response::ok(&json!({}))
        }
        Verb::CanDeploy => {
            let config = capping.get(uid).ok_or_else(unknown)?;
            let diagnostics = validation::diagnostics(Api::Capping, &config.definition.parse(), quirks);
            response::ok(&json!({"canDeploy": can_deploy(Api::Capping, config, diagnostics, quirks)}))
        }
        Verb::Deploy => {
            let config = capping.get_mut(uid).ok_or_else(unknown)?;
            validation::check_deployable(validation::diagnostics(Api::Capping, &config.definition.parse(), quirks))?;
            match quirks.variant("redeploy") {
                Some("refused") if config.deployed.is_some() => {
                    // Unknown: the code. This one is documented for throttling.
                    let message = "the endpoint config is deployed already";
                    return Err(ServiceError::ALREADY_DEPLOYED.to_error_with_message(message));
                }
                Some("ignored") if config.deployed.is_some() => {}
                _ => config.deploy(stamp()),
            }
            response::no_content()
        }
        // Documented: 204 even if it was not deployed.
        Verb::Undeploy => {
            capping.get_mut(uid).ok_or_else(unknown)?.undeploy();
            response::no_content()
        }
        // A verb that was added to the specs but not to the emulator.
        other => return Err(AuthoringError::not_emulated(Api::Capping, other)),
    })
}
