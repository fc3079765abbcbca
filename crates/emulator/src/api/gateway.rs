//! The gateway's checks, which run before the service sees a call.
//!
//! The codes and messages are documented; the order of the checks is inferred.

use ajo_engine::{OrgId, Timestamp};
use http::{HeaderMap, header};

use crate::api::gateway_error::GatewayError;
use crate::api::headers;
use crate::state::settings::{AuthMode, EmulatorSettings};
use crate::state::tokens::{IssuedTokens, TokenGrant};

/// Whether a call needs the header `x-sandbox-name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SandboxHeader {
    Required,
    /// Without it, the call is for the first sandbox.
    Optional,
}

/// The client and the sandbox of a call that passed.
pub(crate) struct AuthorizedCall<'r> {
    pub(crate) client_id: &'r str,
    /// The organization that responses name.
    pub(crate) org_id: &'r str,
    pub(crate) sandbox: &'r str,
}

/// Authorizes a call. The error comes with a detail for its message. `org_id` is the organization that the dispatcher
/// resolved.
pub(crate) fn authorize<'r>(
    settings: &'r EmulatorSettings,
    tokens: &IssuedTokens,
    headers: &'r HeaderMap,
    org_id: &'r str,
    now: Timestamp,
    sandbox_header: SandboxHeader,
) -> Result<AuthorizedCall<'r>, (GatewayError, &'static str)> {
    let header = |name| headers::get_str(headers, name).filter(|value| !value.is_empty());
    let first_sandbox = || settings.sandboxes.first().map_or("prod", |sandbox| sandbox.name.as_str());
    if settings.auth == AuthMode::Off {
        return Ok(AuthorizedCall {
            client_id: header(&headers::API_KEY).unwrap_or("anonymous"),
            org_id,
            sandbox: header(&headers::SANDBOX).unwrap_or_else(first_sandbox),
        });
    }
    let strict = settings.auth == AuthMode::Strict;

    let Some(api_key) = header(&headers::API_KEY) else {
        return Err((GatewayError::KEY_MISSING, ""));
    };
    let client = settings.client(api_key);
    if strict && client.is_none() {
        return Err((GatewayError::KEY_INVALID, ""));
    }
    let Some(authorization) = header(&header::AUTHORIZATION) else {
        return Err((GatewayError::TOKEN_MISSING, ""));
    };
    let token = authorization.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let grant = token.and_then(|(_, token)| tokens.get(token.trim())).filter(|grant| grant.expires_at > now);
    let is_token_needed = strict || settings.auth == AuthMode::Any;
    if token.is_none() || (is_token_needed && grant.is_none()) {
        return Err((GatewayError::TOKEN_INVALID, ""));
    }
    let Some(requested_org) = header(&headers::ORG_ID) else {
        return Err((GatewayError::MISSING_HEADER, "x-gw-ims-org-id"));
    };
    let sandbox = match (header(&headers::SANDBOX), sandbox_header) {
        (Some(sandbox), _) => sandbox,
        (None, SandboxHeader::Optional) => first_sandbox(),
        (None, SandboxHeader::Required) => return Err((GatewayError::MISSING_HEADER, "x-sandbox-name")),
    };
    // Documented for another organization; inferred for another client's token.
    let is_foreign = |grant: &TokenGrant| grant.client_id != api_key;
    if is_token_needed && grant.is_some_and(is_foreign) {
        return Err((GatewayError::PROFILE_INVALID, ""));
    }
    if let (true, Some(grant), Some(client)) = (strict, grant, client) {
        if requested_org != client.org_id.as_str() || org_id != client.org_id.as_str() {
            return Err((GatewayError::PROFILE_INVALID, ""));
        }
        if !settings.required_scopes.iter().all(|needed| grant.scopes.iter().any(|scope| scope == needed)) {
            return Err((GatewayError::SCOPE_MISMATCH, ""));
        }
    }
    // With `any`, the organizations of unregistered clients share the first one's state, but keep their name.
    let is_named = settings.auth == AuthMode::Any && requested_org.parse::<OrgId>().is_ok();
    Ok(AuthorizedCall { client_id: api_key, org_id: if is_named { requested_org } else { org_id }, sandbox })
}
