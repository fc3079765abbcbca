//! The HTTP client for secrets and tokens.

use std::time::Duration;

use crate::transport::ca_certificates::{build_error, check_ca_file};
use crate::{AuthError, BaseUrl, ProxyInUse};

/// The connect timeout, including TLS (our limit).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Creates an HTTP client for one server. It verifies certificates, only allows https, and follows no redirects, which
/// could send a credential to another server. For plain http on a loopback address it uses no proxy, which would see
/// the credential.
pub fn http_client(endpoint: &BaseUrl) -> Result<reqwest::Client, AuthError> {
    http_client_with_timeout(endpoint, CONNECT_TIMEOUT)
}

/// Like [`http_client`], with this connect timeout, including TLS.
pub fn http_client_with_timeout(endpoint: &BaseUrl, connect_timeout: Duration) -> Result<reqwest::Client, AuthError> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .user_agent(concat!("ajo-limits/", env!("CARGO_PKG_VERSION")));
    let builder = if endpoint.is_plain_http() {
        // It never uses TLS, and loading the system's certificates is the slowest part of creating a client.
        builder.no_proxy().tls_certs_only([])
    } else {
        // The HTTP client would ignore an invalid variable and connect directly.
        ProxyInUse::for_server(endpoint)?;
        check_ca_file()?;
        builder.https_only(true)
    };
    builder.build().map_err(|error| build_error(&error))
}
