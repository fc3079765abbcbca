//! Patterns in which `*` stands for any text.

/// A pattern in which `*` stands for any text, also for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob(String);

impl Glob {
    /// One for URLs in the form of [`url`].
    pub(super) fn of_url(pattern: &str) -> Self {
        Self(url(pattern))
    }

    /// One for hosts in the form of [`host`].
    pub(super) fn of_host(pattern: &str) -> Self {
        let lower = pattern.to_lowercase();
        Self(lower.strip_suffix('.').unwrap_or(&lower).to_owned())
    }

    /// Whether a text is of this pattern. Takes time in proportion to both lengths at most.
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

/// A URL, or a pattern of one, with scheme and host in small letters, without the port that the scheme implies, and without the
/// dot that a host may end with.
pub(super) fn url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (scheme, authority) = (scheme.to_lowercase(), authority.to_lowercase());
    let implied = if scheme == "http" { ":80" } else { ":443" };
    let authority = authority.strip_suffix(implied).unwrap_or(&authority);
    let authority = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => format!("{}:{port}", host.strip_suffix('.').unwrap_or(host)),
        _ => authority.strip_suffix('.').unwrap_or(authority).to_owned(),
    };
    format!("{scheme}://{authority}{path}")
}

/// The host of a URL, in small letters, without port, brackets, or the dot that it may end with.
pub(super) fn host(text: &str) -> String {
    let url = url(text);
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
    fn a_star_stands_for_any_text() {
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
            assert_eq!(Glob::of_url(pattern).matches(&url(text)), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn hosts_are_compared_without_case_port_and_last_dot() {
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
            assert_eq!(Glob::of_host(pattern).matches(&host(text)), expected, "{pattern} {text}");
        }
    }
}
