//! Addresses that credentials are sent to.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::net::{IpAddr, Ipv6Addr};

use crate::untrusted_text::excerpt;

/// Maximum length of an address, in bytes: that of the `http` crate, which an HTTP client sends it with.
const MAX_LENGTH: usize = 65_534;

/// The root of a server that gets secrets or tokens: https, or plain http on a loopback address.
///
/// Not read with the `url` crate, whose IDNA tables would make up most of a WebAssembly build; a host name outside ASCII is
/// written in its `xn--` form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    url: String,
    plain_http: bool,
}

/// An address that credentials must not be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` cannot be used: {problem}")]
pub struct EndpointError {
    shown: String,
    problem: &'static str,
}

impl Endpoint {
    /// Reads an absolute URL, with or without a path; a slash at its end is dropped.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let text = text.trim();
        let problem = |problem| EndpointError { shown: shown(text), problem };
        let no_url = || problem("it is not a URL");
        let no_host = || problem("it names no host");
        if text.len() > MAX_LENGTH {
            return Err(no_url());
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| problem("it must begin with https://"))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if !authority.bytes().all(is_authority_byte) {
            return Err(no_url());
        }
        if authority.contains('@') {
            return Err(problem("a user name or password has no place in it"));
        }
        let host_end = if authority.starts_with('[') {
            authority.find(']').map_or(0, |end| end + 1)
        } else {
            authority.find(':').unwrap_or(authority.len())
        };
        let (host, port) = authority.split_at(host_end);
        if host.is_empty() {
            return Err(no_host());
        }
        let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if in_brackets.map_or(host.contains(['[', ']']), |address| address.parse::<Ipv6Addr>().is_err()) {
            return Err(no_url());
        }
        if !port.is_empty() && port.strip_prefix(':').is_none_or(|port| port.parse::<u16>().is_err()) {
            return Err(problem("its port is not a number from 0 to 65535"));
        }
        if text.contains(['?', '#']) {
            return Err(problem("a query or a fragment has no place in it"));
        }
        let (scheme, plain_http) = if scheme.eq_ignore_ascii_case("https") {
            ("https", false)
        } else if !scheme.eq_ignore_ascii_case("http") {
            return Err(problem("it must begin with https://"));
        } else if is_loopback(host) {
            ("http", true)
        } else {
            return Err(problem("plain http is for loopback addresses only; use https"));
        };
        let path = path.trim_end_matches('/');
        // An HTTP client takes `%2e` for a dot here.
        let dots = |part: &str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
        if path.split('/').any(dots) || path.contains('\\') {
            return Err(problem("its path must be written out, without `.`, `..` or `\\`"));
        }
        // A client encodes them, so a URL that is compared or shown would differ from the one that is called.
        if !path.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>`".contains(&byte)) {
            return Err(problem("its path has characters that must be written as `%` and two digits"));
        }
        Ok(Self { url: format!("{scheme}://{authority}{path}"), plain_http })
    }

    /// Reads the URL of a host alone, without a path, as the token host is named.
    pub fn parse_root(text: &str) -> Result<Self, EndpointError> {
        let endpoint = Self::parse(text)?;
        let after_scheme = endpoint.url.split_once("://").map_or("", |(_, rest)| rest);
        if after_scheme.contains('/') {
            let problem = "it must be the host alone; the path is added";
            return Err(EndpointError { shown: shown(&endpoint.url), problem });
        }
        Ok(endpoint)
    }

    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Whether it is plain http, which is only so on a loopback address.
    pub const fn is_plain_http(&self) -> bool {
        self.plain_http
    }
}

/// As much of an address as may be shown: what stands before an `@` may be a password, and what follows a `?` or `#` a token.
fn shown(text: &str) -> String {
    if text.contains('@') {
        return "…@…".to_owned();
    }
    let end = text.find(['?', '#']).map_or(text.len(), |mark| mark + 1);
    excerpt(&text[..end], 80)
}

/// Whether a byte can stand before the path (RFC 3986, section 3.2). No `%`: no resolver decodes it.
fn is_authority_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!$&'()*+,-.:;=@[]_~".contains(&byte)
}

