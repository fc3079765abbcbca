//! Addresses that credentials are sent to.

use std::fmt;
use std::net::IpAddr;

use http::Uri;

use crate::untrusted_text::excerpt;

/// The root of a server that gets secrets or tokens: https, or plain http on a loopback address.
///
/// Read with the `http` crate rather than `url`, whose IDNA tables would make up most of a WebAssembly build; a host name
/// outside ASCII is written in its `xn--` form.
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
        let uri: Uri = text.parse().map_err(|_| problem("it is not a URL"))?;
        let scheme = uri.scheme_str().ok_or_else(|| problem("it must begin with https://"))?;
        let authority = uri.authority().ok_or_else(|| problem("it names no host"))?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| problem("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(problem("a user name or password has no place in it"));
        }
        if authority.as_str() != host && authority.port_u16().is_none() {
            return Err(problem("its port is not a number from 0 to 65535"));
        }
        // `Uri` drops a fragment without a word.
        if uri.query().is_some() || text.contains('#') {
            return Err(problem("a query or a fragment has no place in it"));
        }
        let plain_http = match scheme {
            "https" => false,
            "http" if is_loopback(host) => true,
            "http" => return Err(problem("plain http is for loopback addresses only; use https")),
            _ => return Err(problem("it must begin with https://")),
        };
        let path = uri.path().trim_end_matches('/');
        // An HTTP client takes `%2e` for a dot here.
        let dots = |part: &str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
        if path.split('/').any(dots) || path.contains('\\') {
            return Err(problem("its path must be written out, without `.`, `..` or `\\`"));
        }
        // `Uri` lets them pass, a client encodes them, and what is compared or shown would be something else than is called.
        if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
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
    use super::*;

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
