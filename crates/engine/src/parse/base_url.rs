//! Base URLs of the servers that receive credentials.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;

use crate::parse::api_path::path_problem;
use crate::parse::ip_address::{is_loopback_address, parse_ipv6, parse_port};
use crate::text::{concat, contains, find, find_any, is_any, split_at, split_once, trim};
use crate::untrusted_text::excerpt;

/// The default gateway, the same for every region. Source: the vendor's specification.
pub const BASE_URL: &str = "https://platform.adobe.io/journey/orchestration";

/// Adobe's identity service for all regions. Source: Adobe's guide to the OAuth server-to-server credential.
pub const IMS_URL: &str = "https://ims-na1.adobelogin.com";

/// Maximum length of a URL in bytes: the limit of the `http` crate, which HTTP clients use.
pub(crate) const MAX_LENGTH: usize = 65_534;

/// The base URL of a server that receives secrets or tokens: https, or plain http on a loopback address.
///
/// It is not parsed with the `url` crate, because its IDNA tables would make up most of a WebAssembly build. Host names
/// outside ASCII must be in their `xn--` form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    url: String,
    is_plain_http: bool,
}

/// A URL that credentials must not be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct BaseUrlError {
    excerpt: String,
    reason: &'static str,
}

impl BaseUrlError {
    pub fn message(&self) -> String {
        concat(&["`", &self.excerpt, "` cannot be used: ", self.reason])
    }
}

impl BaseUrl {
    /// Parses an absolute URL with or without a path. Trailing slashes are dropped.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = trim(text);
        Self::parse_trimmed(text).map_err(|reason| BaseUrlError { excerpt: redacted_excerpt(text), reason })
    }

    /// The error is what is wrong with the URL.
    fn parse_trimmed(text: &str) -> Result<Self, &'static str> {
        const NO_SCHEME: &str = "it must begin with https://";
        const NOT_A_URL: &str = "it is not a URL";
        if text.len() > MAX_LENGTH {
            return Err(NOT_A_URL);
        }
        let (scheme, rest) = split_once(text, "://").ok_or(NO_SCHEME)?;
        let (authority, path) = split_at(rest, find_any(rest, b"/?#").unwrap_or(rest.len()));
        if !authority.bytes().all(is_authority_byte) {
            return Err(NOT_A_URL);
        }
        if contains(authority, "@") {
            return Err("it must not contain a user name or a password");
        }
        let host_end = if authority.starts_with('[') {
            find(authority, "]").map_or(0, |end| end + 1)
        } else {
            find(authority, ":").unwrap_or(authority.len())
        };
        let (host, port) = split_at(authority, host_end);
        if host.is_empty() {
            return Err("it has no host");
        }
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_valid = address.map_or(find_any(host, b"[]").is_none(), |address| parse_ipv6(address).is_some());
        if !is_valid {
            return Err(NOT_A_URL);
        }
        // The `http` crate accepts a plus sign.
        let digits = port.strip_prefix(":+").or_else(|| port.strip_prefix(':'));
        if !port.is_empty() && digits.and_then(parse_port).is_none() {
            return Err("its port is not a number from 0 to 65535");
        }
        if find_any(text, b"?#").is_some() {
            return Err("it must not contain a query or a fragment");
        }
        let is_plain_http = if scheme.eq_ignore_ascii_case("https") {
            false
        } else if !scheme.eq_ignore_ascii_case("http") {
            return Err(NO_SCHEME);
        } else if is_loopback(host) {
            true
        } else {
            return Err("plain http is only allowed for loopback addresses; use https");
        };
        let mut path = path;
        while let Some(shorter) = path.strip_suffix('/') {
            path = shorter;
        }
        if let Some(reason) = path_problem(path) {
            return Err(reason);
        }
        let scheme = if is_plain_http { "http://" } else { "https://" };
        Ok(Self { url: concat(&[scheme, authority, path]), is_plain_http })
    }

    /// The base URL of the service: this one, or the default. The error is a complete message.
    pub fn parse_service(url: Option<&str>) -> Result<Self, String> {
        Self::parse(url.unwrap_or(BASE_URL)).map_err(|error| concat(&["invalid base URL: ", &error.message()]))
    }

    /// The origin of the token endpoint: this one, or the default. The error is a complete message.
    pub fn parse_token_endpoint(url: Option<&str>) -> Result<Self, String> {
        Self::parse_origin(url.unwrap_or(IMS_URL))
            .map_err(|error| concat(&["invalid token endpoint: ", &error.message()]))
    }

    /// Parses a URL without a path, such as the address of the token endpoint.
    pub fn parse_origin(text: &str) -> Result<Self, BaseUrlError> {
        let base_url = Self::parse(text)?;
        let after_scheme = split_once(&base_url.url, "://").map_or("", |(_, rest)| rest);
        if contains(after_scheme, "/") {
            let reason = "it must not have a path; the client adds it";
            return Err(BaseUrlError { excerpt: redacted_excerpt(&base_url.url), reason });
        }
        Ok(base_url)
    }

    /// Scheme, host, and port in the form in which URLs are normalized: in lower case, without the default port.
    pub fn origin(&self) -> String {
        let (scheme, rest) = split_once(&self.url, "://").unwrap_or_default();
        let authority = split_once(rest, "/").map_or(rest, |(authority, _)| authority);
        let default_port = if self.is_plain_http { ":80" } else { ":443" };
        let authority = authority.strip_suffix(default_port).unwrap_or(authority);
        concat(&[scheme, "://", &authority.to_ascii_lowercase()])
    }

    /// The path without a trailing slash, which can be empty.
    pub fn path(&self) -> &str {
        let after_scheme = split_once(&self.url, "://").map_or("", |(_, rest)| rest);
        split_at(after_scheme, find(after_scheme, "/").unwrap_or(after_scheme.len())).1
    }

    /// The URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Whether the scheme is plain http, which is only allowed on loopback addresses.
    pub const fn is_plain_http(&self) -> bool {
        self.is_plain_http
    }
}

