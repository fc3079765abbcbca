//! The HTTP client for secrets and tokens.

use std::time::Duration;

use crate::{AuthError, Endpoint, causes};

/// How long a connection may take, with TLS. Chosen here; the service publishes none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// An HTTP client for one endpoint: certificates verified, no redirects (they would carry a credential elsewhere), https only
/// unless the endpoint is plain http on a loopback address, where no proxy is used, because that would see the credential.
pub fn http_client(endpoint: &Endpoint) -> Result<reqwest::Client, AuthError> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("ajo-limits/", env!("CARGO_PKG_VERSION")));
    let builder = if endpoint.is_plain_http() {
        // It never speaks TLS, and reading the system's certificates is most of what making a client takes.
        builder.no_proxy().tls_certs_only([])
    } else {
        builder.https_only(true)
    };
    builder.build().map_err(|error| AuthError::Tls(causes(&error)))
}
