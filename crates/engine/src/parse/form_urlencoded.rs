//! Form encoding (`application/x-www-form-urlencoded`, WHATWG URL standard).

use alloc::string::String;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends form-encoded text.
pub(crate) fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => out.push(char::from(byte)),
            _ => out.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
}

fn hex(digit: u8) -> char {
    char::from(HEX[usize::from(digit)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::encode;

    proptest! {
        #[test]
        fn encodes_like_serde_urlencoded(text in any::<String>(), byte in 0..0x80_u8) {
            let text = format!("{text}{}", char::from(byte));
            let mut encoded = String::from("x=");
            encode(&mut encoded, &text);
            prop_assert_eq!(encoded, serde_urlencoded::to_string([("x", &text)]).expect("a form"));
        }
    }
}
