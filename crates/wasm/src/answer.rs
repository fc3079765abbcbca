//! How a step went, as JavaScript says it.

use ajo_auth::{AuthError, TransportProblem};
use ajo_core::SendProblem;
use serde::Deserialize;

/// An answer to any step; which fields there are depends on the step.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) too_long: bool,
    /// An access token from the user's function.
    pub(crate) token: Option<String>,
    /// What the token store holds.
    pub(crate) value: Option<String>,
    /// Why it could not be done.
    problem: Option<Kind>,
    /// All causes in one line.
    detail: String,
}

/// The headers that are looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Headers {
    #[serde(rename = "x-request-id")]
    pub(crate) request_id: Option<String>,
    #[serde(rename = "retry-after")]
    pub(crate) retry_after: Option<String>,
    #[serde(rename = "x-debug-id")]
    pub(crate) debug_id: Option<String>,
}

/// It could not be done.
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    pub(crate) detail: String,
}

/// Why not.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Connect,
    Timeout,
    Broken,
    Request,
}

impl Answer {
    /// Reads what was said.
    ///
    /// # Panics
    ///
    /// When that is of no known form: the shell and this do not belong together. It makes an `AjoInternalError` of that.
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        let answer: Self = serde_json::from_str(text).expect("an answer to the step that was asked");
        match answer.problem {
            None => Ok(answer),
            Some(kind) => Err(Problem { kind, detail: answer.detail }),
        }
    }
}

impl From<Kind> for SendProblem {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Connect => Self::Connect,
            Kind::Timeout => Self::Timeout,
            Kind::Broken => Self::Broken,
            Kind::Request => Self::Request,
        }
    }
}

impl From<Problem> for AuthError {
    fn from(Problem { kind, detail }: Problem) -> Self {
        let problem = match kind {
            Kind::Connect => TransportProblem::Connect,
            Kind::Timeout => TransportProblem::Timeout,
            Kind::Broken | Kind::Request => TransportProblem::Broken,
        };
        Self::Transport { problem, detail }
    }
}
