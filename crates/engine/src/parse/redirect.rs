//! The target of a redirect, which no client follows.

use alloc::string::String;

use crate::text::{concat, find_any, split_at, split_once};
use crate::untrusted_text::excerpt;

/// The longest shown origin in characters. A host name has at most 253.
const MAX_SHOWN: usize = 80;

/// Names the target of a redirect without user, path, and query. `location` is the header `Location`, which can contain anything.
pub(crate) fn describe_redirect(location: &str) -> String {
    let (scheme, rest) = match split_once(location, "://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            (concat(&[scheme, "://"]), rest)
        }
        _ => match location.strip_prefix("//") {
            Some(rest) => (String::from("//"), rest),
            None => return "another path".into(),
        },
    };
    let authority = split_at(rest, find_any(rest, b"/\\?#").unwrap_or(rest.len())).0;
    let host_start = authority.bytes().rposition(|byte| byte == b'@').map_or(0, |at| at + 1);
    excerpt(&concat(&[&scheme, split_at(authority, host_start).1]), MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_shows_the_origin_only() {
        for (location, shown) in [
            ("https://evil.example/x?token=s3cret#s3cret", "https://evil.example"),
            ("https://evil.example?s3cret", "https://evil.example"),
            ("https://s3cret:s3cret@evil.example:444/s3cret", "https://evil.example:444"),
            ("//evil.example/s3cret", "//evil.example"),
            ("/s3cret", "another path"),
            ("s3cret", "another path"),
            ("mailto:s3cret", "another path"),
            ("?next=https://s3cret", "another path"),
            ("https://evil.example\\s3cret", "https://evil.example"),
            ("https://\u{1b}[31mevil", "https://\\u{1b}[31mevil"),
        ] {
            assert_eq!(describe_redirect(location), shown, "{location}");
        }
        assert!(describe_redirect(&concat(&["https://", &"x".repeat(1000)])).len() < 100);
    }
}
