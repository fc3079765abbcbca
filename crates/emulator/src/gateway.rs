//! What the gateway checks before the service sees a call.
//!
//! The codes and messages are documented; the order of the checks is inferred.

use std::collections::BTreeMap;

use ajo_auth::Timestamp;
use http::{HeaderMap, header};

use crate::gateway_error::GatewayError;
use crate::settings::Settings;
use crate::token_host::Grant;

/// A caller that passed, and where it wants to go.
pub(crate) struct Passed<'h> {
    pub(crate) client_id: String,
    pub(crate) org_id: &'h str,
    pub(crate) sandbox: &'h str,
}

/// Lets a call pass, or says with which error it does not, and what that is about.
pub(crate) fn check<'h>(
    settings: &Settings,
    tokens: &BTreeMap<String, Grant>,
    headers: &'h HeaderMap,
    now: Timestamp,
) -> Result<Passed<'h>, (GatewayError, &'static str)> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty());

    let Some(api_key) = header("x-api-key") else {
        return Err((GatewayError::KEY_MISSING, ""));
    };
    let Some(caller) = settings.callers.iter().find(|caller| caller.client_id == api_key) else {
        return Err((GatewayError::KEY_INVALID, ""));
    };
    let Some(authorization) = header(header::AUTHORIZATION.as_str()) else {
        return Err((GatewayError::TOKEN_MISSING, ""));
    };
    let token = authorization.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let grant = token.and_then(|(_, token)| tokens.get(token)).filter(|grant| grant.expires_at > now);
    let Some(grant) = grant else {
        return Err((GatewayError::TOKEN_INVALID, ""));
    };
    let Some(org_id) = header("x-gw-ims-org-id") else {
        return Err((GatewayError::MISSING_HEADER, "x-gw-ims-org-id"));
    };
    let Some(sandbox) = header("x-sandbox-name") else {
        return Err((GatewayError::MISSING_HEADER, "x-sandbox-name"));
    };
    // Inferred for a token that another client was granted; documented for another organization.
    if grant.client_id != api_key || caller.org_id.as_str() != org_id {
        return Err((GatewayError::PROFILE, ""));
    }
    Ok(Passed { client_id: grant.client_id.clone(), org_id, sandbox })
}
