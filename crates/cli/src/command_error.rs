//! The error of a failed command, with a hint and an exit code.

mod state_errors;

use ajo_auth::{AuthError, CredentialsError};
use ajo_core::RedeployFailure;
use ajo_limits::FileDiagnostic;
use serde::Serialize;
use serde_json::json;

use crate::exit_status::ExitStatus;
use crate::rejected_part::RejectedPart;

/// The longest wait that an error shows, in seconds.
const MAX_SHOWN_WAIT: u64 = 24 * 60 * 60;

/// An error message, and a hint that says what to do next.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    exit_status: ExitStatus,
    response: Option<Box<ServiceResponse>>,
    rejected: Option<RejectedPart>,
    diagnostics: Vec<FileDiagnostic>,
}

/// The response of the service, if the service rejected the call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceResponse {
    operation: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
}

impl CommandError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self {
            message: problem.into(),
            hint: None,
            exit_status: ExitStatus::Failure,
            response: None,
            rejected: None,
            diagnostics: Vec::new(),
        }
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        self.with_optional_hint(Some(hint))
    }

    fn with_optional_hint(self, hint: Option<impl Into<String>>) -> Self {
        Self { hint: hint.map(Into::into), ..self }
    }

    pub(crate) fn into_authentication_error(self) -> Self {
        Self { exit_status: ExitStatus::Authentication, ..self }
    }

    pub(crate) fn into_usage_error(self) -> Self {
        Self { exit_status: ExitStatus::Usage, ..self }
    }

    pub(crate) fn with_exit_status(self, exit: ExitStatus) -> Self {
        Self { exit_status: exit, ..self }
    }

    /// Puts the progress before the message.
    pub(crate) fn after(self, progress: &str) -> Self {
        Self { message: format!("{progress}, then: {}", self.message), ..self }
    }

    /// Adds the problems of a file, for JSON.
    pub(crate) fn with_diagnostics(self, diagnostics: Vec<FileDiagnostic>) -> Self {
        Self { diagnostics, ..self }
    }

    /// The problems of a file.
    pub(crate) fn diagnostics(&self) -> &[FileDiagnostic] {
        &self.diagnostics
    }

    /// The rejected part of the credentials, whose source is not in the hint yet.
    pub(crate) const fn rejected_part(&self) -> Option<RejectedPart> {
        self.rejected
    }

    /// Adds the source of the rejected part to the hint.
    pub(crate) fn with_rejected_source(self, source: &str) -> Self {
        let hint = self.hint.as_ref().map_or_else(|| source.to_owned(), |hint| format!("{hint}; {source}"));
        Self { hint: Some(hint), rejected: None, ..self }
    }

    pub(crate) const fn exit_status(&self) -> ExitStatus {
        self.exit_status
    }

    /// The error as one line of JSON.
    pub(crate) fn to_json(&self) -> String {
        let mut error = json!({
            "message": self.message,
            "hint": self.hint,
            "exitCode": self.exit_status.code(),
            "response": self.response,
        });
        if !self.diagnostics.is_empty() {
            error["diagnostics"] = json!(self.diagnostics);
        }
        json!({ "error": error }).to_string()
    }
}

impl std::fmt::Display for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<ajo_core::CallError> for CommandError {
    fn from(error: ajo_core::CallError) -> Self {
        let response = ServiceResponse {
            operation: error.target().map(ToString::to_string),
            status: error.status(),
            code: error.code().map(ToString::to_string),
            request_id: error.request_id().map(ToOwned::to_owned),
        };
        let rejected = RejectedPart::from_call_error(&error);
        let failure = Self { response: Some(Box::new(response)), rejected, ..Self::new(error.to_string()) };
        let failure = failure.with_optional_hint(error.hint());
        if error.is_authentication() { failure.into_authentication_error() } else { failure }
    }
}

impl From<ajo_core::RedeployError> for CommandError {
    fn from(error: ajo_core::RedeployError) -> Self {
        let failure = Self::new(error.to_string()).with_optional_hint(error.hint());
        match error.failure() {
            RedeployFailure::Call(call) if call.is_authentication() => failure.into_authentication_error(),
            _ => failure,
        }
    }
}

impl From<ajo_state::ClockError> for CommandError {
    fn from(error: ajo_state::ClockError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<AuthError> for CommandError {
    fn from(error: AuthError) -> Self {
        let wait = error.retry_after().map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        // `Retry-After` may contain any number.
        let message = match wait {
            Some(seconds @ 1..=MAX_SHOWN_WAIT) => format!("{error}; retry after {seconds} s"),
            _ => error.to_string(),
        };
        let rejected = RejectedPart::from_auth_error(&error);
        Self { rejected, ..Self::new(message).into_authentication_error().with_optional_hint(error.hint()) }
    }
}

impl From<CredentialsError> for CommandError {
    fn from(error: CredentialsError) -> Self {
        let hint = match error.root() {
            CredentialsError::Missing(_) => {
                Some("`ajo auth login` stores a credential; without an Adobe account, try --emulator")
            }
            CredentialsError::Ambiguous(_) | CredentialsError::UnknownName { .. } => {
                Some("set AJO_CREDENTIAL_NAME or pass --credential-name, or choose a profile with --profile")
            }
            _ => None,
        };
        Self::new(error.to_string()).into_authentication_error().with_optional_hint(hint)
    }
}
