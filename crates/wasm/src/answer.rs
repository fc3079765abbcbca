//! The result of a step, as JavaScript reports it.

use ajo_auth::{AuthError, TransportProblem};
use ajo_core::SendProblem;

use crate::json_reader::Fields;

/// An answer to any step; which fields there are depends on the step.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) too_long: bool,
    /// An access token from the user's function.
    pub(crate) token: Option<String>,
    /// What the token store holds.
    pub(crate) value: Option<String>,
}

/// The headers that are looked at.
#[derive(Default)]
pub(crate) struct Headers {
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) debug_id: Option<String>,
}

/// It could not be done.
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    /// All causes in one line.
    pub(crate) detail: String,
}

/// Why not.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Connect,
    Certificate,
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
        let Ok(mut fields) = Fields::read(text) else { panic!("an answer is a JSON object") };
        if let Some(problem) = fields.text("problem") {
            let kind = Kind::named(&problem).expect("a problem that is known");
            return Err(Problem { kind, detail: fields.text("detail").unwrap_or_default() });
        }
        let mut headers = fields.object("headers");
        let Ok(status) = u16::try_from(fields.count("status").unwrap_or_default()) else { panic!("no HTTP status") };
        let answer = Self {
            status,
            headers: Headers {
                request_id: headers.text("x-request-id"),
                retry_after: headers.text("retry-after"),
                debug_id: headers.text("x-debug-id"),
            },
            too_long: fields.flag("tooLong"),
            token: fields.text("token"),
            value: fields.text("value"),
        };
        assert!(fields.is_sound() && headers.is_sound(), "an answer has the fields of its step");
        Ok(answer)
    }
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "connect" => Self::Connect,
            "certificate" => Self::Certificate,
            "timeout" => Self::Timeout,
            "broken" => Self::Broken,
            "request" => Self::Request,
            _ => return None,
        })
    }
}

impl From<Kind> for SendProblem {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Connect => Self::Connect,
            Kind::Certificate => Self::Certificate,
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
            Kind::Certificate => TransportProblem::Certificate,
            Kind::Timeout => TransportProblem::Timeout,
            Kind::Broken | Kind::Request => TransportProblem::Broken,
        };
        Self::Transport { problem, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_no_known_form_is_a_panic() {
        for text in
            ["", "[]", r#"{"status": "200"}"#, r#"{"status": 70000}"#, r#"{"problem": "rain"}"#, r#"{"headers": 1}"#]
        {
            assert!(std::panic::catch_unwind(|| Answer::read(text).is_ok()).is_err(), "{text}");
        }
        assert!(Answer::read(r#"{"status": 200, "headers": {"retry-after": null}, "other": 1}"#).is_ok());
    }
}
