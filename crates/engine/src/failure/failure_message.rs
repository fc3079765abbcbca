//! The message of a failure.

use core::fmt;

use super::call_failure::CallFailure;
use crate::{AuthError, ErrorKind};

/// Longer waits are not shown in seconds, because `Retry-After` may contain any number.
const SECONDS_PER_YEAR: u64 = 365 * 24 * 60 * 60;

impl CallFailure {
    /// Writes what happened in one line, without the operation and the hint. `sent_id` is the request id that was sent.
    pub fn write_message(&self, out: &mut dyn fmt::Write, attempts: u32, sent_id: Option<&str>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Config(message) | ErrorKind::BuildRequest(message) => out.write_str(message),
            ErrorKind::Auth(error @ (AuthError::CredentialsMismatch(_) | AuthError::InvalidToken)) => {
                write!(out, "{error}")
            }
            ErrorKind::Auth(error) => write!(out, "no access token: {error}"),
            ErrorKind::DeadlineExceeded(message) | ErrorKind::Refused(message) => write!(out, "not sent: {message}"),
            ErrorKind::Api(response) => {
                write!(out, "the service responded {}", response.status)?;
                if let Some(code) = &response.code {
                    write!(out, ", code {}", code.as_str())?;
                }
                write!(out, ": {}", response.message)
            }
            ErrorKind::Connect(message)
            | ErrorKind::NameResolution(message)
            | ErrorKind::Certificate(message)
            | ErrorKind::Proxy(message)
            | ErrorKind::ProxyAuthentication(message)
            | ErrorKind::ProxyUnreachable(message) => self.write_lost(out, "no connection", message),
            ErrorKind::Timeout(message) => self.write_lost(out, "no response in time", message),
            ErrorKind::Disconnected(message) => self.write_lost(out, "the connection was lost", message),
            ErrorKind::Decode { status, message, .. } => {
                write!(out, "the service responded {status} with an invalid body: {message}")
            }
        }?;
        if let Some(wait) = self.retry_after().filter(|wait| !wait.is_zero()) {
            out.write_str(match self.kind {
                ErrorKind::Auth(_) => "; next token request in ",
                _ => "; retry after ",
            })?;
            let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
            if seconds > SECONDS_PER_YEAR {
                out.write_str("more than a year")?;
            } else {
                write!(out, "{seconds} s")?;
            }
        }
        match (attempts, self.request_id(sent_id)) {
            (0 | 1, None) => Ok(()),
            (0 | 1, Some(id)) => write!(out, " (request id {id})"),
            (attempts, None) => write!(out, " ({attempts} attempts)"),
            (attempts, Some(id)) => write!(out, " ({attempts} attempts, request id {id})"),
        }
    }

    fn write_lost(&self, out: &mut dyn fmt::Write, event: &str, message: &str) -> fmt::Result {
        out.write_str(event)?;
        if let Some(proxy) = self.proxy() {
            write!(out, " through the proxy {proxy}")?;
        }
        write!(out, ": {message}")
    }
}
