//! The headers that are the same on every call. Source: the vendor's specification and the gateway's documentation.

use ajo_auth::{ClientId, OrgId};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Sandbox;

/// The client id, as the gateway wants it.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// The organization id.
const ORGANIZATION: HeaderName = HeaderName::from_static("x-gw-ims-org-id");
/// The sandbox.
const SANDBOX: HeaderName = HeaderName::from_static("x-sandbox-name");
/// On every answer of the gateway, and on every call of this client.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The headers that say who calls. The API key is not secret, but nobody needs it in a log.
pub(crate) fn of_caller(client_id: &ClientId, org_id: &OrgId, sandbox: &Sandbox) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::with_capacity(3);
    let values = [(API_KEY, client_id.as_str()), (ORGANIZATION, org_id.as_str()), (SANDBOX, sandbox.as_str())];
    for (name, value) in values {
        let mut value = HeaderValue::from_str(value).map_err(|_| format!("the value for {name} is no header value"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}
