//! Base64 decoding of both alphabets. Padding and white space are optional.

use alloc::vec::Vec;

/// The decoded bytes; `None` if the text is not Base64.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits) = (0_u32, 0);
    for byte in text.trim().trim_end_matches('=').bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        buffer = buffer << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            decoded.push((buffer >> bits & 0xff) as u8);
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_are_decoded() {
        for (text, expected) in
            [("", &b""[..]), ("YQ==", b"a"), ("YWI", b"ab"), ("-_\n+/", b"\xfb\xff\xbf"), (" YWJj ", b"abc")]
        {
            assert_eq!(decode_base64(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(decode_base64("a=b"), None);
        assert_eq!(decode_base64("{}"), None);
    }
}
