//! Reading text and response bodies of limited size.

use std::io::{self, Read};

use bytes::Bytes;

/// Reads UTF-8 text to its end. Fails if the text is longer than `max_bytes`, after reading at most one more byte.
pub fn read_bounded_text(source: impl Read, max_bytes: usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    source.take(max_bytes as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > max_bytes {
        return Err(length_error(max_bytes));
    }
    String::from_utf8(bytes).map_err(|error| {
        let is_utf16 = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let problem = if is_utf16 { "it is UTF-16 text; save it as UTF-8" } else { "it is not UTF-8 text" };
        io::Error::new(io::ErrorKind::InvalidData, problem)
    })
}

pub(crate) fn length_error(max_bytes: usize) -> io::Error {
    io::Error::other(format!("it is longer than {} KiB", max_bytes / 1024))
}

/// Reads the whole body; `None` if it is longer than `max_bytes`. Stops reading within two chunks of the limit.
pub async fn read_bounded(mut response: reqwest::Response, max_bytes: usize) -> reqwest::Result<Option<Bytes>> {
    let Some(first) = response.chunk().await? else { return Ok(Some(Bytes::new())) };
    let mut next = response.chunk().await?;
    // A body of one chunk, which is the common case, is not copied.
    if next.is_none() && first.len() <= max_bytes {
        return Ok(Some(first));
    }
    let mut body = Vec::with_capacity(2 * (first.len() + next.as_ref().map_or(0, Bytes::len)));
    body.extend_from_slice(&first);
    while let Some(chunk) = next {
        if body.len() + chunk.len() > max_bytes {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
        next = response.chunk().await?;
    }
    Ok((body.len() <= max_bytes).then(|| body.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn body_over_the_limit_is_none() {
        let read = |body: &'static str| read_bounded(http::Response::new(body).into(), 3);
        assert_eq!(read("abc").await.expect("a body").as_deref(), Some(&b"abc"[..]));
        assert_eq!(read("").await.expect("a body").as_deref(), Some(&b""[..]));
        assert_eq!(read("abcd").await.expect("a body"), None);
    }

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
