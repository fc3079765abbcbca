//! The origins that may receive an access token.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::parse::base_url::{BaseUrl, redacted_excerpt};
use crate::parse::ip_address::parse_ipv4;
use crate::text::{concat, find, find_any, is_any, parse_decimal, split_at, split_once};

/// Hosts of Adobe's APIs for Journey Optimizer. `*.adobe.io` as a whole contains customers' own code, such as
/// `runtime.adobe.io`. Source: the product's authentication page.
const API_ORIGINS: [&str; 2] = ["https://platform.adobe.io", "https://cjm.adobe.io"];

/// The origins that may receive an access token: those of Adobe's APIs, that of the base URL, and those of more hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<String>);

/// A URL that must not receive an access token, or a host that cannot be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginError {
    excerpt: String,
    verdict: &'static str,
    reason: &'static str,
}

impl OriginError {
    pub(crate) fn new(url: &str, verdict: &'static str, reason: &'static str) -> Self {
        Self { excerpt: redacted_excerpt(url), verdict, reason }
    }

    /// The part of the URL that is safe to show.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// The problem, without the URL.
    pub fn problem(&self) -> String {
        concat(&["the target ", self.verdict, self.reason])
    }

    /// The text of the error, as `Display` writes it.
    pub fn message(&self) -> String {
        concat(&["`", &self.excerpt, "` ", self.verdict, self.reason])
    }
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for OriginError {}

impl AllowedOrigins {
    /// Allows hosts: `host` or `host:port` in lower case. They need https, except for loopback addresses.
    pub fn new(base_url: &BaseUrl, hosts: &[&str]) -> Result<Self, OriginError> {
        let mut origins: Vec<String> = API_ORIGINS.map(str::to_owned).into();
        origins.push(base_url.origin());
        for host in hosts {
            let secure = concat(&["https://", host]);
            if !is_normalized_host(host) || BaseUrl::parse_origin(&secure).is_err() {
                let reason = "use `host` or `host:port` in lower case, without a scheme and a path; an IPv6 address must be [::1]";
                return Err(OriginError::new(host, "is not a host: ", reason));
            }
            let plain = concat(&["http://", host]);
            if let Ok(url) = BaseUrl::parse_origin(&plain) {
                origins.push(url.origin());
            }
            origins.push(secure);
        }
        Ok(Self(origins))
    }

