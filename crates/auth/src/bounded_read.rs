//! Reads files and other streams of limited size.

use std::io::{self, Read};

/// Reads UTF-8 text to its end. Fails if the text is longer than `max_bytes`, after reading at most one more byte.
pub fn read_bounded_text(source: impl Read, max_bytes: usize) -> io::Result<String> {
    String::from_utf8(read_bounded_bytes(source, max_bytes)?).map_err(|error| {
        let is_utf16 = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let problem = if is_utf16 { "it is UTF-16 text; save it as UTF-8" } else { "it is not UTF-8 text" };
        io::Error::new(io::ErrorKind::InvalidData, problem)
    })
}

/// Reads bytes to their end. Fails if there are more than `max_bytes`, after reading at most one more byte.
pub fn read_bounded_bytes(source: impl Read, max_bytes: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(max_bytes as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > max_bytes { Err(length_error(max_bytes)) } else { Ok(bytes) }
}

pub(crate) fn length_error(max_bytes: usize) -> io::Error {
    let kibibytes = max_bytes / 1024;
    let size =
        if kibibytes.is_multiple_of(1024) { format!("{} MiB", kibibytes / 1024) } else { format!("{kibibytes} KiB") };
    io::Error::other(format!("it is longer than {size}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_over_the_limit_is_an_error() {
        let error = |source: &[u8]| read_bounded_text(source, 1024).expect_err("no text").to_string();
        let text = "é".repeat(512);
        assert_eq!(read_bounded_text(text.as_bytes(), 1024).expect("text"), text);
        assert_eq!(read_bounded_text(io::empty(), 0).expect("text"), "");
        assert_eq!(error(format!("x{text}").as_bytes()), "it is longer than 1 KiB", "also inside a character");
        assert_eq!(read_bounded_text(io::repeat(0), 2048).expect_err("no end").to_string(), "it is longer than 2 KiB");
        assert_eq!(error(b"\xff"), "it is not UTF-8 text");
        assert_eq!(error(b"\xff\xfeu\0"), "it is UTF-16 text; save it as UTF-8");
    }
}
