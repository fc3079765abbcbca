//! Patterns of a policy.

use crate::url_form::{normalize_host, normalize_url_pattern, pattern_covers, patterns_overlap};

/// A pattern in which `*` matches any string, including the empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob(String);

impl Glob {
    /// A pattern for URLs in normal form.
    pub(super) fn for_url(pattern: &str) -> Self {
        Self(normalize_url_pattern(pattern))
    }

    /// A pattern for the hosts of URLs in normal form.
    pub(super) fn for_host(pattern: &str) -> Self {
        Self(normalize_host(pattern))
    }

    /// Whether a URL or a host can match both this and a limit's pattern.
    pub(super) fn overlaps(&self, pattern: &str) -> bool {
        patterns_overlap(&self.0, pattern)
    }

    /// Whether everything that a limit's pattern matches also matches this.
    pub(super) fn covers(&self, pattern: &str) -> bool {
        pattern_covers(&self.0, pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url_form::normalized_host;

    #[test]
    fn urls_are_normalized() {
        for (pattern, text, expected) in [
            ("https://a.example/*", "https://A.example:443/x", true),
            ("HTTPS://A.EXAMPLE:443/x", "https://a.example./x", true),
            ("https://a.example/X", "https://a.example/x", false),
            ("http://a.example:80/*", "http://a.example/x", true),
            ("https://a.example", "https://a.example/", true),
        ] {
            assert_eq!(Glob::for_url(pattern).overlaps(&normalize_url_pattern(text)), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn hosts_are_normalized() {
        for (pattern, text, expected) in [
            ("*.internal.example", "https://db.internal.example/x", true),
            ("*.INTERNAL.example.", "https://DB.internal.example.:8443/x", true),
            ("*.internal.example", "https://internal.example/", false),
            ("a.example", "https://b.example/a.example", false),
            ("a.example", "https://b.example?a.example", false),
            ("::1", "http://[::1]:80/x", true),
            ("bücher.example", "https://BÜCHER.example/", true),
            ("*.bücher.example", "https://www.bücher.example/", true),
            ("*", "nonsense", true),
        ] {
            let url = normalize_url_pattern(text);
            assert_eq!(Glob::for_host(pattern).overlaps(normalized_host(&url)), expected, "{pattern} {text}");
        }
    }
}
