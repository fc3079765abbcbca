//! What to do about a failure.

use super::call_failure::CallFailure;
use crate::{ErrorKind, ErrorOrigin, Idempotency, RequestTarget, TransportErrorKind};

/// The hint for a write with an unknown outcome.
const READ_BACK_HINT: &str = "the service may have applied the change; read the configuration back before retrying";

/// The same for a request without an operation.
const CHECK_EFFECT_HINT: &str = "the service may have processed the request; check its effect before you repeat it";

impl CallFailure {
    /// A suggestion in one sentence, if there is one. Without an operation, the client could not be built.
    pub fn hint(&self, idempotency: Option<Idempotency>, target: RequestTarget) -> Option<&'static str> {
        let is_read_only = idempotency == Some(Idempotency::Safe);
        let is_other = target == RequestTarget::Other;
        let check_effect = if is_other { CHECK_EFFECT_HINT } else { READ_BACK_HINT };
        match &self.kind {
            ErrorKind::Auth(error) => error.hint(),
            ErrorKind::Api(response) if response.status == 404 && is_other => Some("check the path and the base URL"),
            // Each API has its own permission.
            ErrorKind::Api(response) if response.status == 403 && response.code.is_none() && is_other => Some(
                "check that the credential may use this API: add the API and a product profile in Adobe's Developer Console",
            ),
            // Only the authoring service knows whether a uid exists.
            ErrorKind::Api(response)
                if response.status == 404
                    && (target == RequestTarget::Collection || response.origin != ErrorOrigin::Service) =>
            {
                Some("check the base URL; the base URL of the service ends with /journey/orchestration")
            }
            // By status alone this looks transient, but retrying a create could make a duplicate.
            ErrorKind::Api(_) if !is_read_only && !self.is_retryable(idempotency) && self.is_indeterminate() => {
                Some(check_effect)
            }
            ErrorKind::Api(response) => response.hint(),
            ErrorKind::DeadlineExceeded(_) => {
                Some("nothing was sent; raise the deadline of the call or the limits of the client")
            }
            ErrorKind::Certificate(_) => Some(
                "the server's certificate was rejected; check the base URL and the system clock, or install the CA certificate of a TLS-inspecting proxy",
            ),
            ErrorKind::NameResolution(_) => TransportErrorKind::NameResolution.network_hint(),
            ErrorKind::Proxy(_) => TransportErrorKind::Proxy.network_hint(),
            ErrorKind::ProxyAuthentication(_) => TransportErrorKind::ProxyAuthentication.network_hint(),
            ErrorKind::ProxyUnreachable(_) => TransportErrorKind::ProxyUnreachable.network_hint(),
            ErrorKind::Refused(_) => TransportErrorKind::Refused.network_hint(),
            ErrorKind::Connect(_) => Some("check the base URL and that this machine can reach it"),
            ErrorKind::Timeout(_) | ErrorKind::Disconnected(_) if is_read_only => {
                Some("this is usually temporary; try again")
            }
            ErrorKind::Timeout(_) | ErrorKind::Disconnected(_) => Some(check_effect),
            ErrorKind::Decode { .. } if is_read_only => {
                Some("check the base URL; a proxy may have responded instead of the service")
            }
            ErrorKind::Decode { .. } if is_other => Some(
                "a proxy may have responded instead of the service; check the effect of the request before you repeat it",
            ),
            ErrorKind::Decode { .. } => {
                Some("a proxy may have responded instead of the service; read the configuration back before retrying")
            }
            ErrorKind::Config(_) | ErrorKind::BuildRequest(_) => None,
        }
    }
}
