//! The URL of a request to any API.

use alloc::string::String;

use crate::parse::allowed_origins::{AllowedOrigins, OriginError};
use crate::parse::api_path::check_api_path;
use crate::parse::base_url::{BaseUrl, MAX_LENGTH};
use crate::text::{concat, contains, find_any, is_any, split_at, split_once};

/// Why a target is not sent.
const INVALID: &str = "is not sent: ";

impl AllowedOrigins {
    /// Returns the absolute URL of a request. The target is a path with an optional query, which follows the origin of the base URL, or a
    /// URL of an allowed origin.
    ///
    /// Only characters of RFC 3986 are allowed, so every parser of URLs finds the same host, path, and query in it.
    pub fn resolve(&self, base_url: &BaseUrl, target: &str) -> Result<String, OriginError> {
        let problem = |reason| Err(OriginError::new(target, INVALID, reason));
        let (origin, path_and_query) = if target.starts_with('/') {
            (base_url.origin(), target)
        } else if contains(target, "://") {
            self.check(target)?;
            let (scheme, rest) = split_once(target, "://").unwrap_or_default();
            let (host, path_and_query) = split_at(rest, find_any(rest, b"/?#").unwrap_or(rest.len()));
            (concat(&[scheme, "://", host]), if path_and_query.is_empty() { "/" } else { path_and_query })
        } else {
            return problem("it must be a path that begins with `/`, or an absolute URL");
        };
        if contains(path_and_query, "#") {
            return problem("it must not contain a fragment");
        }
        let (path, query) = split_at(path_and_query, find_any(path_and_query, b"?").unwrap_or(path_and_query.len()));
        if let Err(reason) = check_api_path(path) {
            return problem(reason);
        }
        if !query.is_empty() && !is_query(split_at(query, 1).1) {
            return problem("its query contains characters that must be percent-encoded");
        }
        if origin.len() + path_and_query.len() > MAX_LENGTH {
            return problem("it is too long");
        }
        Ok(concat(&[&origin, path_and_query]))
    }
}

