//! Keeps web pages out of the control API.

use http::{HeaderMap, StatusCode, header};

use crate::api::control::control_error::ControlError;

/// Browsers let any page send requests to loopback addresses, with its own origin or with a DNS name that it rebinds to
/// loopback. Both are rejected.
pub(super) fn check_origin(headers: &HeaderMap) -> Result<(), ControlError> {
    let header = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = header(header::HOST).unwrap_or("localhost");
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let is_address = address.parse::<std::net::IpAddr>().is_ok();
    if !is_address && !name.eq_ignore_ascii_case("localhost") {
        return Err(ControlError(
            StatusCode::FORBIDDEN,
            "the control API must be called by IP address or as localhost".to_owned(),
        ));
    }
    let same = |origin: &str| origin.split_once("://").is_some_and(|(_, rest)| rest == host);
    if header(header::ORIGIN).is_some_and(|origin| !same(origin)) {
        return Err(ControlError(
            StatusCode::FORBIDDEN,
            "the control API does not accept requests from other origins".to_owned(),
        ));
    }
    Ok(())
}
