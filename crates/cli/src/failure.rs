//! Why the command failed, as a person reads it.

use ajo_auth::{AuthError, CredentialsError};
use serde::Serialize;
use serde_json::json;

use crate::exit::Exit;

/// An error to show: what is wrong, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) problem: String,
    pub(crate) hint: Option<String>,
    exit: Exit,
    answered: Option<Box<Answered>>,
}

/// What the service answered, where it is the service that refuses.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    operation: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
}

impl Failure {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: None, exit: Exit::Failure, answered: None }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        self.maybe_hint(Some(hint))
    }

    fn maybe_hint(self, hint: Option<impl Into<String>>) -> Self {
        Self { hint: hint.map(Into::into), ..self }
    }

    pub(crate) fn authentication(self) -> Self {
        Self { exit: Exit::Authentication, ..self }
    }

    pub(crate) fn usage(self) -> Self {
        Self { exit: Exit::Usage, ..self }
    }

    pub(crate) fn with_exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// The same for programs, as one line.
    pub(crate) fn to_json(&self) -> String {
        json!({"error": {
            "message": self.problem,
            "hint": self.hint,
            "exitCode": self.exit.code(),
            "answered": self.answered,
        }})
        .to_string()
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.problem)
    }
}

impl From<ajo_core::Error> for Failure {
    fn from(error: ajo_core::Error) -> Self {
        let answered = Answered {
            operation: error.operation().map(ToString::to_string),
            status: error.status(),
            code: error.code().map(ToString::to_string),
            request_id: error.request_id().map(ToOwned::to_owned),
        };
        let failure = Self { answered: Some(Box::new(answered)), ..Self::new(error.to_string()) };
        let failure = failure.maybe_hint(error.hint());
        if error.is_authentication() { failure.authentication() } else { failure }
    }
}

impl From<ajo_apply::DiskError> for Failure {
    fn from(error: ajo_apply::DiskError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        Self::new(error.to_string()).authentication().maybe_hint(error.hint())
    }
}

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        let hint = match error {
            CredentialsError::Missing(_) => {
                Some("`ajo auth login` stores a credential; without an Adobe account, try --emulator")
            }
            // Of a file it is said with the file; these are the ones in the environment.
            CredentialsError::Several(_) => Some("set AJO_CREDENTIAL_NAME, or choose a profile with --profile"),
            _ => None,
        };
        Self::new(error.to_string()).authentication().maybe_hint(hint)
    }
}
