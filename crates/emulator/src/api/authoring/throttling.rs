//! The throttling operations.

use ajo_core::rules::Severity;
use ajo_core::{Api, Verb};
use serde_json::json;

use crate::api::authoring::can_deploy::can_deploy;
use crate::api::authoring::config_response::{get_response, list_response, save_response};
use crate::api::authoring::config_view::ConfigViewBuilder;
use crate::api::authoring::operation_context::{OperationContext, OperationInput, find_sandbox, is_forced};
use crate::api::authoring::validation;
use crate::api::response::{self, AuthoringError, ByteResponse};
use crate::api::service_error::ServiceError;
use crate::state::config::{ConfigState, StoredConfig};
use crate::state::definition::StoredDefinition;
use crate::state::store::StoredThrottling;

pub(super) fn run(
    mut context: OperationContext<'_>,
    verb: Verb,
    input: OperationInput<'_>,
    new_id: impl FnOnce() -> String,
) -> Result<ByteResponse, AuthoringError> {
    context.reserve_bytes(verb, &input)?;
    let OperationInput { uid, query, body, json } = input;
    let (stamp, org_id, quirks) = (context.audit_stamp(), context.org_id, context.quirks);
    let sandbox = find_sandbox(context.store, context.sandbox)?;
    if !sandbox.production {
        // Documented for create; inferred for the other operations.
        let message = format!("throttling needs a production sandbox, which {} is not", sandbox.name);
        return Err(ServiceError::NOT_PRODUCTION_SANDBOX.to_error_with_message(message));
    }
    let (sandbox_id, sandbox_name) = (sandbox.id.clone(), sandbox.name.clone());
    let stored = &mut context.store.throttling;
    let selected = stored.as_mut().filter(|throttling| throttling.config.uid == uid);
    let unknown =
        || ServiceError::THROTTLING_NOT_FOUND.to_error_with_message(format!("no throttling config has the uid {uid}"));

    Ok(match verb {
        Verb::List => {
            validation::check_list_body(Api::Throttling, body, json.as_ref(), quirks)?;
            list_response(stored.iter().map(|it| ConfigViewBuilder::throttling_view(org_id, it, quirks)), quirks)
        }
        Verb::Create => {
            if stored.is_some() {
                return Err(ServiceError::THROTTLING_EXISTS.to_error());
            }
            let (definition, diagnostics) = validation::validate_payload(Api::Throttling, verb, json, quirks)?;
            let config = StoredConfig::new(new_id(), StoredDefinition::new(definition), stamp());
            let throttling = StoredThrottling { config, sandbox_id, sandbox_name };
            let mut shown = throttling.clone();
            let is_partial = quirks.is("throttling_create", "partial");
            if is_partial {
                shown.config.definition.reverse_methods();
            }
            let mut view = ConfigViewBuilder::throttling_view(org_id, &shown, quirks);
            if is_partial {
                view.omit(&["_id", "hasBeenDeployed"]);
            }
            let response = save_response(Api::Throttling, &throttling.config, "created", &view, diagnostics, quirks);
            *stored = Some(throttling);
            response
        }
        Verb::Get => get_response(&ConfigViewBuilder::throttling_view(org_id, selected.ok_or_else(unknown)?, quirks)),
        Verb::Update => {
            let throttling = selected.ok_or_else(unknown)?;
            let (definition, diagnostics) = validation::validate_payload(Api::Throttling, verb, json, quirks)?;
            throttling.config.update(StoredDefinition::new(definition), stamp());
            // Documented: the new values are live at once. Unknown: the handling of values that cannot be deployed; the emulator
            // saves them and leaves the old ones live.
            let deployable = diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error);
            if throttling.config.deployed.is_some() && deployable {
                throttling.config.deployed = Some(throttling.config.definition.clone());
            }
            let view = ConfigViewBuilder::throttling_view(org_id, throttling, quirks);
            save_response(Api::Throttling, &throttling.config, "updated", &view, diagnostics, quirks)
        }
        Verb::Delete => {
            if selected.ok_or_else(unknown)?.config.deployed.is_some() && !is_forced(query, quirks) {
                return Err(ServiceError::THROTTLING_DEPLOYED.to_error());
            }
            *stored = None;
            response::ok(&json!({}))
        }
        Verb::CanDeploy => {
            let config = &selected.ok_or_else(unknown)?.config;
            let diagnostics = validation::diagnostics(Api::Throttling, &config.definition.parse(), quirks);
            response::ok(&json!({"canDeploy": can_deploy(Api::Throttling, config, diagnostics, quirks)}))
        }
        Verb::Deploy => {
            let config = &mut selected.ok_or_else(unknown)?.config;
            // Inferred: an updated configuration can be deployed again.
            if config.state == ConfigState::Deployed {
                return Err(ServiceError::ALREADY_DEPLOYED.to_error());
            }
            validation::check_deployable(validation::diagnostics(Api::Throttling, &config.definition.parse(), quirks))?;
            config.deploy(stamp());
            response::no_content()
        }
        Verb::Undeploy => {
            let config = &mut selected.ok_or_else(unknown)?.config;
            // Source: the documentation's error list; the vendor's specification says 204.
            if config.deployed.is_none() && quirks.is("undeploy_idle", "refused") {
                return Err(ServiceError::NOT_DEPLOYED.to_error());
            }
            config.undeploy();
            response::no_content()
        }
        // A verb that was added to the specs but not to the emulator.
        other => return Err(AuthoringError::not_emulated(Api::Throttling, other)),
    })
}
