//! The normal form of a URL pattern, and which patterns match the same URLs.
//!
//! The normal form follows RFC 3986, section 6.2, and the WHATWG URL standard: spellings with one normal form reach the same
//! endpoint. In a pattern, `*` matches any string (documented for AJO, but its exact semantics are not published). Whether AJO
//! normalizes URLs before it matches them is *unknown*.

use std::net::Ipv6Addr;

/// Normalizes a URL or URL pattern:
///
/// - scheme and host in lower case, an internationalized host in its `xn--` form, no trailing dot after the host;
/// - no default port;
/// - percent-encoding with upper-case digits, and only where it is necessary; `%2A` stays different from the wildcard `*`;
/// - the path `/` instead of an empty one (RFC 9110, section 4.2.3), unless the host contains a wildcard.
///
/// A slash at the end of a longer path and dot segments are kept: they may name other resources, or a wildcard may span them.
/// A string without scheme or host is returned as it is.
///
/// ```
/// use ajo_limits::url_form::normalize_url_pattern;
///
/// let normal = "https://api.example.org/v1/*";
/// assert_eq!(normalize_url_pattern("HTTPS://API.example.org.:443/%761/*"), normal);
/// assert_eq!(normalize_url_pattern(normal), normal);
/// assert_eq!(normalize_url_pattern("https://bücher.example"), "https://xn--bcher-kva.example/");
/// ```
pub fn normalize_url_pattern(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let scheme = scheme.to_ascii_lowercase();
    let (user, host_and_port) = match authority.rsplit_once('@') {
        Some((user, rest)) => (format!("{user}@"), rest),
        None => (String::new(), authority),
    };
    let (host, port) = split_port(host_and_port);
    let port = match (scheme.as_str(), port.trim_start_matches('0')) {
        ("https", "443") | ("http", "80") => "",
        (_, digits) if digits.is_empty() && !port.is_empty() => "0",
        (_, digits) => digits,
    };
    let host = normalize_host(host);
    let is_address = host.starts_with('[') && host.ends_with(']');
    if host.is_empty() || (!is_address && host.contains([':', '[', ']'])) {
        return url.to_owned();
    }
    let colon = if port.is_empty() { "" } else { ":" };
    let slash = if path.starts_with('/') || authority.contains('*') { "" } else { "/" };
    format!("{scheme}://{user}{host}{colon}{port}{slash}{}", normalize_percent_encoding(path))
}

/// The host of a normalized URL, without port and brackets.
pub fn normalized_host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = split_port(authority.rsplit_once('@').map_or(authority, |(_, host)| host)).0;
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Normalizes a host or a host pattern.
pub(crate) fn normalize_host(host: &str) -> String {
    let host = normalize_percent_encoding_of_ascii(host).to_lowercase();
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().map_or_else(|_| host.clone(), |address| format!("[{address}]"));
    }
    let host = if host.is_ascii() {
        host
    } else {
        // A host must not turn into something else, such as a path.
        let ascii = idna::domain_to_ascii(&host).ok().filter(|ascii| !ascii.contains(['/', '?', '#', '@', ':', '%']));
        ascii.unwrap_or(host)
    };
    host.trim_end_matches('.').to_owned()
}

/// Whether one URL can match both patterns. Both are in normal form.
///
/// ```
/// use ajo_limits::url_form::patterns_overlap;
///
/// assert!(patterns_overlap("https://api.example.org/*", "https://api.example.org/data/*"));
/// assert!(patterns_overlap("https://api.example.org/*/send", "https://api.example.org/v1/*"));
/// assert!(!patterns_overlap("https://api.example.org/v1/*", "https://api.example.org/v2/*"));
/// ```
pub fn patterns_overlap(one: &str, other: &str) -> bool {
    match (one.split_once('*'), other.split_once('*')) {
        (None, _) => pattern_covers(other, one),
        (_, None) => pattern_covers(one, other),
        // Each wildcard can take all that the other pattern demands in the middle, so only the two ends can contradict.
        (Some((start, rest)), Some((other_start, other_rest))) => {
            let (end, other_end) = (after_last_star(rest), after_last_star(other_rest));
            (start.starts_with(other_start) || other_start.starts_with(start))
                && (end.ends_with(other_end) || other_end.ends_with(end))
        }
    }
}

