//! URL patterns of endpoints, in which `*` is a wildcard in the path.

/// Why a URL pattern is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UrlPatternError {
    /// It is not an absolute http or https URL.
    Malformed(&'static str),
    WildcardInHost,
}

/// Validates a URL pattern. The service's own parser is not published, so these rules are *inferred*: an absolute http
/// or https URL with a host, without spaces, and without a user name. A wildcard in the port makes the URL malformed
/// and does not count as a wildcard in the host: the published canDeploy sample has code 101 for
/// `https://api.example*.org:8*0/…`.
pub(super) fn validate_url_pattern(url: &str) -> Result<(), UrlPatternError> {
    use UrlPatternError::{Malformed, WildcardInHost};

    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain && url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Malformed("it contains a space or a control character"));
    }
    let (scheme, rest) = url.split_once("://").ok_or(Malformed("it must begin with https:// or http://"))?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(Malformed("it must begin with https:// or http://"));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Malformed("it must not contain a user name"));
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').ok_or(Malformed("its IPv6 address has no closing bracket"))?;
            if !address.contains('*') && address.parse::<core::net::Ipv6Addr>().is_err() {
                return Err(Malformed("the address in brackets is not an IPv6 address"));
            }
            match rest.strip_prefix(':') {
                Some(port) => (address, Some(port)),
                None if rest.is_empty() => (address, None),
                None => return Err(Malformed("only a port can follow the address in brackets")),
            }
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if port.is_some_and(|port| !port.bytes().all(|byte| byte.is_ascii_digit()) || port.parse::<u16>().is_err()) {
        return Err(Malformed("its port is not a number from 0 to 65535"));
    }
    if host.contains('*') {
        return Err(WildcardInHost);
    }
    if !authority.starts_with('[') && !is_host(host) {
        return Err(Malformed("its host is not a valid host name"));
    }
    Ok(())
}

/// Labels of letters (in any script), digits, hyphens, and underscores, separated by single dots.
fn is_host(host: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    host.strip_suffix('.').unwrap_or(host).split('.').all(label)
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
            assert_eq!(validate_url_pattern(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn wildcard_in_host_is_an_error() {
        for url in
            ["https://*.example.org/a", "https://*/", "https://api.example*.org", "https://[*]/a", "https://*:443/"]
        {
            assert_eq!(validate_url_pattern(url), Err(UrlPatternError::WildcardInHost), "{url}");
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
                matches!(validate_url_pattern(url), Err(UrlPatternError::Malformed(_))),
                "{url}: {:?}",
                validate_url_pattern(url)
            );
        }
    }
}
