//! The route to a server: the proxy, and the CA certificates that the server is verified with.

use ajo_auth::{AuthError, BaseUrl, ProxyInUse, TransportErrorKind, ca_source};

use super::doctor_check::DoctorCheck;
use super::report::DoctorReport;

/// The route of requests to a server.
pub(crate) struct ServerRoute {
    server: BaseUrl,
    proxy: Option<ProxyInUse>,
}

impl ServerRoute {
    pub(crate) fn new(server: BaseUrl) -> Result<Self, AuthError> {
        let proxy = ProxyInUse::for_server(&server)?;
        Ok(Self { server, proxy })
    }

    /// Records the route before any request, unless an earlier server has one.
    pub(crate) fn record(&self, report: &mut DoctorReport) {
        let server = &self.server;
        if !report.has(DoctorCheck::Proxy) {
            match &self.proxy {
                Some(proxy) => report.add_not_proved(DoctorCheck::Proxy, proxy.to_string()),
                None => report.add_skipped(DoctorCheck::Proxy, format!("no proxy is used for {server}")),
            }
        }
        if !report.has(DoctorCheck::Certificates) {
            if server.is_plain_http() {
                report.add_skipped(DoctorCheck::Certificates, format!("not used: {server} uses plain http"));
            } else {
                report.add_not_proved(DoctorCheck::Certificates, ca_certificates());
            }
        }
    }

    /// Records what any response proves: the proxy works, and the certificate of the server was verified.
    pub(crate) fn record_response(&self, report: &mut DoctorReport) {
        let server = &self.server;
        if let Some(proxy) = &self.proxy {
            report.add_passed(DoctorCheck::Proxy, proxy.to_string(), &format!("it connected to {server}"));
        }
        if !server.is_plain_http() {
            let proof = format!("the certificate of {server} was verified");
            report.add_passed(DoctorCheck::Certificates, ca_certificates(), &proof);
        }
    }

    /// The proxy in use, as part of a message.
    pub(crate) fn describe_proxy(&self) -> String {
        match &self.proxy {
            Some(proxy) => format!("the proxy in use is {proxy}"),
            None => "no proxy is in use".to_owned(),
        }
    }

    /// Asks a proxy that refused a connection for its status. Never after a 407, because that could lock an account.
    pub(crate) async fn explain_refusal(&self, kind: TransportErrorKind) -> Option<String> {
        let proxy = self.proxy.as_ref().filter(|_| kind == TransportErrorKind::Proxy)?;
        Some(format!("; the proxy responded {} to CONNECT", proxy.connect_status().await?))
    }
}

fn ca_certificates() -> String {
    format!("CA certificates from {}", ca_source())
}

/// The check that an error of the token endpoint belongs to, or of building an HTTP client.
pub(crate) fn check_of_auth_error(error: &AuthError, otherwise: DoctorCheck) -> DoctorCheck {
    match error {
        AuthError::InvalidProxy { .. } => DoctorCheck::Proxy,
        AuthError::NoCaCertificates { .. } | AuthError::Tls(_) => DoctorCheck::Certificates,
        AuthError::Transport { kind, .. } => match kind {
            TransportErrorKind::Proxy
            | TransportErrorKind::ProxyAuthentication
            | TransportErrorKind::ProxyUnreachable => DoctorCheck::Proxy,
            TransportErrorKind::Certificate => DoctorCheck::Certificates,
            _ => DoctorCheck::TokenEndpoint,
        },
        _ => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_errors_have_own_checks() {
        let transport = |kind| AuthError::Transport { kind, proxy: None, detail: String::new() };
        for (error, check) in [
            (transport(TransportErrorKind::Certificate), DoctorCheck::Certificates),
            (AuthError::NoCaCertificates { source_name: "x" }, DoctorCheck::Certificates),
            (AuthError::InvalidProxy { variable: "ALL_PROXY", reason: "x" }, DoctorCheck::Proxy),
            (transport(TransportErrorKind::Proxy), DoctorCheck::Proxy),
            (transport(TransportErrorKind::ProxyAuthentication), DoctorCheck::Proxy),
            (transport(TransportErrorKind::ProxyUnreachable), DoctorCheck::Proxy),
            (transport(TransportErrorKind::NameResolution), DoctorCheck::TokenEndpoint),
            (transport(TransportErrorKind::Timeout), DoctorCheck::TokenEndpoint),
            (AuthError::InvalidToken, DoctorCheck::Token),
        ] {
            assert_eq!(check_of_auth_error(&error, DoctorCheck::Token), check, "{error:?}");
        }
    }
}
