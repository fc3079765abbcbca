//! The proxy in use, from the variables that the HTTP client reads.

use std::ffi::OsString;
use std::fmt;
use std::time::Duration;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::{AuthError, BaseUrl};

/// The variables of proxies for https, in the order in which the HTTP client reads them.
const PROXY_VARIABLES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const EXEMPTION_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Set in CGI scripts, where a request could set `HTTP_PROXY`. The HTTP client then ignores all proxies.
const CGI_VARIABLE: &str = "REQUEST_METHOD";

/// The timeout of [`ProxyInUse::connect_status`] (our limit).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The length of `HTTP/1.1 200`.
const STATUS_LINE_BYTES: usize = 12;

/// The proxy that requests to a server go through. `Display` writes its address and the variable, without user and password.
#[derive(Clone)]
pub struct ProxyInUse {
    address: String,
    variable: &'static str,
    is_plain_http: bool,
    /// The host and the port of the server.
    target: String,
    authorization: Option<HeaderValue>,
}

impl ProxyInUse {
    /// The proxy for requests to a server. `None` if they go out directly, as all requests over plain http do.
    pub fn for_server(server: &BaseUrl) -> Result<Option<Self>, AuthError> {
        Self::find(server.as_str(), |name| std::env::var_os(name))
    }

    /// The variable that names the proxy.
    pub const fn variable(&self) -> &'static str {
        self.variable
    }

    fn find(url: &str, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<Self>, AuthError> {
        let Ok(uri) = url.parse::<Uri>() else { return Ok(None) };
        if uri.scheme_str() != Some("https") || lookup(CGI_VARIABLE).is_some() {
            return Ok(None);
        }
        // The first variable that is set counts, even if it is empty.
        let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, lookup(name)?)));
        let exemptions = first(EXEMPTION_VARIABLES).and_then(|(_, value)| value.into_string().ok()).unwrap_or_default();
        for names in PROXY_VARIABLES {
            let Some((variable, value)) = first(names) else { continue };
            if value.to_str().is_some_and(|value| value.trim().is_empty()) {
                continue;
            }
            // Without a valid proxy, only this one tells whether the server is exempt.
            let any = Matcher::builder().https("http://proxy.invalid").no(exemptions.as_str()).build();
            if any.intercept(&uri).is_none() {
                return Ok(None);
            }
            let invalid = |reason| AuthError::InvalidProxy { variable, reason };
            let value = value.to_str().ok_or_else(|| invalid("it is not valid UTF-8"))?;
            let intercept = Matcher::builder().https(value).build().intercept(&uri);
            let intercept = intercept.ok_or_else(|| invalid(parse_failure(value)))?;
            return Self::new(variable, &intercept, &uri).map(Some).map_err(invalid);
        }
        Ok(None)
    }

    fn new(variable: &'static str, intercept: &Intercept, server: &Uri) -> Result<Self, &'static str> {
        let uri = intercept.uri();
        let default_port = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return Err("only http and https proxies are supported"),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or("it has no host")?;
        // An invalid port would count as missing.
        if uri.port_u16().is_none() && uri.authority().is_some_and(|authority| authority.as_str() != host) {
            return Err("its port is not a number");
        }
        Ok(Self {
            address: format!("{host}:{}", uri.port_u16().unwrap_or(default_port)),
            variable,
            is_plain_http: default_port == 80,
            target: format!("{}:{}", server.host().unwrap_or_default(), server.port_u16().unwrap_or(443)),
            authorization: intercept.basic_auth().cloned(),
        })
    }

    /// Sends one `CONNECT` request and returns the status of the response, for diagnosis: the HTTP client does not report it.
    /// `None` if there was none, or if the proxy itself needs TLS.
    ///
    /// Never call it after a 407, because each attempt with a wrong password can lock an account.
    pub async fn connect_status(&self) -> Option<u16> {
        if !self.is_plain_http {
            return None;
        }
        tokio::time::timeout(CONNECT_TIMEOUT, self.send_connect()).await.ok().flatten()
    }

    async fn send_connect(&self) -> Option<u16> {
        let mut stream = TcpStream::connect(&self.address).await.ok()?;
        let mut request = format!("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", self.target).into_bytes();
        if let Some(authorization) = &self.authorization {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(authorization.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        stream.write_all(&request).await.ok()?;
        let mut line = [0; STATUS_LINE_BYTES];
        stream.read_exact(&mut line).await.ok()?;
        std::str::from_utf8(&line).ok()?.strip_prefix("HTTP/1.")?.get(2..)?.parse().ok()
    }
}

impl fmt::Display for ProxyInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.variable)
    }
}

impl fmt::Debug for ProxyInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyInUse({self})")
    }
}

