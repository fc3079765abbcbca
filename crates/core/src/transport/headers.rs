//! Headers of every call. Source: the vendor's specification and the gateway's documentation.

use ajo_auth::{ClientId, OrgId};

use crate::Sandbox;

/// The client id, as the gateway wants it.
const API_KEY: &str = "x-api-key";
/// The organization id.
const ORGANIZATION: &str = "x-gw-ims-org-id";
/// The sandbox.
const SANDBOX: &str = "x-sandbox-name";
/// On every answer of the gateway, and on every call of this client.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// The headers that say who calls. The API key is not secret, but nobody needs it in a log.
#[derive(Clone)]
pub(crate) struct CallerHeaders([(&'static str, String); 3]);

impl CallerHeaders {
    /// Every value can be sent in a header: its type has seen to that.
    pub(crate) fn new(client_id: &ClientId, org_id: &OrgId, sandbox: &Sandbox) -> Self {
        let text = |value: &str| value.to_owned();
        Self([
            (API_KEY, text(client_id.as_str())),
            (ORGANIZATION, text(org_id.as_str())),
            (SANDBOX, text(sandbox.as_str())),
        ])
    }

    /// Names and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

impl std::fmt::Debug for CallerHeaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Whether a text can be the name of a header (a token of RFC 9110, section 5.6.2).
pub(crate) fn is_name(text: &str) -> bool {
    let in_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(in_token)
}

/// Whether a text can be the value of a header: visible ASCII, with spaces and tabs.
pub(crate) fn is_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}
