//! Patterns in which `*` matches any string.

/// A pattern in which `*` matches any string, including the empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob(String);

impl Glob {
    /// A pattern for URLs normalized with [`normalize_url`].
    pub(super) fn for_url(pattern: &str) -> Self {
        Self(normalize_url(pattern))
    }

    /// A pattern for hosts returned by [`url_host`].
    pub(super) fn for_host(pattern: &str) -> Self {
        let lower = pattern.to_lowercase();
        Self(lower.strip_suffix('.').unwrap_or(&lower).to_owned())
    }

    /// Whether a string matches. Takes at most time proportional to both lengths.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else { return self.0 == text };
        let Some(mut text) = text.strip_prefix(first) else { return false };
        let mut parts: Vec<_> = rest.split('*').collect();
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            let Some(at) = text.find(part) else { return false };
            text = &text[at + part.len()..];
        }
        text.ends_with(last)
    }
}

/// Normalizes a URL or URL pattern: scheme and host in lower case, without the default port and the host's trailing dot.
pub(super) fn normalize_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (scheme, authority) = (scheme.to_lowercase(), authority.to_lowercase());
    let default_port = if scheme == "http" { ":80" } else { ":443" };
    let authority = authority.strip_suffix(default_port).unwrap_or(&authority);
    let authority = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => format!("{}:{port}", host.strip_suffix('.').unwrap_or(host)),
        _ => authority.strip_suffix('.').unwrap_or(authority).to_owned(),
    };
    format!("{scheme}://{authority}{path}")
}

/// The host of a URL in lower case, without port, brackets, and trailing dot.
pub(super) fn url_host(text: &str) -> String {
    let url = normalize_url(text);
    let rest = url.split_once("://").map_or(&url[..], |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some(address) = authority.strip_prefix('[') {
        return address.split(']').next().unwrap_or_default().to_owned();
    }
    authority.split(':').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_matches_any_string() {
        for (pattern, text, expected) in [
            ("https://a.example/*", "https://a.example/", true),
            ("https://a.example/*", "https://a.example/x/*", true),
            ("https://a.example/*", "https://A.example:443/x", true),
            ("HTTPS://A.EXAMPLE:443/x", "https://a.example./x", true),
            ("https://a.example/X", "https://a.example/x", false),
            ("https://a.example/*", "https://a.example:8443/x", false),
            ("http://a.example:80/*", "http://a.example/x", true),
            ("*", "https://a.example/", true),
            ("*/v1/*", "https://a.example/v1/v1", true),
            ("*/v1/*/end", "https://a.example/v1/x/y/end", true),
            ("https://a.example", "https://a.example/", false),
            ("*aab", "aaaab", true),
            ("a*a", "a", false),
            ("", "", true),
            ("**", "", true),
        ] {
            assert_eq!(Glob::for_url(pattern).matches(&normalize_url(text)), expected, "{pattern} {text}");
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
            ("*", "nonsense", true),
        ] {
            assert_eq!(Glob::for_host(pattern).matches(&url_host(text)), expected, "{pattern} {text}");
        }
    }
}
