//! What the gateway checks before the service sees a call.
//!
//! The codes and messages are documented; the order of the checks is inferred.

use std::collections::BTreeMap;

use ajo_auth::Timestamp;
use http::{HeaderMap, StatusCode, header};

use crate::answer::{self, Answer};
use crate::settings::Settings;
use crate::token_host::Grant;

/// Why a call does not pass.
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

impl Refusal {
    pub(crate) const PROFILE: Self =
        Self { status: StatusCode::FORBIDDEN, code: "403025", message: "Profile is not valid" };

    pub(crate) fn answer(&self) -> Answer {
        answer::gateway(self.status, self.code, self.message)
    }
}

/// A caller that passed, and where it wants to go.
pub(crate) struct Passed<'h> {
    pub(crate) client_id: String,
    pub(crate) org_id: &'h str,
    pub(crate) sandbox: &'h str,
}

pub(crate) fn check<'h>(
    settings: &Settings,
    tokens: &BTreeMap<String, Grant>,
    headers: &'h HeaderMap,
    now: Timestamp,
) -> Result<Passed<'h>, Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty());
    let refuse = |status, code, message| Err(Refusal { status, code, message });

    let Some(api_key) = header("x-api-key") else {
        return refuse(StatusCode::FORBIDDEN, "403000", "Api Key is required");
    };
    let Some(caller) = settings.callers.iter().find(|caller| caller.client_id == api_key) else {
        return refuse(StatusCode::FORBIDDEN, "403003", "Api Key is invalid");
    };
    let Some(authorization) = header(header::AUTHORIZATION.as_str()) else {
        return refuse(StatusCode::FORBIDDEN, "403010", "Oauth token is missing");
    };
    let token = authorization.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let grant = token.and_then(|(_, token)| tokens.get(token)).filter(|grant| grant.expires_at > now);
    let Some(grant) = grant else {
        return refuse(StatusCode::UNAUTHORIZED, "401013", "Oauth token is not valid");
    };
    let Some(org_id) = header("x-gw-ims-org-id") else {
        return refuse(StatusCode::BAD_REQUEST, "400003", "Missing header: x-gw-ims-org-id");
    };
    let Some(sandbox) = header("x-sandbox-name") else {
        return refuse(StatusCode::BAD_REQUEST, "400003", "Missing header: x-sandbox-name");
    };
    // Inferred for a token that another client was granted; documented for another organization.
    if grant.client_id != api_key || caller.org_id.as_str() != org_id {
        return Err(Refusal::PROFILE);
    }
    Ok(Passed { client_id: grant.client_id.clone(), org_id, sandbox })
}
