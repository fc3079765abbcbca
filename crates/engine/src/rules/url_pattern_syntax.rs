//! URL patterns of endpoints, in which `*` is a wildcard in the path.

use alloc::string::String;

use UrlPatternError::Malformed;

use super::hidden_characters::describe_character;
use crate::parse::ip_address::{parse_ipv6, parse_port};
use crate::text::{concat, contains, find_any, is_white_space, split_at, split_once};

/// Why a URL pattern is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UrlPatternError {
    /// It is not an absolute http or https URL.
    Malformed(&'static str),
    /// It contains white space or a control character.
    Space(char),
    WildcardInHost,
}

impl UrlPatternError {
    /// What is wrong, for a message about a malformed URL.
    pub(super) fn reason(self) -> String {
        match self {
            Self::Malformed(reason) => reason.into(),
            Self::Space(character) => concat(&["it contains ", &describe_character(character)]),
            Self::WildcardInHost => "its host contains a wildcard".into(),
        }
    }
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
    const NO_SCHEME: UrlPatternError = Malformed("it must begin with https:// or http://");
    if let Some(space) = url.chars().find(|character| is_white_space(*character) || character.is_control()) {
        return Err(UrlPatternError::Space(space));
    }
    let (scheme, rest) = split_once(url, "://").ok_or(NO_SCHEME)?;
    let is_https = scheme.eq_ignore_ascii_case("https");
    if !is_https && !scheme.eq_ignore_ascii_case("http") {
        return Err(NO_SCHEME);
    }
    let authority = split_at(rest, find_any(rest, b"/?#").unwrap_or(rest.len())).0;
    if contains(authority, "@") {
        return Err(Malformed("it must not contain a user name"));
    }
    let in_brackets = authority.strip_prefix('[');
    let is_bracketed = in_brackets.is_some();
    let (host, port) = if let Some(in_brackets) = in_brackets {
        let (address, rest) =
            split_once(in_brackets, "]").ok_or(Malformed("its IPv6 address has no closing bracket"))?;
        if !contains(address, "*") && parse_ipv6(address).is_none() {
            return Err(Malformed("the address in brackets is not an IPv6 address"));
        }
        if !rest.is_empty() && !rest.starts_with(':') {
            return Err(Malformed("only a port can follow the address in brackets"));
        }
        (address, rest)
    } else {
        split_at(authority, find_any(authority, b":").unwrap_or(authority.len()))
    };
    let port = match port.strip_prefix(':') {
        None => None,
        Some(port) => Some(parse_port(port).ok_or(Malformed("its port is not a number from 0 to 65535"))?),
    };
    if contains(host, "*") {
        return Err(UrlPatternError::WildcardInHost);
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    if !is_bracketed && !is_host(host) {
        return Err(Malformed("its host is not a valid host name"));
    }
    Ok(UrlPattern { is_https, host, is_bracketed, port })
}

impl UrlPattern<'_> {
    /// Whether the host is an IP address. As in the URL standard, a host whose last label is a number is an IPv4
    /// address, also `2130706433` and `127.0.0x1`.
    pub(super) fn is_ip_address(&self) -> bool {
        let start = self.host.bytes().rposition(|byte| byte == b'.').map_or(0, |dot| dot + 1);
        let is_number = match &self.host.as_bytes()[start..] {
            [b'0', b'x' | b'X', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
            digits => digits.iter().all(u8::is_ascii_digit),
        };
        self.is_bracketed || is_number
    }

    /// Whether the port is 80 for http or 443 for https.
    pub(super) fn has_default_port(&self) -> bool {
        self.port.is_none_or(|port| port == if self.is_https { 443 } else { 80 })
    }
}

/// Labels of ASCII letters, digits, hyphens, underscores, and characters of other scripts, separated by single dots.
fn is_host(host: &str) -> bool {
    let mut is_label_empty = true;
    for character in host.chars() {
        let is_dot = character == '.';
        if is_dot && is_label_empty || !is_dot && !is_label_character(character) {
            return false;
        }
        is_label_empty = is_dot;
    }
    !is_label_empty
}

/// Outside ASCII, only the blocks of punctuation, symbols, and private characters are rejected. Tables of all letters would be 1.5 KB
/// of WebAssembly.
fn is_label_character(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || character == '-' || character == '_';
    }
    !matches!(character,
        '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{2e00}'..='\u{303f}' | '\u{e000}'..='\u{f8ff}' | '\u{fe10}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}'
        | '\u{ffe0}'..='\u{ffff}' | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..)
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
            "https://हिन्दी.example/",
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
            let error = parse_url_pattern(url).expect_err(url);
            assert_eq!(error.reason(), format!("it contains {named}"), "{url}");
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
            "https://a–b.example/",
            "https://a。b/",
            "https://a\u{1f980}.example/",
            "https://a©b/",
        ] {
            assert!(
                matches!(parse_url_pattern(url), Err(Malformed(_) | UrlPatternError::Space(_))),
                "{url}: {:?}",
                parse_url_pattern(url)
            );
        }
    }
}
