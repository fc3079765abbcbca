//! The `file:` URIs of a client's roots.

use std::path::PathBuf;

/// The path of a `file:` URI on this machine.
pub(crate) fn parse_file_uri(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").filter(|path| path.starts_with('/')).unwrap_or(rest);
    if !path.starts_with('/') || path.contains(['?', '#']) {
        return None;
    }
    let decoded = decode_percent(path)?;
    // `/C:/limits` on Windows.
    let is_drive = cfg!(windows) && decoded.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if is_drive { &decoded[1..] } else { &decoded[..] }))
}

fn decode_percent(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok().filter(|digits| !digits.starts_with('+'))?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok().filter(|path| !path.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_name_folders() {
        for (uri, path) in [
            ("file:///a/b", Some("/a/b")),
            ("file://localhost/a", Some("/a")),
            ("file:///a%20b/%E6%9D%B1", Some("/a b/東")),
            ("file://server/a", None),
            ("file:///a?b", None),
            ("file:///a%0", None),
            ("file:///a%00", None),
            ("https://a.example/a", None),
            ("/a", None),
        ] {
            assert_eq!(parse_file_uri(uri), path.map(PathBuf::from), "{uri}");
        }
    }
}
