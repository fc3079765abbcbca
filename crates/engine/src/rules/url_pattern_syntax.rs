//! URL patterns of endpoints, in which `*` is a wildcard in the path.

use alloc::format;
use alloc::string::String;

use super::hidden_characters::describe_character;
use crate::parse::ip_address::parse_ipv6;
use crate::parse::substring;

/// Why a URL pattern is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum UrlPatternError {
    /// It is not an absolute http or https URL.
    Malformed(String),
    WildcardInHost,
}

/// The parts of a URL pattern that say which server it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UrlPattern<'u> {
    pub(super) is_https: bool,
    /// The host without its trailing dot and brackets, as written.
    pub(super) host: &'u str,
    /// Whether the host is an IPv6 address in brackets.
    pub(super) is_bracketed: bool,
    pub(super) port: Option<u16>,
}

/// Parses a URL pattern. The service's own parser is not published, so these rules are *inferred*: an absolute http
/// or https URL with a host, without spaces, and without a user name. A wildcard in the port makes the URL malformed
/// and does not count as a wildcard in the host: the published canDeploy sample has code 101 for
/// `https://api.example*.org:8*0/…`.
pub(super) fn parse_url_pattern(url: &str) -> Result<UrlPattern<'_>, UrlPatternError> {
    let malformed = |reason: &str| UrlPatternError::Malformed(reason.into());
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    let space = url.chars().find(|c| !is_plain && (c.is_whitespace() || c.is_control()));
    if let Some(space) = space {
        return Err(UrlPatternError::Malformed(format!("it contains {}", describe_character(space))));
    }
    let (scheme, rest) =
        substring::split_once(url, "://").ok_or_else(|| malformed("it must begin with https:// or http://"))?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(malformed("it must begin with https:// or http://"));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(malformed("it must not contain a user name"));
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) =
                rest.split_once(']').ok_or_else(|| malformed("its IPv6 address has no closing bracket"))?;
            if !address.contains('*') && parse_ipv6(address).is_none() {
                return Err(malformed("the address in brackets is not an IPv6 address"));
            }
            match rest.strip_prefix(':') {
                Some(port) => (address, Some(port)),
                None if rest.is_empty() => (address, None),
                None => return Err(malformed("only a port can follow the address in brackets")),
            }
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let number = |port: &str| port.parse().ok().filter(|_| port.bytes().all(|byte| byte.is_ascii_digit()));
    let port = match port.map(number) {
        Some(None) => return Err(malformed("its port is not a number from 0 to 65535")),
        port => port.flatten(),
    };
    if host.contains('*') {
        return Err(UrlPatternError::WildcardInHost);
    }
    let is_bracketed = authority.starts_with('[');
    let host = host.strip_suffix('.').unwrap_or(host);
    if !is_bracketed && !is_host(host) {
        return Err(malformed("its host is not a valid host name"));
    }
    Ok(UrlPattern { is_https: scheme.eq_ignore_ascii_case("https"), host, is_bracketed, port })
}

impl UrlPattern<'_> {
    /// Whether the host is an IP address. As in the URL standard, a host whose last label is a number is an IPv4
    /// address, also `2130706433` and `127.0.0x1`.
    pub(super) fn is_ip_address(&self) -> bool {
        let last = self.host.rsplit('.').next().unwrap_or_default();
        let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
        let is_number = match hexadecimal {
            Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => last.bytes().all(|byte| byte.is_ascii_digit()),
        };
        self.is_bracketed || is_number
    }

    /// Whether the port is 80 for http or 443 for https.
    pub(super) fn has_default_port(&self) -> bool {
        self.port.is_none_or(|port| port == if self.is_https { 443 } else { 80 })
    }
}

/// Labels of letters (in any script), digits, hyphens, and underscores, separated by single dots.
fn is_host(host: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_urls_are_valid() {
        for url in [
            "https://api.example.org/data/2.5/*",
            "https://api.example.org",
            "http://localhost:8080/x",
            "https://10.0.0.1/*/send",
            "HTTPS://Api.Example.org:443/a?b=*#c",
            "https://[2001:db8::1]:8443/*",
            "https://bücher.example/*",
            "https://a_b.example./",
            "https://api.example.com/v3/messages/*/send",
        ] {
            assert!(parse_url_pattern(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn wildcard_in_host_is_an_error() {
        for url in
            ["https://*.example.org/a", "https://*/", "https://api.example*.org", "https://[*]/a", "https://*:443/"]
        {
            assert_eq!(parse_url_pattern(url), Err(UrlPatternError::WildcardInHost), "{url}");
        }
    }

    #[test]
    fn space_is_named() {
        for (url, named) in [
            ("https://a b.example/", "U+0020 (space)"),
            ("https://a.example/\u{a0}x", "U+00A0 (no-break space)"),
            ("https://a.example/\n", "U+000A (line break)"),
        ] {
            assert_eq!(
                parse_url_pattern(url),
                Err(UrlPatternError::Malformed(format!("it contains {named}"))),
                "{url}"
            );
        }
    }

    #[test]
    fn other_urls_are_malformed() {
        for url in [
            "",
            "*",
            "api.example.org/a",
            "//api.example.org",
            "ftp://a.example/",
            "https://",
            "https:///path",
            "https:/a.example",
            "https://a b.example/",
            "https://a.example/\n",
            "https://a..example/",
            "https://:443/",
            "https://a.example:http/",
            "https://a.example:65536/",
            "https://a.example:8*0/",
            "https://api.example*.org:8*0/data",
            "https://u:p@a.example/",
            "https://[::1",
            "https://[::1]x/",
            "https://[nope]/",
            "https://a.example:+1/",
            "mailto:a@b.example",
            "https://a,b/",
        ] {
            assert!(
                matches!(parse_url_pattern(url), Err(UrlPatternError::Malformed(_))),
                "{url}: {:?}",
                parse_url_pattern(url)
            );
        }
    }
}
