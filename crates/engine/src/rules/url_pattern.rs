//! The URL of an endpoint, in which `*` stands for any text of the path.

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UrlProblem {
    /// It is no absolute http or https URL.
    Malformed(&'static str),
    /// A wildcard stands in its host.
    WildcardInHost,
}

/// Checks a URL. The service's own parser is not published; this one is inferred: an absolute http or https URL with a host,
/// no spaces, no user name. A wildcard in the port makes the URL malformed rather than being a wildcard in the host, because
/// the published canDeploy sample answers code 101 for `https://api.example*.org:8*0/…`.
pub(super) fn check(url: &str) -> Result<(), UrlProblem> {
    use UrlProblem::{Malformed, WildcardInHost};

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
        return Err(Malformed("a user name has no place in it"));
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').ok_or(Malformed("the bracket of its address is not closed"))?;
            if !address.contains('*') && address.parse::<core::net::Ipv6Addr>().is_err() {
                return Err(Malformed("the address in brackets is no IPv6 address"));
            }
            match rest.strip_prefix(':') {
                Some(port) => (address, Some(port)),
                None if rest.is_empty() => (address, None),
                None => return Err(Malformed("text follows the address in brackets")),
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
        return Err(Malformed("its host is not a host name"));
    }
    Ok(())
}

/// Labels of letters (of any script), digits, hyphens and underscores, parted by single dots.
fn is_host(host: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    host.strip_suffix('.').unwrap_or(host).split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_real_endpoints_pass() {
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
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn wildcards_have_no_place_in_the_host() {
        for url in
            ["https://*.example.org/a", "https://*/", "https://api.example*.org", "https://[*]/a", "https://*:443/"]
        {
            assert_eq!(check(url), Err(UrlProblem::WildcardInHost), "{url}");
        }
    }

    #[test]
    fn everything_else_is_malformed() {
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
            assert!(matches!(check(url), Err(UrlProblem::Malformed(_))), "{url}: {:?}", check(url));
        }
    }
}