/// Whether a text is a query (RFC 3986, section 3.4).
fn is_query(query: &str) -> bool {
    let bytes = query.as_bytes();
    let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    bytes.iter().enumerate().all(|(index, byte)| match *byte {
        b'%' => is_hex(index + 1) && is_hex(index + 2),
        byte => byte.is_ascii_alphanumeric() || is_any(byte, b"-._~!$&'()*+,;=:@/?"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    const BASE_URL: &str = "https://proxy.example:8443/journey/orchestration";

    fn resolve(target: &str) -> Result<String, OriginError> {
        let base_url = BaseUrl::parse(BASE_URL).expect("a base URL");
        AllowedOrigins::new(&base_url, &["localhost:3000"]).expect("a host").resolve(&base_url, target)
    }

    #[test]
    fn path_follows_the_origin_of_the_base_url() {
        for (target, url) in [
            ("/", "https://proxy.example:8443/"),
            ("/ajo/journey?pageSize=5", "https://proxy.example:8443/ajo/journey?pageSize=5"),
            (
                "/a/b@c.example?filter=status==live&x=%2F/?:@!$'()*,;",
                "https://proxy.example:8443/a/b@c.example?filter=status==live&x=%2F/?:@!$'()*,;",
            ),
            ("/a?", "https://proxy.example:8443/a?"),
            ("https://cjm.adobe.io/imp/", "https://cjm.adobe.io/imp/"),
            ("https://cjm.adobe.io", "https://cjm.adobe.io/"),
            ("https://platform.adobe.io/ajo/journey?a=b", "https://platform.adobe.io/ajo/journey?a=b"),
            ("http://localhost:3000/x", "http://localhost:3000/x"),
        ] {
            assert_eq!(resolve(target).as_deref(), Ok(url), "{target}");
        }
    }

    #[test]
    fn hostile_target_is_refused() {
        for target in [
            "",
            "ajo/journey",
            "?a",
            "//evil.example/x",
            "///evil.example/x",
            "/\\evil.example",
            "\\\\evil.example",
            "/..//evil.example",
            "/a/../b",
            "/a/%2e%2e/b",
            "/a#b",
            "/a?b#c",
            "/a b",
            "/a\nHost: evil.example",
            "/a?b c",
            "/a?b=\"c\"",
            "/a?b=<c>",
            "/a?b[]=c",
            "/a?b\\c",
            "/a?b=%2",
            "/a?b=%zz",
            "/a?é",
            "/é",
            "@evil.example/",
            "https://evil.runtime.adobe.io/x",
            "https://runtime.adobe.io/x",
            "https://platform.adobe.io.evil.example/x",
            "https://platform.adobe.io@evil.example/x",
            "https://user@platform.adobe.io/x",
            "https://user:p4ssw0rd@platform.adobe.io/x",
            "https://platform.adobe.io:443/x",
            "https://platform.adobe.io:8443/x",
            "http://platform.adobe.io/x",
            "https://platform.adobe.io//evil.example",
            "https://platform.adobe.io/../x",
            "https://platform.adobe.io?x",
            "https://platform.adobe.io#x",
            "https://localhost:3001/x",
            "http://localhost/x",
            "https://proxy.example/x",
            "javascript:alert(1)",
            "file:///etc/passwd",
        ] {
            let error = resolve(target).expect_err(target);
            assert!(!error.to_string().contains("p4ssw0rd"), "{error}");
        }
        assert!(resolve(&concat(&["/", &"x".repeat(MAX_LENGTH)])).is_err());
    }

    #[test]
    fn error_says_what_is_wrong() {
        let message = |target: &str| resolve(target).expect_err(target).to_string();
        assert_eq!(message("ajo"), "`ajo` is not sent: it must be a path that begins with `/`, or an absolute URL");
        assert_eq!(message("//evil.example/x"), "`//evil.example/x` is not sent: its path must begin with one `/`");
        assert_eq!(message("/a#p4ssw0rd"), "`/a#` is not sent: it must not contain a fragment");
    }

    fn check_as_clients_send(target: &str) {
        let Ok(text) = resolve(target) else { return };
        let url = Url::parse(&text).expect("a URL");
        let origins = [
            "https://proxy.example:8443",
            "https://platform.adobe.io",
            "https://cjm.adobe.io",
            "https://localhost:3000",
            "http://localhost:3000",
        ];
        let origin = url.origin().ascii_serialization();
        assert!(origins.contains(&origin.as_str()), "{target:?} is sent to {origin}");
        assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None), "{target:?}");
        // The path that is shown is the path that is requested.
        let path_and_query = text.strip_prefix(&origin).expect("the same origin");
        let count = |text: &str, mark: char| text.matches(mark).count();
        let requested = url.as_str().strip_prefix(&origin).expect("the same origin");
        assert_eq!(count(requested, '/'), count(path_and_query, '/'), "{target:?}");
        assert_eq!(url.query(), path_and_query.split_once('?').map(|(_, query)| query.replace('\'', "%27")).as_deref());
        let uri: http::Uri = text.parse().expect("a URI");
        assert_eq!(uri.host().map(str::to_owned), url.host_str().map(str::to_owned));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn resolved_url_has_an_allowed_host(
            prefix in prop::sample::select(["", "/", "//", "https://platform.adobe.io", "https://cjm.adobe.io/", "https://platform.adobe.io?", "http://localhost:3000", "https://"].as_slice()),
            text in prop_oneof!["[ -~]{0,12}", "[/\\\\.%2eE@:?#a-]{0,12}", ".{0,8}", "(@|:|/|\\\\|\\?|#|evil\\.example|platform\\.adobe\\.io|%2f|%5c|\\.\\.|443|\t|\n){0,6}"],
        ) {
            check_as_clients_send(&concat(&[prefix, &text]));
        }
    }
}
