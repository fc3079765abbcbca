//! Letters that look like other letters (Unicode Technical Standard #39).

use ajo_core::rules::describe_character;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection as _, skeleton};

/// Describes the first part of a URL or a method that mixes scripts, or that looks like ASCII but is not. Each part of a host
/// and of a path is checked on its own, because `東京.example` is fine.
pub(crate) fn find_lookalike(text: &str) -> Option<String> {
    if text.is_ascii() && !text.to_ascii_lowercase().contains("xn--") {
        return None;
    }
    text.split(['.', '/', '?', '&', '=', '#', ':', '-', '_', '~', '*']).find_map(check_part).or_else(|| {
        let host = crate::url_form::normalized_host(text);
        let (decoded, result) = idna::domain_to_unicode(host);
        result.ok()?;
        decoded.split(['.', '-', '_']).find_map(check_part)
    })
}

fn check_part(part: &str) -> Option<String> {
    if part.is_ascii() {
        return None;
    }
    let double = part.chars().find_map(|character| {
        let plain: String = skeleton(character.encode_utf8(&mut [0; 4])).collect();
        (!character.is_ascii() && plain.is_ascii())
            .then(|| format!("{} looks like `{plain}`", describe_character(character)))
    });
    let is_mixed = !part.check_restriction_level(RestrictionLevel::HighlyRestrictive);
    match (is_mixed, double) {
        (true, Some(double)) => Some(format!("letters of several scripts in one word: {double}")),
        (true, None) => Some("letters of several scripts in one word".to_owned()),
        (false, Some(double)) if skeleton(part).all(|c| c.is_ascii()) => Some(double),
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalike_is_described() {
        for (text, expected) in [
            ("https://\u{430}pi.example.org/*", Some("several scripts in one word: U+0430 looks like `a`")),
            ("https://\u{430}\u{440}\u{440}.example.org/*", Some("U+0430 looks like `a`")),
            ("https://xn--pi-6kc.example.org/*", Some("U+0430 looks like `a`")),
            ("https://api.example.org/s\u{435}nd", Some("U+0435 looks like `e`")),
            ("https://api.example.org\u{ff0f}v1", Some("U+FF0F looks like")),
            ("PO\u{405}T", Some("U+0405 looks like `S`")),
            ("https://api\u{3bb}.example.org/", Some("letters of several scripts")),
            ("https://b\u{fc}cher.example/*", None),
            ("https://xn--bcher-kva.example/*", None),
            ("https://\u{6771}\u{4eac}.example/caf\u{e9}", None),
            ("https://\u{6771}\u{4eac}api.example/", None),
            ("https://\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}.example/", None),
            ("https://api.example.org/*", None),
        ] {
            let found = find_lookalike(text);
            assert_eq!(found.is_some(), expected.is_some(), "{text}: {found:?}");
            assert!(found.unwrap_or_default().contains(expected.unwrap_or_default()), "{text}");
        }
    }
}
