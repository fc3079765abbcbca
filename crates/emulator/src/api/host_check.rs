//! Keeps web pages out: checks the headers `Host` and `Origin`.
//!
//! Browsers let any page send requests to loopback addresses, with its own origin or with a DNS name that it rebinds to
//! loopback. Both are rejected.

use std::net::{IpAddr, Ipv6Addr};

use ajo_engine::untrusted_text::excerpt;
use http::{HeaderMap, HeaderName, Request, StatusCode, Version, header};

use crate::api::request_error::RequestError;

/// The hosts that are accepted besides `localhost` and the names in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostScope {
    /// Only loopback addresses, and requests must name their host.
    Loopback,
    /// Any IP address: a DNS name that is rebound never is one.
    AnyAddress,
}

/// Checks that a request is for this emulator and not from a page of another origin. `allowed` lists more host names.
pub(crate) fn check_host<B>(request: &Request<B>, allowed: &[String], scope: HostScope) -> Result<(), RequestError> {
    let accepts = |authority: &str| {
        host_name(authority).is_some_and(|name| {
            accepts_name(name, scope) || allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
        })
    };
    let host = single_header(request.headers(), &header::HOST)?;
    if host.is_none() && requires_host(request, scope) {
        return Err(RequestError(StatusCode::BAD_REQUEST, "the header Host is missing".to_owned()));
    }
    // A request target such as `http://name/path` overrides the header. Requests without a connection often have one.
    let target = request.uri().authority().map(http::uri::Authority::as_str);
    for authority in host.into_iter().chain(target.filter(|_| scope != HostScope::AnyAddress)) {
        if !accepts(authority) {
            let name = excerpt(host_name(authority).unwrap_or(authority), 80);
            let message = format!(
                "the emulator does not accept the host name {name}; call it as localhost or by its IP address, or allow the name \
                 with --allow-host"
            );
            return Err(RequestError(StatusCode::FORBIDDEN, message));
        }
    }
    let Some(origin) = single_header(request.headers(), &header::ORIGIN)? else { return Ok(()) };
    let is_allowed = |authority: &str| {
        authority.eq_ignore_ascii_case(host.unwrap_or("localhost"))
            // A page on another loopback port may call the service, but not the control API.
            || (scope == HostScope::Loopback && accepts(authority))
            || host_name(authority).is_some_and(|name| allowed.iter().any(|host| host.eq_ignore_ascii_case(name)))
    };
    let authority = ["http://", "https://"].iter().find_map(|scheme| origin.strip_prefix(scheme));
    if authority.is_some_and(is_allowed) {
        return Ok(());
    }
    let message = format!(
        "the emulator does not accept requests from the origin {}; allow its host name with --allow-host",
        excerpt(origin, 80)
    );
    Err(RequestError(StatusCode::FORBIDDEN, message))
}

/// A header that may occur once.
fn single_header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, RequestError> {
    let invalid = |problem| Err(RequestError(StatusCode::BAD_REQUEST, format!("the header {} {problem}", title(name))));
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return invalid("was sent more than once");
    }
    match value.to_str() {
        Ok(value) => Ok(Some(value)),
        Err(_) => invalid("has characters that no host name has"),
    }
}

fn title(name: &HeaderName) -> &'static str {
    if *name == header::HOST { "Host" } else { "Origin" }
}

/// HTTP/1.0 does not require `Host`. Requests of callers in the same process have none.
fn requires_host<B>(request: &Request<B>, scope: HostScope) -> bool {
    scope != HostScope::AnyAddress && request.version() != Version::HTTP_10
}

/// The host in `HOST` or `HOST:PORT`; an IPv6 address keeps its brackets.
fn host_name(authority: &str) -> Option<&str> {
    let (name, rest) = match authority.find(']') {
        Some(end) if authority.starts_with('[') => authority.split_at(end + 1),
        _ => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = |port: &str| port.bytes().all(|c| c.is_ascii_digit());
    (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port)).then_some(name)
}

