//! Names of request headers, parsed once: parsing a name costs more than the lookup.

use http::{HeaderMap, HeaderName};

use crate::faults::injection::FAULT_HEADER;

pub(crate) static API_KEY: HeaderName = HeaderName::from_static("x-api-key");
pub(crate) static FAULT: HeaderName = HeaderName::from_static(FAULT_HEADER);
pub(crate) static ORG_ID: HeaderName = HeaderName::from_static("x-gw-ims-org-id");
pub(crate) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(crate) static SANDBOX: HeaderName = HeaderName::from_static("x-sandbox-name");

/// The value of a header, if it is a visible ASCII string.
pub(crate) fn get_str<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