/// The part of a URL that is safe to show. Text before an `@` can be a password, and text after `?` or `#` a token.
pub(crate) fn redacted_excerpt(text: &str) -> String {
    if contains(text, "@") {
        return "…@…".to_owned();
    }
    let end = find_any(text, b"?#").map_or(text.len(), |mark| mark + 1);
    excerpt(split_at(text, end).0, 80)
}

/// Whether a byte is allowed before the path (RFC 3986, section 3.2). `%` is not, because no resolver decodes it.
fn is_authority_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || is_any(byte, b"!$&'()*+,-.:;=@[]_~")
}

/// `localhost`, `127.0.0.0/8`, or `::1`. Other names could resolve to any address.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || is_loopback_address(address)
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use http::Uri;
    use proptest::prelude::*;

    use super::*;
    use crate::text::replace;

    /// The URL as parsed by the `http` crate.
    fn parse_with_http_crate(text: &str) -> Option<String> {
        let text = text.trim();
        let uri: Uri = text.parse().ok()?;
        let (scheme, authority, host) =
            (uri.scheme_str()?, uri.authority()?, uri.host().filter(|host| !host.is_empty())?);
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = host.eq_ignore_ascii_case("localhost") || is_loopback_address(address);
        let path = uri.path().trim_end_matches('/');
        let dots = |part: &str| matches!(replace(&part.to_ascii_lowercase(), "%2e", ".").as_str(), "." | "..");
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
        let parsed = BaseUrl::parse(text).ok().map(|url| url.as_str().to_owned());
        let expected = parse_with_http_crate(text);
        // The `http` crate accepts any text in brackets, but no client can resolve that.
        let has_brackets = expected.as_ref().is_some_and(|url| url.contains('['));
        if !has_brackets || parsed.is_some() {
            assert_eq!(parsed, expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn url_parses_like_the_http_crate(
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
        fn any_text_parses_like_the_http_crate(text in any::<String>()) {
            compare(&text);
            compare(&format!("https://{text}"));
        }
    }

    #[test]
    fn length_limit_matches_the_http_crate() {
        for length in [65_533, 65_534, 65_535, 70_000] {
            compare(&format!("https://a/{}", "x".repeat(length - "https://a/".len())));
        }
    }

    #[test]
    fn brackets_need_an_ipv6_address() {
        for text in [
            "https://[]",
            "https://[127.0.0.1]",
            "http://[127.0.0.1]",
            "https://a[b]",
            "https://[::1]x",
            "https://[::1",
            "https://[g::1]/",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            BaseUrl::parse("https://[2001:db8::1]:8443/x").expect("an address").as_str(),
            "https://[2001:db8::1]:8443/x"
        );
    }

    #[test]
    fn https_and_loopback_http_are_accepted() {
        for (text, expected) in [
            ("https://a.example", "https://a.example"),
            (" https://a.example/ ", "https://a.example"),
            ("HTTPS://a.example:8443/base/path//", "https://a.example:8443/base/path"),
            ("http://localhost:1", "http://localhost:1"),
            ("HTTP://LOCALHOST", "http://LOCALHOST"),
            ("http://127.8.9.1", "http://127.8.9.1"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
        ] {
            let url = BaseUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((url.as_str(), url.is_plain_http()), (expected, expected.starts_with("http:")), "{text}");
        }
    }

    #[test]
    fn origin_has_no_path() {
        assert_eq!(BaseUrl::parse_origin("https://a.example/").expect("an origin").as_str(), "https://a.example");
        for (text, path) in [("https://a.example", ""), ("https://a.example:1/b/c/", "/b/c")] {
            assert_eq!(BaseUrl::parse(text).expect("a URL").path(), path);
        }
        assert_eq!(
            BaseUrl::parse_origin("https://a.example/ims/token/v3").expect_err("a path").to_string(),
            "`https://a.example/ims/token/v3` cannot be used: it must not have a path; the client adds it"
        );
    }

    #[test]
    fn leaky_url_is_rejected() {
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
            let error = BaseUrl::parse(text).err().unwrap_or_else(|| panic!("{text:?} was accepted"));
            assert!(!error.to_string().contains("p4ssw0rd"), "{error}");
        }
    }

    #[test]
    fn error_shows_part_of_the_url() {
        let error = BaseUrl::parse(&format!("ftp://a.example/{}", "x".repeat(1000))).expect_err("not https");
        assert!(error.to_string().len() < 200, "{error}");
        let error = BaseUrl::parse_origin(&format!("https://a.example/{}", "x".repeat(1000))).expect_err("no origin");
        assert!(error.to_string().len() < 200, "{error}");
        assert_eq!(
            BaseUrl::parse("https://a.example?x=1").expect_err("a query").to_string(),
            "`https://a.example?` cannot be used: it must not contain a query or a fragment"
        );
    }
}