fn accepts_name(name: &str, scope: HostScope) -> bool {
    let bracketed = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let address = match bracketed {
        Some(name) => name.parse::<Ipv6Addr>().map(IpAddr::V6),
        None => name.parse::<std::net::Ipv4Addr>().map(IpAddr::V4),
    };
    let accepts_address = |address: IpAddr| match scope {
        HostScope::AnyAddress => true,
        HostScope::Loopback => address.is_loopback(),
    };
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(accepts_address)
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    fn check(headers: &[(HeaderName, &[u8])], allowed: &[&str], scope: HostScope) -> Result<(), u16> {
        let mut request = Request::new(());
        for (name, value) in headers {
            request.headers_mut().append(name, http::HeaderValue::from_bytes(value).expect("a value"));
        }
        let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        check_host(&request, &allowed, scope).map_err(|RequestError(status, _)| status.as_u16())
    }

    #[test]
    fn only_loopback_names_are_accepted() {
        for host in ["localhost", "LocalHost:4010", "127.0.0.1:1", "127.9.9.9", "[::1]", "[::1]:4010", "localhost:"] {
            assert_eq!(check(&[(header::HOST, host.as_bytes())], &[], HostScope::Loopback), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "a@localhost",
            "localhost@evil.example",
            "localhost:80@evil.example",
            "localhost:port",
            "localhost:1:2",
            "localhost/",
            "localhost.",
            "[::1]evil",
            "[::1].evil:80",
            "::1",
            "[127.0.0.1]",
            "[::1",
            "192.168.0.1",
            "0.0.0.0",
            "2130706433",
            "0x7f.1",
            "[::ffff:127.0.0.1]",
            "",
            " localhost",
        ] {
            assert_eq!(check(&[(header::HOST, host.as_bytes())], &[], HostScope::Loopback), Err(403), "{host}");
        }
        assert_eq!(check(&[(header::HOST, b"192.168.0.1:1")], &[], HostScope::AnyAddress), Ok(()));
    }

    #[test]
    fn malformed_headers_are_rejected() {
        let local: (HeaderName, &[u8]) = (header::HOST, b"localhost");
        for scope in [HostScope::Loopback, HostScope::AnyAddress] {
            for header in [header::HOST, header::ORIGIN] {
                for value in [&b"\xff"[..], b"localhost\xc3\xa9"] {
                    assert_eq!(check(&[(header.clone(), value)], &[], scope).map_err(|_| ()), Err(()), "{header}");
                }
                let twice = [local.clone(), (header.clone(), &b"http://localhost"[..]), (header, b"http://localhost")];
                assert_eq!(check(&twice, &[], scope), Err(400));
            }
        }
        assert_eq!(check(&[], &[], HostScope::Loopback), Err(400));
        assert_eq!(check(&[], &[], HostScope::AnyAddress), Ok(()));
    }

    #[test]
    fn origin_must_be_the_same() {
        let check = |origin: &str, allowed: &[&str]| {
            check(
                &[(header::HOST, b"localhost:4010"), (header::ORIGIN, origin.as_bytes())],
                allowed,
                HostScope::Loopback,
            )
        };
        for origin in
            ["http://localhost:4010", "https://LOCALHOST:4010", "http://localhost:3000", "http://127.0.0.1:4010"]
        {
            assert_eq!(check(origin, &[]), Ok(()), "{origin}");
        }
        for origin in [
            "null",
            "",
            "localhost:4010",
            "http://evil.example",
            "http://localhost:4010.evil.example",
            "http://localhost:4010@evil.example",
            "file://localhost:4010",
        ] {
            assert_eq!(check(origin, &[]), Err(403), "{origin}");
        }
        assert_eq!(check("https://emulator.test", &["emulator.test"]), Ok(()));
        assert_eq!(check("https://a.emulator.test", &["emulator.test"]), Err(403));
    }

    #[test]
    fn absolute_target_is_checked_too() {
        let mut request = Request::get("http://evil.example/_emulator").body(()).expect("a request");
        request.headers_mut().insert(header::HOST, http::HeaderValue::from_static("localhost"));
        let error = check_host(&request, &[], HostScope::Loopback).expect_err("a foreign host");
        assert_eq!(error.0, StatusCode::FORBIDDEN);
        check_host(&request, &["Evil.example".to_owned()], HostScope::Loopback).expect("an allowed host");
    }
}
