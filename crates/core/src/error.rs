//! The one error of this crate.

use std::fmt;

use ajo_auth::AuthError;

use crate::{Failure, Operation, ServiceCode};

/// What went wrong, on which operation, what the service said, and what to do next.
///
/// `Display` is one line without the next step; that is [`Error::hint`]. Neither ever shows a token or a secret.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    operation: Option<&'static Operation>,
    kind: ErrorKind,
}

/// The kinds of [`Error`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built from its settings. Nothing was sent.
    Settings(String),
    /// No access token could be had, so the call was not made.
    Auth(AuthError),
    /// The service, or something before it, answered with a failure.
    Refused(Failure),
    /// No connection was made; the service has not seen the call.
    Connect(String),
    /// No answer within the time limit; whether the service carried the call out is unknown.
    Timeout(String),
    /// The connection broke before the whole answer was there; whether the service carried the call out is unknown.
    Broken(String),
    /// The service answered success with a body that cannot be read.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with the body, without its text.
        problem: String,
        /// Identifier of the request, to be named to Adobe's support.
        request_id: Option<String>,
    },
    /// The request could not be put together. Nothing was sent.
    Request(String),
}

impl Error {
    pub(crate) fn new(operation: Option<&'static Operation>, kind: ErrorKind) -> Self {
        Self(Box::new(Inner { operation, kind }))
    }

    /// What kind of error it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The operation that failed; `None` while the client is being built.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The failure that was answered, if one was.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.0.kind {
            ErrorKind::Refused(failure) => Some(failure),
            _ => None,
        }
    }

    /// The HTTP status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        match &self.0.kind {
            ErrorKind::Refused(failure) => Some(failure.status),
            ErrorKind::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The service's or gateway's own code.
    pub fn code(&self) -> Option<&ServiceCode> {
        self.failure()?.code.as_ref()
    }

    /// The service's or gateway's own message.
    pub fn message(&self) -> Option<&str> {
        self.failure().map(|failure| failure.message.as_str())
    }

    /// Identifier of the request, to be named to Adobe's support.
    pub fn request_id(&self) -> Option<&str> {
        match &self.0.kind {
            ErrorKind::Refused(failure) => failure.request_id.as_deref(),
            ErrorKind::Unreadable { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// Whether it is about who is calling: no token, or one that was not accepted.
    pub fn is_authentication(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Auth(_) => true,
            ErrorKind::Refused(failure) => matches!(failure.status, 401 | 403),
            _ => false,
        }
    }

    /// What to do next, in one sentence, where that is known.
    pub fn hint(&self) -> Option<&str> {
        match &self.0.kind {
            ErrorKind::Auth(error) => error.hint(),
            ErrorKind::Refused(failure) => failure.hint(),
            ErrorKind::Connect(_) => Some("check the base URL and that this machine can reach it"),
            ErrorKind::Timeout(_) | ErrorKind::Broken(_) => {
                let reads = self.0.operation.is_some_and(Operation::reads);
                Some(if reads {
                    "this passes; try again"
                } else {
                    "the service may have carried it out; read the configuration back before trying again"
                })
            }
            ErrorKind::Unreadable { .. } => {
                let reads = self.0.operation.is_some_and(Operation::reads);
                Some(if reads {
                    "check that the base URL leads to the service and not to a proxy's page"
                } else {
                    "the service answered success, so it probably carried it out; read the configuration back"
                })
            }
            ErrorKind::Settings(_) | ErrorKind::Request(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation} failed: ")?;
        }
        match &self.0.kind {
            ErrorKind::Settings(problem) | ErrorKind::Request(problem) => f.write_str(problem),
            ErrorKind::Auth(error) => write!(f, "no access token: {error}"),
            ErrorKind::Refused(failure) => {
                write!(f, "the answer is {}", failure.status)?;
                if let Some(code) = &failure.code {
                    write!(f, ", code {code}")?;
                }
                write!(f, ": {}", failure.message)
            }
            ErrorKind::Connect(problem) => write!(f, "no connection: {problem}"),
            ErrorKind::Timeout(problem) => write!(f, "no answer in time: {problem}"),
            ErrorKind::Broken(problem) => write!(f, "the connection broke: {problem}"),
            ErrorKind::Unreadable { status, problem, .. } => {
                write!(f, "the answer is {status} with a body that cannot be read: {problem}")
            }
        }?;
        match self.request_id() {
            Some(id) => write!(f, " (request id {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            // Its text is part of this error's text already; the chain goes on below it.
            ErrorKind::Auth(error) => error.source(),
            _ => None,
        }
    }
}
