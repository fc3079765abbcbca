//! The message of a failure.

use alloc::string::String;

use super::call_failure::CallFailure;
use crate::text::{concat, decimal};
use crate::{AuthError, ErrorKind, ServiceCode};

/// Longer waits are not shown in seconds, because `Retry-After` may contain any number.
const SECONDS_PER_YEAR: u64 = 365 * 24 * 60 * 60;

impl CallFailure {
    /// What happened in one line, without the operation and the hint. `sent_id` is the request id that was sent.
    pub fn message(&self, attempts: u32, sent_id: Option<&str>) -> String {
        let mut message = self.event();
        if let Some(wait) = self.retry_after().filter(|wait| !wait.is_zero()) {
            let is_token = matches!(self.kind, ErrorKind::Auth(_));
            message.push_str(if is_token { "; next token request in " } else { "; retry after " });
            let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
            if seconds > SECONDS_PER_YEAR {
                message.push_str("more than a year");
            } else {
                message.push_str(&decimal(seconds));
                message.push_str(" s");
            }
        }
        let request_id = self.request_id(sent_id);
        let mut separator = " (";
        if attempts > 1 {
            message += &concat(&[separator, &decimal(attempts.into()), " attempts"]);
            separator = ", ";
        }
        if let Some(id) = request_id {
            message += &concat(&[separator, "request id ", id]);
        }
        if attempts > 1 || request_id.is_some() {
            message.push(')');
        }
        message
    }

    fn event(&self) -> String {
        match &self.kind {
            ErrorKind::Config(message) | ErrorKind::BuildRequest(message) => message.clone(),
            ErrorKind::Auth(error @ (AuthError::CredentialsMismatch(_) | AuthError::InvalidToken)) => error.message(),
            ErrorKind::Auth(error) => concat(&["no access token: ", &error.message()]),
            ErrorKind::DeadlineExceeded(message) | ErrorKind::Refused(message) => concat(&["not sent: ", message]),
            ErrorKind::Api(response) => {
                let code = response.code.as_ref().map(ServiceCode::as_str);
                let before_code = if code.is_some() { ", code " } else { "" };
                let status = decimal(response.status.into());
                let code = code.unwrap_or_default();
                concat(&["the service responded ", &status, before_code, code, ": ", &response.message])
            }
            ErrorKind::Connect(message)
            | ErrorKind::NameResolution(message)
            | ErrorKind::Certificate(message)
            | ErrorKind::Proxy(message)
            | ErrorKind::ProxyAuthentication(message)
            | ErrorKind::ProxyUnreachable(message) => self.lost("no connection", message),
            ErrorKind::Timeout(message) => self.lost("no response in time", message),
            ErrorKind::Disconnected(message) => self.lost("the connection was lost", message),
            ErrorKind::Decode { status, message, .. } => {
                let status = decimal((*status).into());
                concat(&["the service responded ", &status, " with an invalid body: ", message])
            }
        }
    }

    fn lost(&self, event: &str, message: &str) -> String {
        let through = if self.proxy().is_some() { " through the proxy " } else { "" };
        concat(&[event, through, self.proxy().unwrap_or_default(), ": ", message])
    }
}
