//! The CA certificates that servers are verified with.

use std::error::Error;

use crate::AuthError;
use crate::format_error_chain;

const CA_FILE: &str = "SSL_CERT_FILE";
const CA_FILE_SOURCE: &str = "the file in SSL_CERT_FILE";

/// Where the CA certificates come from. On Linux, these two variables replace the system's certificates.
pub fn ca_source() -> &'static str {
    if cfg!(any(windows, target_vendor = "apple")) {
        return "the system";
    }
    let is_set = |name| std::env::var_os(name).is_some();
    if is_set(CA_FILE) {
        CA_FILE_SOURCE
    } else if is_set("SSL_CERT_DIR") {
        "the directory in SSL_CERT_DIR"
    } else {
        "the system's certificate directories"
    }
}

/// Fails if `SSL_CERT_FILE` is a device or a pipe, because reading it may never end.
pub(crate) fn check_ca_file() -> Result<(), AuthError> {
    let source_name = ca_source();
    let is_special = || {
        let metadata = std::env::var_os(CA_FILE).and_then(|path| std::fs::metadata(path).ok());
        metadata.is_some_and(|metadata| !metadata.is_file())
    };
    if source_name == CA_FILE_SOURCE && is_special() {
        return Err(AuthError::NoCaCertificates { source_name });
    }
    Ok(())
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
