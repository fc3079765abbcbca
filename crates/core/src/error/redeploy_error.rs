//! The error of a redeploy.

use std::fmt;

use ajo_engine::LiveLimit;

use crate::{CallError, CanDeploy, ErrorOrigin, Uid, Verb};

/// A redeploy that did not end with the saved definition live. `Display` says which limit is live now.
#[derive(Debug)]
pub struct RedeployError(Box<RedeployErrorDetails>);

#[derive(Debug)]
struct RedeployErrorDetails {
    uid: Uid,
    live: LiveLimit,
    failure: RedeployFailure,
}

/// Why a redeploy failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum RedeployFailure {
    /// `can_deploy` says no. Nothing was changed.
    CannotDeploy(Box<CanDeploy>),
    /// A call failed.
    Call(CallError),
    /// The calls succeeded, but the configuration read back shows another limit.
    NotEffective,
}

impl RedeployError {
    pub(crate) fn new(uid: Uid, live: LiveLimit, failure: RedeployFailure) -> Self {
        Self(Box::new(RedeployErrorDetails { uid, live, failure }))
    }

    /// Which limit is live now. Never [`LiveLimit::New`].
    pub fn live(&self) -> LiveLimit {
        self.0.live
    }

    pub fn failure(&self) -> &RedeployFailure {
        &self.0.failure
    }

    /// A suggestion in one sentence, if there is one.
    pub fn hint(&self) -> Option<&str> {
        if self.is_missing() {
            return Some("list the configurations to find the uid");
        }
        self.0.live.repair_hint().or(match &self.0.failure {
            RedeployFailure::CannotDeploy(_) => Some("correct the definition; can_deploy lists all findings at once"),
            RedeployFailure::Call(error) => error.hint(),
            RedeployFailure::NotEffective => Some("read the configuration back; someone else may have changed it"),
        })
    }

    /// Whether the authoring service does not know the configuration, so that there is no limit to talk about.
    fn is_missing(&self) -> bool {
        let RedeployFailure::Call(error) = &self.0.failure else { return false };
        let is_get = error.operation().is_some_and(|operation| operation.verb == Verb::Get);
        let response = error.error_response();
        is_get && response.is_some_and(|response| response.status == 404 && response.origin == ErrorOrigin::Service)
    }
}

impl fmt::Display for RedeployError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RedeployErrorDetails { uid, live, failure } = &*self.0;
        write!(f, "redeploy of {uid} failed")?;
        if !self.is_missing() {
            write!(f, "; {}", live.describe())?;
        }
        f.write_str(": ")?;
        match failure {
            RedeployFailure::CannotDeploy(can_deploy) => {
                f.write_str("it cannot be deployed")?;
                for error in can_deploy.errors.iter().filter_map(|error| error.error.as_deref()) {
                    write!(f, "; {error}")?;
                }
                Ok(())
            }
            RedeployFailure::Call(error) => write!(f, "{error}"),
            RedeployFailure::NotEffective => {
                f.write_str("the service reported success, but the saved definition is not live")
            }
        }
    }
}

impl std::error::Error for RedeployError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.failure {
            RedeployFailure::Call(error) => Some(error),
            _ => None,
        }
    }
}
