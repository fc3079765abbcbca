//! The five calls that change something. Private: only [`crate::Apply`] makes them.

use ajo_core::{Api, CanDeploy, Client, DeleteOptions, Error, Uid};
use ajo_limits::{Definition, StepError, Unsendable};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::deploy_errors::objections;

/// Why a call did not succeed.
pub(crate) enum Refused {
    Service(Error),
    Unsendable(Unsendable),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

impl From<Unsendable> for Refused {
    fn from(error: Unsendable) -> Self {
        Self::Unsendable(error)
    }
}

/// Gives the identifier of what was created.
pub(crate) async fn create(client: &Client, definition: &Definition) -> Result<Uid, Refused> {
    let body = definition.to_send()?;
    Ok(match definition.api() {
        Api::Capping => client.capping().create(&typed(body)).await?.uid,
        Api::Throttling => client.throttling().create(&typed(body)).await?.uid,
    })
}

/// Overwrites a configuration, except for the fields that nobody knows.
pub(crate) async fn update(
    client: &Client,
    uid: &Uid,
    definition: &Definition,
    unknown: &Map<String, Value>,
) -> Result<(), Refused> {
    let body = definition.to_send_with(unknown)?;
    Ok(client.update_raw(definition.api(), uid, body).await?)
}

fn typed<T: DeserializeOwned>(body: Map<String, Value>) -> T {
    serde_json::from_value(body.into()).expect("a definition")
}

pub(crate) async fn delete(client: &Client, api: Api, uid: &Uid, force: bool) -> Result<(), Refused> {
    let options = DeleteOptions { force };
    match api {
        Api::Capping => client.capping().delete(uid, options).await?,
        Api::Throttling => client.throttling().delete(uid, options).await?,
    }
    Ok(())
}

pub(crate) async fn deploy(client: &Client, api: Api, uid: &Uid) -> Result<(), Refused> {
    match api {
        Api::Capping => client.capping().deploy(uid).await?,
        Api::Throttling => client.throttling().deploy(uid).await?,
    }
    Ok(())
}

pub(crate) async fn undeploy(client: &Client, api: Api, uid: &Uid) -> Result<(), Refused> {
    match api {
        Api::Capping => client.capping().undeploy(uid).await?,
        Api::Throttling => client.throttling().undeploy(uid).await?,
    }
    Ok(())
}

/// What speaks against deploying, if something does.
pub(crate) fn objection(verdict: &CanDeploy) -> Option<StepError> {
    let objections = objections(verdict);
    if objections.is_empty() {
        return None;
    }
    let code = verdict.errors.iter().find_map(|error| error.error_code.as_ref()).map(ToString::to_string);
    Some(StepError {
        message: format!("the service says that it cannot be deployed: {}", objections.join("; ")),
        hint: Some("change the definition in the file, and plan again".to_owned()),
        code,
        status: None,
        request_id: None,
    })
}

/// An error of the client as it is written down.
pub(crate) fn step_error(error: &Error) -> StepError {
    StepError {
        message: error.to_string(),
        hint: error.hint().map(ToOwned::to_owned),
        code: error.code().map(ToString::to_string),
        status: error.status(),
        request_id: error.request_id().map(ToOwned::to_owned),
    }
}
