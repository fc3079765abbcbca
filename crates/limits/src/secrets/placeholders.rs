//! Strings with `${NAME}` in place of secrets.
//!
//! A literal `$` before `{NAME}` or before a placeholder is doubled, as in a limits file, so that each string has one meaning:
//! of `n` dollar signs before `{NAME}`, `n / 2` are literal, and an odd number makes it a placeholder. Only the names of secrets
//! count; any other `${…}` is literal.

use std::collections::BTreeMap;

/// A part of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TextPart {
    Literal(String),
    /// The name of a secret.
    Secret(String),
}

/// Splits a string into its parts. `is_secret` knows the names of secrets.
pub(super) fn parse_placeholders(text: &str, is_secret: &dyn Fn(&str) -> bool) -> Vec<TextPart> {
    let (mut parts, mut literal, mut rest) = (Vec::new(), String::new(), text);
    while let Some(at) = rest.find('$') {
        literal.push_str(&rest[..at]);
        let from = &rest[at..];
        let dollars = from.bytes().take_while(|byte| *byte == b'$').count();
        rest = &from[dollars..];
        let Some(name) = name_in_braces(rest).filter(|name| is_secret(name)) else {
            literal.push_str(&from[..dollars]);
            continue;
        };
        literal.extend(std::iter::repeat_n('$', dollars / 2));
        let (braced, after) = rest.split_at(name.len() + 2);
        if dollars % 2 == 1 {
            push_literal(&mut parts, &mut literal);
            parts.push(TextPart::Secret(name.to_owned()));
        } else {
            literal.push_str(braced);
        }
        rest = after;
    }
    literal.push_str(rest);
    push_literal(&mut parts, &mut literal);
    parts
}

/// The inverse of [`parse_placeholders`].
pub(super) fn format_placeholders(parts: &[TextPart], is_secret: &dyn Fn(&str) -> bool) -> String {
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        match part {
            TextPart::Secret(name) => text.extend(["${", name, "}"]),
            TextPart::Literal(literal) => {
                let is_before_secret = matches!(parts.get(index + 1), Some(TextPart::Secret(_)));
                let mut rest = literal.as_str();
                while let Some(at) = rest.find('$') {
                    text.push_str(&rest[..at]);
                    let dollars = rest[at..].bytes().take_while(|byte| *byte == b'$').count();
                    rest = &rest[at + dollars..];
                    let is_escaped = name_in_braces(rest).is_some_and(is_secret) || rest.is_empty() && is_before_secret;
                    text.extend(std::iter::repeat_n('$', if is_escaped { 2 * dollars } else { dollars }));
                }
                text.push_str(rest);
            }
        }
    }
    text
}

fn push_literal(parts: &mut Vec<TextPart>, literal: &mut String) {
    if !literal.is_empty() {
        parts.push(TextPart::Literal(std::mem::take(literal)));
    }
}

fn name_in_braces(text: &str) -> Option<&str> {
    Some(text.strip_prefix('{')?.split_once('}')?.0)
}

/// The names of the secrets in a string.
pub(crate) fn placeholder_names(text: &str, is_secret: &dyn Fn(&str) -> bool) -> Vec<String> {
    let names = parse_placeholders(text, is_secret).into_iter().filter_map(|part| match part {
        TextPart::Secret(name) => Some(name),
        TextPart::Literal(_) => None,
    });
    names.collect()
}

/// The values of a template's secrets, if the string is the template with other values.
pub(crate) fn align(template: &str, text: &str, is_secret: &dyn Fn(&str) -> bool) -> Option<BTreeMap<String, String>> {
    let parts = parse_placeholders(template, is_secret);
    let (mut values, mut rest, mut open): (Vec<(String, String)>, _, Option<String>) = (Vec::new(), text, None);
    for (index, part) in parts.iter().enumerate() {
        match part {
            // The border between two adjacent secrets is unknown.
            TextPart::Secret(_) if open.is_some() => return None,
            TextPart::Secret(name) => open = Some(name.clone()),
            TextPart::Literal(literal) => {
                let is_last = index + 1 == parts.len();
                let at = match &open {
                    None => rest.starts_with(literal.as_str()).then_some(0),
                    Some(_) if is_last => rest.ends_with(literal.as_str()).then(|| rest.len() - literal.len()),
                    Some(_) => rest.find(literal.as_str()),
                }?;
                values.extend(open.take().map(|name| (name, rest[..at].to_owned())));
                rest = &rest[at + literal.len()..];
            }
        }
    }
    match open {
        Some(name) => values.push((name, rest.to_owned())),
        None if !rest.is_empty() => return None,
        None => {}
    }
    let is_consistent = values
        .iter()
        .all(|(name, value)| !value.is_empty() && values.iter().all(|(other, same)| other != name || same == value));
    (!values.is_empty() && is_consistent).then(|| values.into_iter().collect())
}

/// The bytes of a text without percent-encoding, so that all spellings of a value are equal.
pub(super) fn decode_percent(text: &str) -> Vec<u8> {
    let (mut decoded, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((byte, length)) = decode_byte(rest) {
        decoded.push(byte);
        rest = &rest[length..];
    }
    decoded
}

/// The first byte of a text and the length of its encoding.
pub(super) fn decode_byte(text: &[u8]) -> Option<(u8, usize)> {
    let first = *text.first()?;
    let hex = text.get(1..3).filter(|hex| first == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
    let decoded = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
    Some(decoded.map_or((first, 1), |byte| (byte, 3)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_secret(name: &str) -> bool {
        name == "A" || name == "B"
    }

    fn aligned(template: &str, text: &str) -> Option<String> {
        let values = align(template, text, &is_secret)?;
        Some(values.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn text_is_aligned_with_template() {
        for (template, text, values) in [
            ("https://h/?k=${A}", "https://h/?k=old", Some("A=old")),
            ("https://u:${A}@h/${B}/x", "https://u:p@h/q/x", Some("A=p,B=q")),
            ("${A}-${A}", "x-x", Some("A=x")),
            ("${A}-${A}", "x-y", None),
            ("${A}${B}", "xy", None),
            ("https://h/?k=${A}", "https://h/?k=", None),
            ("https://h/?k=${A}", "https://other/?k=old", None),
            ("https://h/$${A}", "https://h/${A}", None),
            ("https://h/${C}", "https://h/x", None),
        ] {
            assert_eq!(aligned(template, text).as_deref(), values, "{template} {text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn placeholders_are_unambiguous(parts in prop::collection::vec(("[$x]{0,3}(\\{[AC]\\})?", "[AB]"), 0..4)) {
            let mut all = Vec::new();
            for (literal, name) in parts {
                push_literal(&mut all, &mut literal.clone());
                all.push(TextPart::Secret(name));
            }
            prop_assert_eq!(parse_placeholders(&format_placeholders(&all, &is_secret), &is_secret), all);
        }

        #[test]
        fn literal_text_round_trips(literal in "[$x{}A]{1,9}") {
            let all = [TextPart::Literal(literal)];
            prop_assert_eq!(&parse_placeholders(&format_placeholders(&all, &is_secret), &is_secret)[..], &all[..]);
        }
    }
}