/// Whether `wider` matches each URL that `narrower` matches. Both are in normal form; either can be a plain URL. Takes at most
/// time proportional to the product of the lengths.
///
/// ```
/// use ajo_limits::url_form::pattern_covers;
///
/// assert!(pattern_covers("https://api.example.org/*", "https://api.example.org/data/*"));
/// assert!(!pattern_covers("https://api.example.org/data/*", "https://api.example.org/*"));
/// ```
pub fn pattern_covers(wider: &str, narrower: &str) -> bool {
    // A `*` of `narrower` can be any string, so only a `*` of `wider` can match it. No literal part contains one.
    let Some((start, rest)) = wider.split_once('*') else { return wider == narrower };
    let Some(mut text) = narrower.strip_prefix(start) else { return false };
    let end = after_last_star(rest);
    let middle = &rest[..rest.len() - end.len()];
    for part in middle.split('*') {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(end)
}

/// The part of a pattern before its first wildcard, and whether it has no wildcard.
///
/// If two patterns overlap, one prefix begins with the other. So if patterns are sorted by this key, a pattern overlaps only
/// patterns that follow it and begin with its prefix; a wildcard can match the empty string, so it comes first.
pub(crate) fn overlap_sort_key(pattern: &str) -> (&str, bool) {
    pattern.split_once('*').map_or((pattern, true), |(prefix, _)| (prefix, false))
}

fn after_last_star(text: &str) -> &str {
    text.rsplit('*').next().unwrap_or_default()
}

/// Splits the port off; an IPv6 address in brackets contains colons.
fn split_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    }
}

/// Encodes characters outside ASCII, as URL parsers do, and normalizes the other percent-encoding.
fn normalize_percent_encoding(text: &str) -> String {
    let text = normalize_percent_encoding_of_ascii(text);
    if text.is_ascii() {
        return text;
    }
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            encoded.push(character);
        } else {
            character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| push_percent_encoded(byte, &mut encoded));
        }
    }
    encoded
}

/// Decodes unreserved characters (RFC 3986, section 2.3) and writes the other percent-encoding in upper case.
fn normalize_percent_encoding_of_ascii(text: &str) -> String {
    let mut parts = text.split('%');
    let mut normal = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(hex) = part.get(..2).filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit())) {
            let byte = u8::from_str_radix(hex, 16).unwrap_or_default();
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                normal.push(byte.into());
            } else {
                push_percent_encoded(byte, &mut normal);
            }
            normal.push_str(&part[2..]);
        } else {
            normal.push('%');
            normal.push_str(part);
        }
    }
    normal
}

