//! The five mutating calls. Private: only [`crate::PlanExecutor`] makes them.

use ajo_core::{Api, CallError, CanDeploy, Client, DeleteOptions, Uid};
use ajo_limits::{ConfigDefinition, IncompleteDefinition, StepError};
use serde_json::{Map, Value};

use super::deploy_errors::deploy_errors;

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

/// Creates a configuration and returns its UID.
pub(crate) async fn create(client: &Client, definition: &ConfigDefinition) -> Result<Uid, WriteError> {
    Ok(client.create_raw(definition.api(), definition.to_request_body()?).await?)
}

/// Replaces the definition of a configuration, preserving its unknown fields.
pub(crate) async fn update(
    client: &Client,
    uid: &Uid,
    definition: &ConfigDefinition,
    unknown: &Map<String, Value>,
) -> Result<(), WriteError> {
    let body = definition.to_update_body(unknown)?;
    Ok(client.update_raw(definition.api(), uid, body).await?)
}

pub(crate) async fn delete(client: &Client, api: Api, uid: &Uid, force: bool) -> Result<(), WriteError> {
    let options = DeleteOptions { force };
    match api {
        Api::Capping => client.capping().delete(uid, options).await?,
        Api::Throttling => client.throttling().delete(uid, options).await?,
    }
    Ok(())
}

pub(crate) async fn deploy(client: &Client, api: Api, uid: &Uid) -> Result<(), WriteError> {
    match api {
        Api::Capping => client.capping().deploy(uid).await?,
        Api::Throttling => client.throttling().deploy(uid).await?,
    }
    Ok(())
}

pub(crate) async fn undeploy(client: &Client, api: Api, uid: &Uid) -> Result<(), WriteError> {
    match api {
        Api::Capping => client.capping().undeploy(uid).await?,
        Api::Throttling => client.throttling().undeploy(uid).await?,
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