    /// Checks a URL as text. Only a text that any parser of URLs reads in the same way is accepted, so it begins with exactly an allowed
    /// origin.
    pub fn check(&self, url: &str) -> Result<(), OriginError> {
        let problem = |reason| Err(OriginError::new(url, "gets no access token: ", reason));
        let Some((scheme, rest)) = split_once(url, "://") else {
            return problem("it must be an absolute URL");
        };
        let host_end = find_any(rest, b"/?#").unwrap_or(rest.len());
        let (origin, _) = split_at(url, scheme.len() + "://".len() + host_end);
        if !self.0.iter().any(|allowed| allowed == origin) {
            return problem(
                "its scheme, host, and port are not those of https://platform.adobe.io, https://cjm.adobe.io, the base URL, or an \
                 allowed host",
            );
        }
        if url.bytes().any(|byte| byte == b'\\' || byte.is_ascii_control()) {
            return problem("it contains a backslash or a control character");
        }
        Ok(())
    }
}

/// Whether a host with or without a port is in the form in which URLs contain it.
fn is_normalized_host(host: &str) -> bool {
    // Only an address in brackets has several colons.
    let name_end = find(host, if host.starts_with('[') { "]:" } else { ":" });
    let name_end = name_end.map_or(host.len(), |end| end + usize::from(host.starts_with('[')));
    let (name, port) = split_at(host, name_end);
    let is_normalized_port = match port.strip_prefix(':') {
        None => true,
        Some("443") => false,
        Some(digits) => {
            parse_decimal(digits).is_some_and(|port| port <= 0xffff) && (digits == "0" || !digits.starts_with('0'))
        }
    };
    is_normalized_port && is_normalized_name(name)
}

fn is_normalized_name(name: &str) -> bool {
    if name == "[::1]" {
        return true;
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || is_any(byte, b"-_"))
    };
    // URLs take a name for an address if it ends with a number, which can be hexadecimal.
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_address = last.starts_with(|first: char| first.is_ascii_digit());
    name.split('.').all(is_label) && (!is_address || parse_ipv4(name).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::{Origin, Url};

    use super::*;

    const BASE_URLS: [&str; 5] = [
        "https://platform.adobe.io/journey/orchestration",
        "https://Proxy.example:443/x",
        "http://127.0.0.1:8080",
        "http://[::1]:80/",
        "https://127.1",
    ];
    const HOSTS: [&str; 5] = ["api.example", "api.example:8443", "localhost:3000", "127.0.0.1", "[::1]:9"];

    fn allowed(base_url: &str, hosts: &[&str]) -> Result<AllowedOrigins, OriginError> {
        AllowedOrigins::new(&BaseUrl::parse(base_url).expect("a base URL"), hosts)
    }

    fn accepts(url: &str) -> bool {
        allowed(BASE_URLS[0], &[]).expect("no hosts").check(url).is_ok()
    }

    #[test]
    fn api_hosts_are_accepted() {
        for url in [
            "https://platform.adobe.io",
            "https://platform.adobe.io/ajo/journey?limit=1&filter=a b#é",
            "https://platform.adobe.io?x=https://evil.example/",
            "https://cjm.adobe.io/imp/",
        ] {
            assert!(accepts(url), "{url}");
        }
    }

    #[test]
    fn other_hosts_are_rejected() {
        for url in [
            "",
            "/ajo/journey",
            "ajo/journey",
            "//platform.adobe.io/x",
            "https:platform.adobe.io/x",
            "https:/platform.adobe.io/x",
            "https:///platform.adobe.io/x",
            "http://platform.adobe.io/x",
            "ftp://platform.adobe.io/x",
            "HTTPS://platform.adobe.io/x",
            "https://PLATFORM.adobe.io/x",
            "https://platform.adobe.io./x",
            "https://platform.adobe.io:443/x",
            "https://platform.adobe.io:444/x",
            "https://platform.adobe.io:/x",
            "https://user@platform.adobe.io/x",
            "https://platform.adobe.io@evil.example/x",
            "https://platform.adobe.io:x@evil.example/x",
            "https://evil.example#@platform.adobe.io/",
            "https://evil.example?@platform.adobe.io/",
            "https://evil.example/https://platform.adobe.io/",
            "https://evil.runtime.adobe.io/x",
            "https://evil.adobeioruntime.net/x",
            "https://runtime.adobe.io/x",
            "https://ims-na1.adobelogin.com/x",
            "https://adobe.io/x",
            "https://xplatform.adobe.io/x",
            "https://platform.adobe.io.evil.example/x",
            "https://platform.adobe.ioevil.example/x",
            "https://platform.adobe.io\\@evil.example/x",
            "https://platform.adobe.io\\.evil.example/x",
            "https:\\\\platform.adobe.io\\x",
            "https://platform.adobe.io/\\evil.example",
            "https://platform.adobe.io%2eevil.example/x",
            "https://platform.adobe.io%00.evil.example/x",
            "https://platform.ad\nobe.io/x",
            "https://platform.adobe.io/\r\nx",
            "https://platform.adobe.io/\t",
            " https://platform.adobe.io/x",
            "https:// platform.adobe.io/x",
            "https://platform.adobe.io /x",
            // Full-width letters and stops, a Cyrillic letter, a soft hyphen: IDNA maps most of them to ASCII.
            "https://plаtform.adobe.io/x",
            "https://platform。adobe。io/x",
            "https://platform.adobe.ｉｏ/x",
            "https://plat\u{ad}form.adobe.io/x",
            "https://platform.adobe.io\u{feff}/x",
            "https://xn--pltform-5fg.adobe.io/x",
            "blob:https://platform.adobe.io/x",
            "javascript://platform.adobe.io/x",
            "data:text/plain,https://platform.adobe.io",
        ] {
            assert!(!accepts(url), "{url:?}");
        }
    }

    #[test]
    fn base_url_and_more_hosts_are_accepted() {
        let origins = allowed(BASE_URLS[1], &HOSTS).expect("hosts");
        for url in [
            "https://proxy.example/other",
            "https://api.example/",
            "https://api.example:8443/",
            "https://localhost:3000",
            "http://localhost:3000",
            "http://127.0.0.1/",
            "http://[::1]:9/x",
        ] {
            assert!(origins.check(url).is_ok(), "{url}");
        }
        for url in [
            "http://api.example/",
            "http://api.example:8443/",
            "https://proxy.example:8443/",
            "https://api.example:9/",
            "http://localhost/",
            "http://127.0.0.1:3000/",
            "http://[::1]/",
            "https://sub.api.example/",
        ] {
            assert!(origins.check(url).is_err(), "{url}");
        }
        let local = allowed("http://LOCALHOST:80/x", &[]).expect("no hosts");
        assert!(local.check("http://localhost/y").is_ok());
        assert!(local.check("https://localhost/y").is_err());
    }

    #[test]
    fn invalid_host_is_rejected() {
        for host in [
            "",
            "*",
            "*.adobe.io",
            "https://api.example",
            "api.example/",
            "api.example/x",
            "API.example",
            "api.example.",
            "api.example:",
            "api.example:443",
            "api.example:99999",
            " api.example",
            "user@api.example",
            "a b",
            "é.example",
            "a\\b",
            "api.example?x",
            "api.example#x",
            "a%2eb",
            "a,b",
            "127.1",
            "2130706433",
            "0x7f.1",
            "127.0.0.01",
        ] {
            assert!(allowed(BASE_URLS[0], &[host]).is_err(), "{host:?}");
        }
    }

    #[test]
    fn error_hides_secrets_in_the_url() {
        let message = |url: &str| allowed(BASE_URLS[0], &[]).expect("no hosts").check(url).expect_err(url).to_string();
        for url in [
            "https://u:p4ssw0rd@platform.adobe.io/",
            "https://evil.example/?token=p4ssw0rd",
            "https://evil.example/#p4ssw0rd",
        ] {
            assert!(!message(url).contains("p4ssw0rd"), "{}", message(url));
        }
        assert_eq!(
            message("https://evil.runtime.adobe.io/x"),
            "`https://evil.runtime.adobe.io/x` gets no access token: its scheme, host, and port are not those of \
             https://platform.adobe.io, https://cjm.adobe.io, the base URL, or an allowed host"
        );
    }

    /// The origin to which a WHATWG implementation, such as `fetch`, sends a request.
    fn origin(url: &str) -> Option<Origin> {
        Url::parse(url).ok().map(|url| url.origin())
    }

    fn check_as_fetch_sends(base_url: &str, host: &str, url: &str) {
        let Ok(origins) = allowed(base_url, &[host]) else { return };
        let Some(sent_to) = origin(url) else { return };
        let expected =
            ["https://platform.adobe.io", "https://cjm.adobe.io", base_url, &format!("https://{host}")].map(origin);
        let is_loopback = BaseUrl::parse(&format!("http://{host}")).is_ok();
        let is_allowed = expected.contains(&Some(sent_to.clone()))
            || (is_loopback && origin(&format!("http://{host}")).as_ref() == Some(&sent_to));
        if origins.check(url).is_ok() {
            assert!(is_allowed, "{url:?} is sent to {sent_to:?}");
            assert!(Url::parse(url).is_ok_and(|url| url.username().is_empty() && url.password().is_none()), "{url:?}");
        }
        // A URL object and a `Request` have a normalized URL.
        let normalized = Url::parse(url).expect("parsed before");
        let has_credentials = !normalized.username().is_empty() || normalized.password().is_some();
        let is_unusual_base = origin(base_url) == Some(sent_to) && base_url.contains("127.1");
        if is_allowed && !has_credentials && !is_unusual_base && !normalized.as_str().contains('\\') {
            assert!(origins.check(normalized.as_str()).is_ok(), "{normalized}");
        }
    }

    fn part() -> impl Strategy<Value = String> {
        prop_oneof![
            3 => prop::sample::select([
                "https", "http", "HTTPS", "://", ":", "/", "//", "///", "\\", "\\\\", "?", "#", "@", ":443", ":80", ":8080", ":444", ":", ".", "%2e",
                "platform.adobe.io", "platform", "adobe", "io", "adobe.io", "cjm.adobe.io", "evil.example", "evil.runtime.adobe.io", "PLATFORM.ADOBE.IO",
                "api.example", "localhost", "127.0.0.1", "127.1", "[::1]", "0x7f.1", "proxy.example", "x", "u:p@", "u@", "\t", "\n", " ", "\u{0}", "\u{ad}", "。", "ａ",
                "ｉｏ", "а", "ß", "\u{200b}", "\u{feff}", "xn--", "..", "%00", "%40", ";", ",", "a b",
            ].as_slice()).prop_map(str::to_owned),
            1 => ".{0,2}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn token_goes_to_allowed_origins_only(
            base_url in prop::sample::select(BASE_URLS.as_slice()),
            host in prop::sample::select(HOSTS.as_slice()),
            parts in prop::collection::vec(part(), 0..8),
            prefix in prop::sample::select(["", "https://", "https://platform.adobe.io", "https://platform.adobe.io/", "https://cjm.adobe.io", "http://localhost:3000"].as_slice()),
        ) {
            check_as_fetch_sends(base_url, host, &format!("{prefix}{}", parts.concat()));
        }

        #[test]
        fn any_allowed_host_is_exact(host in prop_oneof![part(), "[ -~é]{0,8}", "[a-z0-9.:\\[\\]-]{1,12}"], path in "[/?#]?[ -~]{0,6}") {
            let hosts = [host.as_str()];
            let Ok(origins) = allowed(BASE_URLS[0], &hosts) else { return Ok(()) };
            let url = format!("https://{host}{path}");
            if origins.check(&url).is_ok() && let Some(sent_to) = origin(&url) {
                prop_assert_eq!(sent_to.ascii_serialization(), format!("https://{host}"));
            }
        }
    }
}
