//! Reads the text of credential files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::Secret;
use crate::bounded_read::read_bounded_bytes;

/// Maximum size in bytes. The JSON of a project is below 100 KB; the limit guards against devices and wrong files.
pub const MAX_CREDENTIAL_BYTES: usize = 1024 * 1024;

/// Reads a credential file. Symbolic links and pipes work.
pub fn read_credential_file(path: impl AsRef<Path>) -> io::Result<Secret> {
    read_credential_text(File::open(path)?)
}

/// Reads a credential as UTF-8 or, with a byte order mark, UTF-16, which PowerShell writes.
pub fn read_credential_text(source: impl Read) -> io::Result<Secret> {
    let bytes = read_bounded_bytes(source, MAX_CREDENTIAL_BYTES)?;
    let invalid = |reason: &str| io::Error::new(io::ErrorKind::InvalidData, reason.to_owned());
    let decoded = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        [0, _, ..] | [_, 0, ..] => return Err(invalid("it is UTF-16 without a byte order mark; save it as UTF-8")),
        _ => String::from_utf8(bytes).ok(),
    };
    decoded.map(Secret::new).ok_or_else(|| invalid("it is not valid UTF-8; save it as UTF-8"))
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    rest.is_empty().then(|| String::from_utf16(&units).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf16_is_decoded() {
        let text = "{\"CLIENT_ID\": \"Zoë 🦀\"}";
        for bytes in [encode(text, u16::to_le_bytes), encode(text, u16::to_be_bytes), text.as_bytes().to_vec()] {
            assert_eq!(read_credential_text(bytes.as_slice()).expect("text").expose(), text);
        }
    }

    #[test]
    fn other_encodings_are_errors() {
        let error = |bytes: &[u8]| read_credential_text(bytes).expect_err("no text").to_string();
        assert_eq!(error(b"{\0"), "it is UTF-16 without a byte order mark; save it as UTF-8");
        assert_eq!(error(b"\xff\xfe{\0\""), "it is not valid UTF-8; save it as UTF-8");
        assert_eq!(error(b"na\xefve"), "it is not valid UTF-8; save it as UTF-8");
        assert_eq!(read_credential_text(io::repeat(b' ')).expect_err("no end").to_string(), "it is longer than 1 MiB");
    }
}
