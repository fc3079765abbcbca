//! The CA certificates that servers are verified with.

use std::error::Error;

use crate::AuthError;
use crate::format_error_chain;

/// Where the CA certificates come from. On Linux, these two variables replace the system's certificates.
pub fn ca_source() -> &'static str {
    if cfg!(any(windows, target_vendor = "apple")) {
        return "the system";
    }
    let is_set = |name| std::env::var_os(name).is_some();
    if is_set("SSL_CERT_FILE") {
        "the file in SSL_CERT_FILE"
    } else if is_set("SSL_CERT_DIR") {
        "the directory in SSL_CERT_DIR"
    } else {
        "the system's certificate directories"
    }
}

/// Converts the error of building an HTTP client. `rustls` has no other general error at that point.
pub(crate) fn build_error(error: &reqwest::Error) -> AuthError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if matches!(current.downcast_ref(), Some(rustls::Error::General(_))) {
            return AuthError::NoCaCertificates { source_name: ca_source() };
        }
        cause = current.source();
    }
    AuthError::Tls(format_error_chain(error))
}
