//! The error of this crate.

use std::fmt;
use std::time::Duration;

use ajo_auth::{AuthError, is_about_certificates};

use crate::error::attempt_error::Problem;
use crate::{Ending, ErrorKind, Failure, Layer, Operation, ServiceCode};

/// Of a write that nobody knows the outcome of.
const READ_BACK: &str = "the service may have carried it out; read the configuration back before trying again";

/// Longer waits are not counted: a header can ask for any number of seconds.
const A_YEAR: u64 = 365 * 24 * 60 * 60;

/// What went wrong, on which operation, what the service said, and what to do next.
///
/// `Display` is one line without the next step; that is [`Error::hint`]. Neither ever shows a token or a secret.
///
/// ```
/// use ajo_core::{Error, ErrorKind, Layer};
///
/// fn advice(error: &Error) -> &str {
///     match error.kind() {
///         ErrorKind::Refused(failure) if failure.layer == Layer::Gateway => "the service has not seen the call",
///         ErrorKind::Timeout(_) | ErrorKind::Broken(_) if error.may_have_been_done() => "read it back first",
///         _ if error.is_retryable() => "try again later",
///         _ => error.hint().unwrap_or("see the message"),
///     }
/// }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    operation: Option<&'static Operation>,
    problem: Problem,
    told: Told,
}

/// What is known of a call however it went.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    /// What was sent as `x-request-id`.
    pub(crate) request_id: Option<String>,
}

impl Error {
    pub(crate) fn new(operation: Option<&'static Operation>, kind: ErrorKind) -> Self {
        Self(Box::new(Inner { operation, problem: kind.into(), told: Told::default() }))
    }

    pub(crate) fn settings(problem: impl Into<String>) -> Self {
        Self::new(None, ErrorKind::Settings(problem.into()))
    }

    pub(crate) fn told(operation: &'static Operation, problem: Problem, told: Told) -> Self {
        Self(Box::new(Inner { operation: Some(operation), problem, told }))
    }

