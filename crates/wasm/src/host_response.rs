//! Parses the result of a step.

use ajo_auth::{AuthError, TransportErrorKind};
use ajo_core::SendErrorKind;

use crate::json_reader::JsonReader;

/// The result of a successful step. Which reader are set depends on the step.
#[derive(Default)]
pub(crate) struct HostResponse {
    pub(crate) status: u16,
    pub(crate) headers: ResponseHeaders,
    pub(crate) is_too_long: bool,
    /// The access token that the user's function returned.
    pub(crate) token: Option<String>,
    /// The value read from the token store.
    pub(crate) value: Option<String>,
}

/// The response headers that the core uses.
#[derive(Default)]
pub(crate) struct ResponseHeaders {
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) debug_id: Option<String>,
}

/// The error of a step.
pub(crate) struct HostError {
    pub(crate) kind: HostErrorKind,
    /// All causes in one line.
    pub(crate) detail: String,
}

#[derive(Clone, Copy)]
pub(crate) enum HostErrorKind {
    Connect,
    Certificate,
    Timeout,
    Disconnected,
    BuildRequest,
}

impl HostResponse {
    /// Parses the result of a step.
    ///
    /// # Panics
    ///
    /// If the result is malformed, because the JS wrapper has another version than this crate. The JS wrapper converts the panic into
    /// an `AjoInternalError`.
    pub(crate) fn from_json(text: &str) -> Result<Self, HostError> {
        let Ok(mut reader) = JsonReader::parse(text) else { panic!("the result of a step must be a JSON object") };
        if let Some(problem) = reader.string("problem") {
            let kind = HostErrorKind::from_name(&problem).expect("a known problem");
            return Err(HostError { kind, detail: reader.string("detail").unwrap_or_default() });
        }
        let mut headers = reader.object("headers");
        let Ok(status) = u16::try_from(reader.integer("status").unwrap_or_default()) else {
            panic!("invalid HTTP status")
        };
        let response = Self {
            status,
            headers: ResponseHeaders {
                request_id: headers.string("x-request-id"),
                retry_after: headers.string("retry-after"),
                debug_id: headers.string("x-debug-id"),
            },
            is_too_long: reader.flag("tooLong"),
            token: reader.string("token"),
            value: reader.string("value"),
        };
        assert!(reader.is_valid() && headers.is_valid(), "a field has the wrong type");
        Ok(response)
    }
}

impl HostErrorKind {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "connect" => Self::Connect,
            "certificate" => Self::Certificate,
            "timeout" => Self::Timeout,
            "disconnected" => Self::Disconnected,
            "buildRequest" => Self::BuildRequest,
            _ => return None,
        })
    }
}

impl From<HostErrorKind> for SendErrorKind {
    fn from(kind: HostErrorKind) -> Self {
        match kind {
            HostErrorKind::Connect => Self::Connect,
            HostErrorKind::Certificate => Self::Certificate,
            HostErrorKind::Timeout => Self::Timeout,
            HostErrorKind::Disconnected => Self::Disconnected,
            HostErrorKind::BuildRequest => Self::BuildRequest,
        }
    }
}

impl From<HostError> for AuthError {
    fn from(HostError { kind, detail }: HostError) -> Self {
        let kind = match kind {
            HostErrorKind::Connect => TransportErrorKind::Connect,
            HostErrorKind::Certificate => TransportErrorKind::Certificate,
            HostErrorKind::Timeout => TransportErrorKind::Timeout,
            HostErrorKind::Disconnected | HostErrorKind::BuildRequest => TransportErrorKind::Disconnected,
        };
        Self::Transport { kind, proxy: None, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_result_panics() {
        for text in
            ["", "[]", r#"{"status": "200"}"#, r#"{"status": 70000}"#, r#"{"problem": "rain"}"#, r#"{"headers": 1}"#]
        {
            assert!(std::panic::catch_unwind(|| HostResponse::from_json(text).is_ok()).is_err(), "{text}");
        }
        assert!(HostResponse::from_json(r#"{"status": 200, "headers": {"retry-after": null}, "other": 1}"#).is_ok());
    }
}
