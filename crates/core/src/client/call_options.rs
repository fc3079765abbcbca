//! Options for some calls only.

use std::time::Duration;

use ajo_engine::untrusted_text::excerpt;
use ajo_engine::{is_header_name, is_header_value};

use crate::Error;

/// Longest request id taken, in characters. Chosen here; the usual one, a UUID, has 36.
const MAX_REQUEST_ID: usize = 128;

/// Headers that the client sets itself, and those that say how messages and connections are framed.
const RESERVED: [&str; 18] = [
    "authorization",
    "x-api-key",
    "x-gw-ims-org-id",
    "x-sandbox-name",
    "x-request-id",
    "accept",
    "accept-encoding",
    "content-type",
    "host",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What is different for some calls: give it to `Client::with_options`. What is not named stays as it is.
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
/// # Ok::<(), ajo_core::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "options do nothing until a client is given them"]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempts: Option<u32>,
    pub(crate) request_id: Option<String>,
    /// Names in lower case; each can be sent.
    pub(crate) headers: Vec<(String, String)>,
}

impl CallOptions {
    /// How long one attempt may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long a call may take with all its attempts and the waiting between them.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Attempts in all, the first one counted; 1 for no repetition. Zero is taken for one.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts.max(1));
        self
    }

    /// What the header `x-request-id` says, in place of an identifier made for each call.
    pub fn request_id(mut self, id: &str) -> Result<Self, Error> {
        if id.is_empty() || id.len() > MAX_REQUEST_ID || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            let problem = format!("a request id has 1 to {MAX_REQUEST_ID} visible ASCII characters without spaces");
            return Err(Error::settings(problem));
        }
        self.request_id = Some(id.to_owned());
        Ok(self)
    }

    /// A header more. Those that the client sets itself cannot be set here.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let refuse = |problem: &str| Err(Error::settings(format!("the header {}: {problem}", excerpt(name, 60))));
        if !is_header_name(name) {
            return refuse("this is no name of a header");
        }
        let header = name.to_ascii_lowercase();
        if RESERVED.contains(&header.as_str()) {
            return refuse("it is the client that sets it, or leaves it out");
        }
        if !is_header_value(value) {
            return refuse("its value has characters that cannot be sent");
        }
        self.headers.retain(|(there, _)| *there != header);
        self.headers.push((header, value.to_owned()));
        Ok(self)
    }

    /// These options, with those of `later` before them.
    pub(crate) fn merged(&self, later: Self) -> Self {
        let mut headers = self.headers.clone();
        headers.retain(|(name, _)| !later.headers.iter().any(|(other, _)| other == name));
        headers.extend(later.headers);
        Self {
            timeout: later.timeout.or(self.timeout),
            deadline: later.deadline.or(self.deadline),
            attempts: later.attempts.or(self.attempts),
            request_id: later.request_id.or_else(|| self.request_id.clone()),
            headers,
        }
    }
}

impl std::fmt::Debug for CallOptions {
    /// Names headers and not what they say.
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
    fn a_header_of_the_client_or_a_malformed_one_is_refused() {
        for name in RESERVED.into_iter().chain(["Authorization", "X-Api-Key", "", "a b", "a\nb"]) {
            let error = CallOptions::default().header(name, "canary").expect_err(name);
            assert!(matches!(error.kind(), ErrorKind::Settings(_)), "{error}");
            assert!(!error.to_string().contains('\n') && !error.to_string().contains("canary"), "{error}");
        }
        CallOptions::default().header("x-a", "b\r\nx-c: d").expect_err("a line break");
        let options = CallOptions::default().header("x-a", "canary").expect("a header");
        assert!(!format!("{options:?}").contains("canary"));
    }

    #[test]
    fn a_request_id_is_short_and_visible() {
        for id in ["", "a b", "é", "a\n", &"x".repeat(129)] {
            CallOptions::default().request_id(id).expect_err(id);
        }
        let _ = CallOptions::default().request_id(&"x".repeat(128)).expect("an id");
    }

    #[test]
    fn later_options_go_before_earlier_ones_and_the_rest_stays() {
        let seconds = Duration::from_secs;
        let earlier = CallOptions::default().timeout(seconds(1)).attempts(2).header("x-a", "1").expect("a header");
        let later = CallOptions::default().attempts(0).deadline(seconds(9)).header("X-A", "2").expect("a header");
        let merged = earlier.merged(later);
        assert_eq!((merged.timeout, merged.deadline, merged.attempts), (Some(seconds(1)), Some(seconds(9)), Some(1)));
        assert_eq!(merged.headers.len(), 1);
        assert_eq!(merged.headers[0].1, "2");
    }
}