    /// What kind of error it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.problem.kind
    }

    /// The operation that failed; `None` while the client is being built.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The failure that was answered, if one was.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.0.problem.kind {
            ErrorKind::Refused(failure) => Some(failure),
            _ => None,
        }
    }

    /// The HTTP status of the answer, if there was one: of the service's, or, where there is no token, of the token host's.
    pub fn status(&self) -> Option<u16> {
        match &self.0.problem.kind {
            ErrorKind::Auth(AuthError::Ims(error)) => Some(error.status),
            _ => self.0.problem.status(),
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

    /// Identifier of the request, to be named to Adobe's support: the one that was answered, else the one that was sent.
    pub fn request_id(&self) -> Option<&str> {
        let answered = match &self.0.problem.kind {
            ErrorKind::Refused(failure) => failure.request_id.as_deref(),
            ErrorKind::Unreadable { request_id, .. } => request_id.as_deref(),
            // No call was sent, so nobody knows its identifier.
            ErrorKind::Auth(_) | ErrorKind::NotSent(_) | ErrorKind::Request(_) => return None,
            _ => None,
        };
        answered.or(self.0.told.request_id.as_deref())
    }

    /// How many attempts were made; zero when the call was not begun. A replay with a new token after a 401 is part of its
    /// attempt.
    pub fn attempts(&self) -> u32 {
        self.0.told.attempts
    }

    /// How long the call took, with all its attempts and the waiting between them.
    pub fn elapsed(&self) -> Duration {
        self.0.told.elapsed
    }

    /// The body of the answer to the failed call: its first 16 KiB, without the access token if it repeats that. Empty when
    /// there was none. It may hold anything, so it is not part of `Display` or `Debug`.
    pub fn body(&self) -> &[u8] {
        &self.0.problem.body
    }

    /// How long the service asks to wait, by the header `Retry-After`, or how long the token host is left alone. The client has
    /// not waited for it: it is too long, or there was no attempt left. Nothing where waiting does not help.
    pub fn retry_after(&self) -> Option<Duration> {
        let passes = match self.kind() {
            ErrorKind::Auth(error) => error.is_retryable(),
            _ => true,
        };
        self.0.problem.retry_after.filter(|_| passes)
    }

    /// Whether the same call, made again later, may succeed and cannot do anything twice. The client has then already tried as
    /// often as it may.
    pub fn is_retryable(&self) -> bool {
        self.0.operation.is_some_and(|operation| self.ending().may_repeat(operation.idempotency))
    }

    /// Whether the service may have carried the call out all the same, so that it has to be read back: there was no whole
    /// answer, or one that cannot be read, or a failure of something before the service that does not say it was not passed on.
    pub fn may_have_been_done(&self) -> bool {
        match self.kind() {
            ErrorKind::Unreadable { .. } => true,
            // The service's own code: it looked at the call and said no.
            ErrorKind::Refused(failure) if failure.layer == Layer::Service && failure.code.is_some() => false,
            _ => self.ending().is_uncertain(),
        }
    }

    /// As far as repeating it goes.
    fn ending(&self) -> Ending<'_> {
        self.0.problem.ending()
    }

    /// Whether the call changes nothing.
    fn reads(&self) -> bool {
        self.0.operation.is_some_and(Operation::reads)
    }

    /// Whether no configuration is named, so that there is none that could be missing.
    fn is_without_uid(&self) -> bool {
        self.0.operation.is_some_and(|operation| !operation.path.contains("{uid}"))
    }

    /// Whether it took too long: no answer in time, of the service or of the token host, or a deadline that passed before anything
    /// was sent.
    pub fn is_timeout(&self) -> bool {
        match &self.0.problem.kind {
            ErrorKind::Timeout(_) | ErrorKind::NotSent(_) => true,
            ErrorKind::Auth(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// Whether it is about who is calling: no token, or one that was not accepted.
    pub fn is_authentication(&self) -> bool {
        match &self.0.problem.kind {
            ErrorKind::Auth(_) => true,
            ErrorKind::Refused(failure) => matches!(failure.status, 401 | 403),
            _ => false,
        }
    }

    /// What to do next, in one sentence, where that is known.
    pub fn hint(&self) -> Option<&str> {
        match &self.0.problem.kind {
            ErrorKind::Auth(error) => error.hint(),
            ErrorKind::Refused(failure) if failure.status == 404 && self.is_without_uid() => {
                Some("the base URL leads elsewhere; the service's ends with /journey/orchestration")
            }
            // The status alone would say that this passes, and one who then creates again has two.
            ErrorKind::Refused(_) if !self.reads() && !self.is_retryable() && self.may_have_been_done() => {
                Some(READ_BACK)
            }
            ErrorKind::Refused(failure) => failure.hint(),
            ErrorKind::NotSent(_) => {
                Some("nothing was sent; give the call a longer deadline, or the client wider limits")
            }
            ErrorKind::Connect(causes) if is_about_certificates(causes) => Some(
                "the certificate was not accepted; check the base URL and this machine's clock, and install the CA of a proxy that opens TLS",
            ),
            ErrorKind::Connect(_) => Some("check the base URL and that this machine can reach it"),
            ErrorKind::Timeout(_) | ErrorKind::Broken(_) => {
                let reads = self.reads();
                // The HTTP library's words for what it cannot make out.
                let no_http = matches!(self.kind(), ErrorKind::Broken(causes) if causes.contains(" parsed"));
                Some(if reads && no_http {
                    "what answered does not speak HTTP/1.1; check that the base URL leads to the service"
                } else if reads {
                    "this passes; try again"
                } else {
                    READ_BACK
                })
            }
            ErrorKind::Unreadable { .. } => Some(if self.reads() {
                "check that the base URL leads to the service and not to a proxy's page"
            } else {
                "the answer says success and may be a proxy's; read the configuration back before trying again"
            }),
            ErrorKind::Settings(_) | ErrorKind::Request(_) => None,
        }
    }
}

impl From<AuthError> for Error {
    /// An error before any call: credentials or a token that cannot be used.
    fn from(error: AuthError) -> Self {
        Self::new(None, ErrorKind::Auth(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation} failed: ")?;
        }
        match &self.0.problem.kind {
            ErrorKind::Settings(problem) | ErrorKind::Request(problem) => f.write_str(problem),
            ErrorKind::Auth(error @ (AuthError::NotReplaceable(_) | AuthError::UnusableToken)) => write!(f, "{error}"),
            ErrorKind::Auth(error) => write!(f, "no access token: {error}"),
            ErrorKind::NotSent(problem) => write!(f, "not sent: {problem}"),
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
        if let Some(wait) = self.retry_after().filter(|wait| !wait.is_zero()) {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let wait = if seconds > A_YEAR { "a year".to_owned() } else { format!("{seconds} s") };
            match self.kind() {
                ErrorKind::Auth(_) => write!(f, "; the token host is asked again after {wait} at the earliest"),
                _ => write!(f, "; not before {wait} from now"),
            }?;
        }
        match (self.attempts(), self.request_id()) {
            (0 | 1, None) => Ok(()),
            (0 | 1, Some(id)) => write!(f, " (request id {id})"),
            (attempts, None) => write!(f, " ({attempts} attempts)"),
            (attempts, Some(id)) => write!(f, " ({attempts} attempts, request id {id})"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation.map(ToString::to_string))
            .field("kind", self.kind())
            .field("attempts", &self.attempts())
            .field("elapsed", &self.elapsed())
            .field("request_id", &self.request_id())
            .field("retry_after", &self.retry_after())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    /// The texts of all causes are part of this error's text already; the chain is there for those who look for a type.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.problem.kind {
            ErrorKind::Auth(error) => Some(error),
            _ => self.0.problem.source.as_deref().map(|error| error as &(dyn std::error::Error + 'static)),
        }
    }
}
