//! Names and values of headers.

use crate::text::{contains, is_any};

/// Headers that the client sets, and headers that control message framing or the connection.
const RESERVED_HEADERS: [&str; 21] = [
    "authorization",
    "x-api-key",
    "x-gw-ims-org-id",
    "x-sandbox-name",
    "x-request-id",
    "accept",
    "accept-encoding",
    "content-type",
    "host",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    // They would change the method after it was checked.
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// Checks a header that a caller adds to a request. Returns what is wrong with it.
pub fn check_custom_header(name: &str, value: &str) -> Result<(), &'static str> {
    if !is_header_name(name) {
        Err("not a valid header name")
    } else if RESERVED_HEADERS.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        Err("reserved for the client")
    } else if !is_header_value(value) {
        Err("the value has characters that cannot be sent")
    } else {
        Ok(())
    }
}

/// Whether the value of a header can be a secret, so that it does not belong in output or logs.
pub fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["authorization", "proxy-authorization", "authentication-info", "proxy-authentication-info"].contains(&&*name)
        || ["cookie", "token", "secret", "session", "api-key"].iter().any(|part| contains(&name, part))
}

/// Whether a text is a valid header name (a token of RFC 9110, section 5.6.2).
pub fn is_header_name(text: &str) -> bool {
    let in_token = |byte: u8| byte.is_ascii_alphanumeric() || is_any(byte, b"!#$%&'*+-.^_`|~");
    !text.is_empty() && text.bytes().all(in_token)
}

/// Whether a text is a valid header value: visible ASCII, spaces, and tabs.
pub fn is_header_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_headers_are_known() {
        for name in ["Set-Cookie", "cookie", "Authorization", "x-amz-security-token", "x-api-key", "x-session-id"] {
            assert!(is_secret_header(name), "{name}");
        }
        for name in ["content-type", "x-request-id", "retry-after", "www-authenticate", "location", "etag"] {
            assert!(!is_secret_header(name), "{name}");
        }
    }
}
