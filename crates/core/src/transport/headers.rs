//! The headers of every call. Source: the vendor's specification and the gateway's documentation.

use ajo_auth::{ClientId, OrgId};

use crate::SandboxName;

/// Carries the client id.
const API_KEY_HEADER: &str = "x-api-key";
const ORG_ID_HEADER: &str = "x-gw-ims-org-id";
const SANDBOX_HEADER: &str = "x-sandbox-name";
/// Sent with every call, and returned by the gateway with every response.
pub(crate) const REQUEST_ID_HEADER: &str = "x-request-id";

/// The headers that identify the client. `Debug` omits the values: they are not secret, but do not belong in logs.
#[derive(Clone)]
pub(crate) struct ClientHeaders([(&'static str, String); 3]);

impl ClientHeaders {
    /// The types guarantee valid header values.
    pub(crate) fn new(client_id: &ClientId, org_id: &OrgId, sandbox: &SandboxName) -> Self {
        Self([
            (API_KEY_HEADER, client_id.to_string()),
            (ORG_ID_HEADER, org_id.to_string()),
            (SANDBOX_HEADER, sandbox.to_string()),
        ])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

impl std::fmt::Debug for ClientHeaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
