//! The five calls that change something. Private: only [`crate::Apply`] makes them.

use ajo_core::{Api, CanDeploy, Client, DeleteOptions, Error, Uid, ValidationStatus};
use ajo_plan::{Definition, StepError, Unsendable};

/// What a call that changes something has told.
pub(crate) struct Told {
    /// The identifier that a creation was given.
    pub(crate) uid: Option<Uid>,
    /// What an update says about deploying what it saved.
    pub(crate) verdict: Option<CanDeploy>,
}

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

const NOTHING: Told = Told { uid: None, verdict: None };

pub(crate) async fn create(client: &Client, definition: &Definition) -> Result<Told, Refused> {
    let uid = match definition {
        Definition::Capping(capping) => client.capping().create(&capping.to_send()?).await?.uid,
        Definition::Throttling(throttling) => client.throttling().create(&throttling.to_send()?).await?.uid,
    };
    Ok(Told { uid: Some(uid), verdict: None })
}

pub(crate) async fn update(client: &Client, uid: &Uid, definition: &Definition) -> Result<Told, Refused> {
    let verdict = match definition {
        Definition::Capping(capping) => client.capping().update(uid, &capping.to_send()?).await?.can_deploy,
        Definition::Throttling(throttling) => client.throttling().update(uid, &throttling.to_send()?).await?.can_deploy,
    };
    Ok(Told { uid: None, verdict })
}

pub(crate) async fn delete(client: &Client, api: Api, uid: &Uid, force: bool) -> Result<Told, Refused> {
    let options = if force { DeleteOptions::FORCE } else { DeleteOptions::default() };
    match api {
        Api::Capping => client.capping().delete(uid, options).await?,
        Api::Throttling => client.throttling().delete(uid, options).await?,
    }
    Ok(NOTHING)
}

pub(crate) async fn deploy(client: &Client, api: Api, uid: &Uid) -> Result<Told, Refused> {
    match api {
        Api::Capping => client.capping().deploy(uid).await?,
        Api::Throttling => client.throttling().deploy(uid).await?,
    }
    Ok(NOTHING)
}

pub(crate) async fn undeploy(client: &Client, api: Api, uid: &Uid) -> Result<Told, Refused> {
    match api {
        Api::Capping => client.capping().undeploy(uid).await?,
        Api::Throttling => client.throttling().undeploy(uid).await?,
    }
    Ok(NOTHING)
}

/// What speaks against deploying, if something does.
pub(crate) fn objection(verdict: &CanDeploy) -> Option<StepError> {
    if verdict.validation_status != Some(ValidationStatus::Error) {
        return None;
    }
    let told = verdict.errors.iter().map(|error| {
        let code = error.error_code.as_ref().map_or_else(String::new, |code| format!("{code}: "));
        format!("{code}{}", error.error.as_deref().unwrap_or("it does not say why"))
    });
    let told: Vec<_> = told.chain(verdict.reason.clone().filter(|_| verdict.errors.is_empty())).collect();
    let code = verdict.errors.iter().find_map(|error| error.error_code.as_ref()).map(ToString::to_string);
    Some(StepError {
        message: format!("the service says that it cannot be deployed: {}", told.join("; ")),
        hint: Some("change the definition in the file, and plan again".to_owned()),
        code,
        status: None,
        request_id: None,
    })
}

/// An error of the client as it is written down.
pub(crate) fn told(error: &Error) -> StepError {
    StepError {
        message: error.to_string(),
        hint: error.hint().map(ToOwned::to_owned),
        code: error.code().map(ToString::to_string),
        status: error.status(),
        request_id: error.request_id().map(ToOwned::to_owned),
    }
}