fn push_percent_encoded(byte: u8, text: &mut String) {
    text.push('%');
    for digit in [byte >> 4, byte & 15] {
        text.extend(char::from_digit(digit.into(), 16).map(|digit| digit.to_ascii_uppercase()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_have_one_normal_form() {
        for (text, normal) in [
            ("HTTPS://API.Example.org/X", "https://api.example.org/X"),
            ("https://a.example:443/x", "https://a.example/x"),
            ("https://a.example:0443/x", "https://a.example/x"),
            ("https://a.example:/x", "https://a.example/x"),
            ("http://a.example:80/x", "http://a.example/x"),
            ("https://a.example:80/x", "https://a.example:80/x"),
            ("https://a.example:*/x", "https://a.example:*/x"),
            ("https://a.example.:443/x", "https://a.example/x"),
            ("https://a.example", "https://a.example/"),
            ("https://a.example?q=1", "https://a.example/?q=1"),
            ("https://a.example*", "https://a.example*"),
            ("https://a.example/x/", "https://a.example/x/"),
            ("https://a.example/%7eme/%2f%2a*", "https://a.example/~me/%2F%2A*"),
            ("https://a.example/100%/%zz", "https://a.example/100%/%zz"),
            ("https://a.example/%é", "https://a.example/%%C3%A9"),
            ("https://a.example/bücher", "https://a.example/b%C3%BCcher"),
            ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
            ("https://%61.example/", "https://a.example/"),
            ("https://a.example。/", "https://a.example/"),
            ("https://a／b.example/", "https://a／b.example/"),
            ("https://[0:0:0:0:0:0:0:1]:443/", "https://[::1]/"),
            ("https://User:PW@A.example/", "https://User:PW@a.example/"),
            ("nonsense", "nonsense"),
            ("https://", "https://"),
            ("", ""),
        ] {
            assert_eq!(normalize_url_pattern(text), normal, "{text}");
            assert_eq!(normalize_url_pattern(normal), normal, "{normal}");
        }
    }

    #[test]
    fn host_is_found() {
        for (url, host) in [
            ("https://a.example/x:1", "a.example"),
            ("https://u@a.example:8443?x", "a.example"),
            ("http://[::1]:8080/", "::1"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(normalized_host(url), host, "{url}");
        }
    }

    #[test]
    fn star_covers_any_string() {
        for (wider, narrower, expected) in [
            ("https://a.example/*", "https://a.example/", true),
            ("https://a.example/*", "https://a.example/x/*", true),
            ("https://a.example/*", "https://a.example:8443/x", false),
            ("https://a.example/x/*", "https://a.example/*", false),
            ("*", "https://a.example/", true),
            ("*/v1/*", "https://a.example/v1/v1", true),
            ("*/v1/*/end", "https://a.example/v1/x/y/end", true),
            ("*aab", "aaaab", true),
            ("a*a", "a", false),
            ("a*b", "a*b", true),
            ("a*b", "a*", false),
            ("ab", "a*", false),
            ("", "", true),
            ("**", "", true),
        ] {
            assert_eq!(pattern_covers(wider, narrower), expected, "{wider} {narrower}");
        }
    }

    /// Matches by trying each length of each wildcard.
    fn matches_slowly(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|skip| matches_slowly(rest, &text[skip..])),
            Some((first, rest)) => text.first() == Some(first) && matches_slowly(rest, &text[1..]),
        }
    }

    /// All strings of at most 6 characters from `ab`. Short patterns overlap in one of them, or in none.
    fn short_strings() -> Vec<Vec<u8>> {
        (0..=6u32)
            .flat_map(|length| (0..1u32 << length).map(move |bits| (length, bits)))
            .map(|(length, bits)| (0..length).map(|at| b'a' + ((bits >> at) & 1) as u8).collect())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn overlap_and_cover_match_enumeration(one in "[ab*]{0,4}", other in "[ab*]{0,4}") {
            let matches = |pattern: &str, text: &Vec<u8>| matches_slowly(pattern.as_bytes(), text);
            let all = short_strings();
            let overlap = all.iter().any(|text| matches(&one, text) && matches(&other, text));
            prop_assert_eq!(patterns_overlap(&one, &other), overlap);
            prop_assert_eq!(patterns_overlap(&other, &one), overlap);
            // `c` is in no pattern, so only a wildcard matches it.
            let sample = other.replace('*', "c");
            prop_assert_eq!(pattern_covers(&one, &other), matches_slowly(one.as_bytes(), sample.as_bytes()));
        }

        #[test]
        fn normal_form_is_stable(url in "(https?|HTTP)://[aB.é%:0-9@*\\[\\]。]{0,12}[/?#]?[a%/2eé*é?]{0,10}") {
            let normal = normalize_url_pattern(&url);
            prop_assert_eq!(normalize_url_pattern(&normal), normal);
        }
    }
}