/// Why the HTTP client would ignore this value.
fn parse_failure(value: &str) -> &'static str {
    if value.contains(['"', '\'']) {
        "it has quotes"
    } else if value.contains(char::is_whitespace) {
        "it has white space"
    } else if value.contains("://") && !value.starts_with("http://") && !value.starts_with("https://") {
        "only http and https proxies are supported"
    } else {
        "it cannot be parsed"
    }
}

/// The proxy of a failed request, as text. The client was built, so the variables are valid.
pub fn proxy_of(error: &reqwest::Error) -> Option<String> {
    let found = ProxyInUse::find(error.url()?.as_str(), |name| std::env::var_os(name));
    found.ok().flatten().map(|proxy| proxy.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://ims-na1.adobelogin.com/ims/token/v3";

    fn find(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let lookup = |name: &str| {
            variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| OsString::from(value))
        };
        let found = ProxyInUse::find(url, lookup).map_err(|error| error.to_string())?;
        Ok(found.map(|proxy| format!("{proxy} {proxy:?}")))
    }

    fn address(variables: &[(&str, &str)]) -> String {
        let text = find(URL, variables).expect("a valid variable").unwrap_or_default();
        assert!(!text.contains("s3cr3t"), "{text}");
        text.split(" ProxyInUse").next().unwrap_or_default().to_owned()
    }

    #[test]
    fn variables_take_precedence_in_order() {
        let all = [("ALL_PROXY", "http://all:1"), ("https_proxy", "http://lower:2"), ("HTTPS_PROXY", "http://upper:3")];
        assert_eq!(address(&all), "upper:3 (HTTPS_PROXY)");
        assert_eq!(address(&all[..2]), "lower:2 (https_proxy)");
        assert_eq!(address(&all[..1]), "all:1 (ALL_PROXY)");
        assert_eq!(address(&[]), "");
        assert_eq!(address(&[("HTTPS_PROXY", " "), ("all_proxy", "all")]), "all:80 (all_proxy)");
        assert_eq!(address(&[("HTTP_PROXY", "http://plain:1")]), "");
    }

    #[test]
    fn password_is_not_shown() {
        assert_eq!(address(&[("HTTPS_PROXY", "http://user:s3cr3t@proxy:8080")]), "proxy:8080 (HTTPS_PROXY)");
        assert_eq!(address(&[("HTTPS_PROXY", "https://s3cr3t@proxy")]), "proxy:443 (HTTPS_PROXY)");
    }

    #[test]
    fn exempt_servers_have_no_proxy() {
        let proxy = ("HTTPS_PROXY", "http://proxy:8080");
        for exemption in ["*", "adobelogin.com", ".adobelogin.com", "other, ims-na1.adobelogin.com"] {
            assert_eq!(address(&[proxy, ("NO_PROXY", exemption)]), "", "{exemption}");
        }
        assert_eq!(address(&[proxy, ("no_proxy", "example.com")]), "proxy:8080 (HTTPS_PROXY)");
        assert_eq!(find("http://127.0.0.1:8080/", &[proxy]), Ok(None), "plain http");
        assert_eq!(address(&[proxy, ("REQUEST_METHOD", "GET")]), "");
        assert_eq!(
            address(&[("HTTPS_PROXY", "\"broken\""), ("NO_PROXY", "*")]),
            "",
            "an unused variable may be invalid"
        );
    }

    #[test]
    fn invalid_variable_is_named() {
        for (value, reason) in [
            ("\"http://u:s3cr3t@p:8080\"", "it has quotes"),
            ("'http://u:s3cr3t@p:8080'", "it has quotes"),
            ("http://u:s3cr3t@p:8080 ", "it has white space"),
            (" http://p:8080", "it has white space"),
            ("http://p:8080\r", "it has white space"),
            ("socks5://p:1080", "only http and https proxies are supported"),
            ("ftp://p:21", "only http and https proxies are supported"),
            ("http://", "it cannot be parsed"),
            ("http://u:s3cr3t@p:port", "its port is not a number"),
            ("http://u:s3cr3t@p:70000", "its port is not a number"),
            ("http://u:s3cr3t@:80", "it has no host"),
        ] {
            for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
                let error = find(URL, &[(variable, value)]).expect_err(value);
                assert_eq!(error, format!("{variable} is not the URL of a proxy: {reason}"), "{value}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn non_utf8_variable_is_named() {
        use std::os::unix::ffi::OsStringExt as _;

        let value = OsString::from_vec(b"http://\xff:8080".to_vec());
        let found = ProxyInUse::find(URL, |name| (name == "HTTPS_PROXY").then(|| value.clone()));
        let error = found.expect_err("not UTF-8").to_string();
        assert_eq!(error, "HTTPS_PROXY is not the URL of a proxy: it is not valid UTF-8");
    }
}