/// `localhost`, `127.0.0.0/8` or `::1`. Any other name could resolve to anywhere.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use http::Uri;
    use proptest::prelude::*;

    use super::*;

    /// The URL as read with the `http` crate, which an HTTP client sends it with.
    fn by_http_crate(text: &str) -> Option<String> {
        let text = text.trim();
        let uri: Uri = text.parse().ok()?;
        let (scheme, authority, host) =
            (uri.scheme_str()?, uri.authority()?, uri.host().filter(|host| !host.is_empty())?);
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = host.eq_ignore_ascii_case("localhost")
            || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let path = uri.path().trim_end_matches('/');
        let dots = |part: &str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
        let is_usable = !authority.as_str().contains('@')
            && (authority.as_str() == host || authority.port_u16().is_some())
            && uri.query().is_none()
            && !text.contains('#')
            && (scheme == "https" || (scheme == "http" && is_loopback))
            && !path.split('/').any(dots)
            && !path.contains('\\')
            && path.bytes().all(|byte| byte.is_ascii_graphic());
        is_usable.then(|| format!("{scheme}://{authority}{path}"))
    }

    fn compare(text: &str) {
        let ours = Endpoint::parse(text).ok().map(|endpoint| endpoint.as_str().to_owned());
        let theirs = by_http_crate(text);
        // The `http` crate takes brackets with anything in them, and no client can resolve that.
        let has_brackets = theirs.as_ref().is_some_and(|url| url.contains('['));
        if !has_brackets || ours.is_some() {
            assert_eq!(ours, theirs, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn address_is_read_as_the_http_crate_reads_it(
            scheme in prop::sample::select(["https://", "http://", "HTTPS://", "Http://", "ftp://", "://", "https:/", "", " https://"].as_slice()),
            host in prop_oneof![
                prop::sample::select([
                    "a.example", "localhost", "LocalHost", "127.0.0.1", "127.1", "127.00.0.1", "[::1]", "[::2]", "[0:0::1]", "[]", "10.0.0.1",
                    "[127.0.0.1]", "[::ffff:127.0.0.1]", "[1:2:3:4:5:6:7:8]", "::1", "u@a", "u:p@a", "", ".", "a%20b", "xn--a", "a_b.", "a[b]",
                ].as_slice()).prop_map(str::to_owned),
                "[ -~é]{0,6}",
                "[]\\[:.@%a1]{0,8}",
            ],
            port in prop::sample::select(["", ":", ":0", ":443", ":65535", ":65536", ":+1", ":-1", ":a", ":1:2", ": 1", ":00080"].as_slice()),
            path in prop_oneof![
                prop::sample::select([
                    "", "/", "//", "/a", "/a/", "/..", "/a/%2E", "/.%2e/", "?", "?a", "#", "#a", "/a?b", "/a#b", "/a b", "/é", "/\\", "/%", "/*", "*",
                ].as_slice()).prop_map(str::to_owned),
                "[ -~é\u{7f}]{0,6}".prop_map(|path| format!("/{path}")),
            ],
        ) {
            compare(&format!("{scheme}{host}{port}{path}"));
        }

        #[test]
        fn text_is_read_as_the_http_crate_reads_it(text in any::<String>()) {
            compare(&text);
            compare(&format!("https://{text}"));
        }
    }

    #[test]
    fn length_limit_is_that_of_the_http_crate() {
        for length in [65_533, 65_534, 65_535, 70_000] {
            compare(&format!("https://a/{}", "x".repeat(length - "https://a/".len())));
        }
    }

    #[test]
    fn brackets_hold_an_ipv6_address() {
        for text in [
            "https://[]",
            "https://[127.0.0.1]",
            "http://[127.0.0.1]",
            "https://a[b]",
            "https://[::1]x",
            "https://[::1",
            "https://[g::1]/",
        ] {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            Endpoint::parse("https://[2001:db8::1]:8443/x").expect("an address").as_str(),
            "https://[2001:db8::1]:8443/x"
        );
    }

    #[test]
    fn https_anywhere_and_http_on_loopback_are_taken() {
        for (text, kept) in [
            ("https://a.example", "https://a.example"),
            (" https://a.example/ ", "https://a.example"),
            ("HTTPS://a.example:8443/base/path//", "https://a.example:8443/base/path"),
            ("http://localhost:1", "http://localhost:1"),
            ("HTTP://LOCALHOST", "http://LOCALHOST"),
            ("http://127.8.9.1", "http://127.8.9.1"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
        ] {
            let endpoint = Endpoint::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((endpoint.as_str(), endpoint.is_plain_http()), (kept, kept.starts_with("http:")), "{text}");
        }
    }

    #[test]
    fn a_root_has_no_path() {
        assert_eq!(Endpoint::parse_root("https://a.example/").expect("a root").as_str(), "https://a.example");
        assert_eq!(
            Endpoint::parse_root("https://a.example/ims/token/v3").expect_err("a path").to_string(),
            "`https://a.example/ims/token/v3` cannot be used: it must be the host alone; the path is added"
        );
    }

    #[test]
    fn an_address_that_could_leak_credentials_is_refused() {
        for text in [
            "",
            "a.example",
            "/path",
            "https://",
            "https:///x",
            "ftp://a.example",
            "http://a.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "https://u:p4ssw0rd@a.example",
            "https://u:p4ssw0rd@a.example:443",
            "https://a.example?x=p4ssw0rd",
            "https://a.example/#p4ssw0rd",
            "https://a.example:port",
            "https://a.example:99999",
            "https://a b.example",
            "http://0.0.0.0",
            "http://10.0.0.1",
            "http://[::ffff:10.0.0.1]",
            "https://a.example/../b",
            "https://a.example/%2e%2E/b",
            "https://a.example/.%2e/b",
            "https://a.example/b\\c",
            "https://a.example/b\u{7f}",
            "https://a.example/é",
            "file:///etc/passwd",
        ] {
            let error = Endpoint::parse(text).err().unwrap_or_else(|| panic!("{text:?} was taken"));
            assert!(!error.to_string().contains("p4ssw0rd"), "{error}");
        }
    }

    #[test]
    fn a_refused_address_is_shown_in_part_only() {
        let error = Endpoint::parse(&format!("ftp://a.example/{}", "x".repeat(1000))).expect_err("not https");
        assert!(error.to_string().len() < 200, "{error}");
        let error = Endpoint::parse_root(&format!("https://a.example/{}", "x".repeat(1000))).expect_err("no root");
        assert!(error.to_string().len() < 200, "{error}");
        assert_eq!(
            Endpoint::parse("https://a.example?x=1").expect_err("a query").to_string(),
            "`https://a.example?` cannot be used: a query or a fragment has no place in it"
        );
    }
}
