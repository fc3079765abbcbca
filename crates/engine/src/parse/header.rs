//! Names and values of headers.

/// Whether a text can be the name of a header (a token of RFC 9110, section 5.6.2).
pub fn is_header_name(text: &str) -> bool {
    let in_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(in_token)
}

/// Whether a text can be the value of a header: visible ASCII, with spaces and tabs.
pub fn is_header_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}
