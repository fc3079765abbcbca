//! Names and values of headers.

/// Whether a text is a valid header name (a token of RFC 9110, section 5.6.2).
pub fn is_header_name(text: &str) -> bool {
    let in_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(in_token)
}

/// Whether a text is a valid header value: visible ASCII, spaces, and tabs.
pub fn is_header_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}
