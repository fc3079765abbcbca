//! Options of single calls.

use std::time::Duration;

use ajo_engine::check_custom_header;
use ajo_engine::untrusted_text::excerpt;

use crate::CallError;

/// The maximum length of a custom request id. A UUID has 36 characters.
const MAX_REQUEST_ID_LENGTH: usize = 128;

/// Overrides for single calls, passed to `Client::with_options`. Options that are not set keep the client's values.
///
/// ```
/// use std::time::Duration;
/// use ajo_core::CallOptions;
///
/// let options = CallOptions::default()
///     .deadline(Duration::from_secs(5))
///     .attempts(1)
///     .request_id("deploy-4711")?
///     .header("x-correlation-id", "release-12")?;
/// # Ok::<(), ajo_core::CallError>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "options do nothing until they are passed to a client"]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempts: Option<u32>,
    pub(crate) request_id: Option<String>,
    /// Validated headers with lower-case names.
    pub(crate) headers: Vec<(String, String)>,
}

impl CallOptions {
    /// The time limit of one attempt.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The time limit of a call, including retries and the delays between them.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The total number of attempts. One disables retries, and zero counts as one.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts.max(1));
        self
    }

    /// Sets the header `x-request-id`, instead of a random UUID for each call.
    pub fn request_id(mut self, id: &str) -> Result<Self, CallError> {
        if id.is_empty() || id.len() > MAX_REQUEST_ID_LENGTH || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CallError::invalid_config(format!(
                "the request id must have 1 to {MAX_REQUEST_ID_LENGTH} visible ASCII characters without spaces"
            )));
        }
        self.request_id = Some(id.to_owned());
        Ok(self)
    }

    /// Adds a header. Headers that the client itself sets are rejected.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, CallError> {
        check_custom_header(name, value)
            .map_err(|problem| CallError::invalid_config(format!("header `{}`: {problem}", excerpt(name, 60))))?;
        let header = name.to_ascii_lowercase();
        self.headers.retain(|(existing, _)| *existing != header);
        self.headers.push((header, value.to_owned()));
        Ok(self)
    }

    /// Merges two sets of options. The `overrides` take precedence.
    pub(crate) fn with_overrides(&self, overrides: Self) -> Self {
        let mut headers = self.headers.clone();
        headers.retain(|(name, _)| !overrides.headers.iter().any(|(other, _)| other == name));
        headers.extend(overrides.headers);
        Self {
            timeout: overrides.timeout.or(self.timeout),
            deadline: overrides.deadline.or(self.deadline),
            attempts: overrides.attempts.or(self.attempts),
            request_id: overrides.request_id.or_else(|| self.request_id.clone()),
            headers,
        }
    }
}

impl std::fmt::Debug for CallOptions {
    /// Shows the names of headers, not their values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("attempts", &self.attempts)
            .field("request_id", &self.request_id)
            .field("headers", &self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn reserved_and_invalid_headers_fail() {
        for name in ["authorization", "Authorization", "X-Api-Key", "te", "Upgrade", "", "a b", "a\nb"] {
            let error = CallOptions::default().header(name, "canary").expect_err(name);
            assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error}");
            assert!(!error.to_string().contains('\n') && !error.to_string().contains("canary"), "{error}");
        }
        CallOptions::default().header("x-a", "b\r\nx-c: d").expect_err("a line break");
        let options = CallOptions::default().header("x-a", "canary").expect("a header");
        assert!(!format!("{options:?}").contains("canary"));
    }

    #[test]
    fn invalid_request_ids_fail() {
        for id in ["", "a b", "é", "a\n", &"x".repeat(129)] {
            CallOptions::default().request_id(id).expect_err(id);
        }
        let _ = CallOptions::default().request_id(&"x".repeat(128)).expect("an id");
    }

    #[test]
    fn overrides_take_precedence() {
        let seconds = Duration::from_secs;
        let base = CallOptions::default().timeout(seconds(1)).attempts(2).header("x-a", "1").expect("a header");
        let overrides = CallOptions::default().attempts(0).deadline(seconds(9)).header("X-A", "2").expect("a header");
        let merged = base.with_overrides(overrides);
        assert_eq!((merged.timeout, merged.deadline, merged.attempts), (Some(seconds(1)), Some(seconds(9)), Some(1)));
        assert_eq!(merged.headers.len(), 1);
        assert_eq!(merged.headers[0].1, "2");
    }
}
