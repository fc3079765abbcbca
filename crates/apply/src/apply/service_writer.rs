//! The five mutating calls. Private: only [`crate::PlanExecutor`] makes them. Each needs a permit of its own.

use ajo_core::{Api, CallError, CanDeploy, CappingConfig, DeleteOptions, ThrottlingConfig, Uid};
use ajo_limits::{ConfigDefinition, IncompleteDefinition, ObservedConfig, StepError};
use serde_json::{Map, Value};

use super::deploy_errors::deploy_errors;
use super::write_permit::WritePermit;

/// A failed mutating call.
pub(crate) enum WriteError {
    Service(CallError),
    IncompleteDefinition(IncompleteDefinition),
}

impl From<CallError> for WriteError {
    fn from(error: CallError) -> Self {
        Self::Service(error)
    }
}

impl From<IncompleteDefinition> for WriteError {
    fn from(error: IncompleteDefinition) -> Self {
        Self::IncompleteDefinition(error)
    }
}

/// Creates a configuration and returns its UID, with the configuration if the response has it.
pub(crate) async fn create(
    permit: WritePermit,
    definition: &ConfigDefinition,
) -> Result<(Uid, Option<ObservedConfig>), WriteError> {
    let response = permit.client().create_raw(definition.api(), definition.to_request_body()?).response().await?;
    let created = response_element(definition.api(), "createdElement", &response.body);
    Ok((response.value, created))
}

/// Replaces the definition of a configuration, preserving its unknown fields. Returns the configuration if the response has it.
pub(crate) async fn update(
    permit: WritePermit,
    uid: &Uid,
    definition: &ConfigDefinition,
    unknown: &Map<String, Value>,
) -> Result<Option<ObservedConfig>, WriteError> {
    let body = definition.to_update_body(unknown)?;
    let response = permit.client().update_raw(definition.api(), uid, body).response().await?;
    Ok(response_element(definition.api(), "updatedElement", &response.body))
}

/// The configuration in a response, if it can be read.
fn response_element(api: Api, name: &str, body: &[u8]) -> Option<ObservedConfig> {
    let mut response: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let element = response.remove(name)?;
    Some(match api {
        Api::Capping => ObservedConfig::from(&serde_json::from_value::<CappingConfig>(element).ok()?),
        Api::Throttling => ObservedConfig::from(&serde_json::from_value::<ThrottlingConfig>(element).ok()?),
    })
}

pub(crate) async fn delete(permit: WritePermit, api: Api, uid: &Uid, force: bool) -> Result<(), WriteError> {
    let options = DeleteOptions { force };
    match api {
        Api::Capping => permit.client().capping().delete(uid, options).await?,
        Api::Throttling => permit.client().throttling().delete(uid, options).await?,
    }
    Ok(())
}

pub(crate) async fn deploy(permit: WritePermit, api: Api, uid: &Uid) -> Result<(), CallError> {
    match api {
        Api::Capping => permit.client().capping().deploy(uid).await?,
        Api::Throttling => permit.client().throttling().deploy(uid).await?,
    }
    Ok(())
}

pub(crate) async fn undeploy(permit: WritePermit, api: Api, uid: &Uid) -> Result<(), CallError> {
    match api {
        Api::Capping => permit.client().capping().undeploy(uid).await?,
        Api::Throttling => permit.client().throttling().undeploy(uid).await?,
    }
    Ok(())
}

/// The error if the service reports that the configuration cannot be deployed.
pub(crate) fn can_deploy_error(verdict: &CanDeploy) -> Option<StepError> {
    let errors = deploy_errors(verdict);
    if errors.is_empty() {
        return None;
    }
    let code = verdict.errors.iter().find_map(|error| error.error_code.as_ref()).map(ToString::to_string);
    Some(StepError {
        message: format!("the service reports that it cannot be deployed: {}", errors.join("; ")),
        hint: Some("fix the definition in the limits file and run `ajo plan` again".to_owned()),
        code,
        status: None,
        request_id: None,
    })
}

/// Converts a client error for the journal.
pub(crate) fn step_error(error: &CallError) -> StepError {
    StepError {
        message: error.to_string(),
        hint: error.hint().map(ToOwned::to_owned),
        code: error.code().map(ToString::to_string),
        status: error.status(),
        request_id: error.request_id().map(ToOwned::to_owned),
    }
}
