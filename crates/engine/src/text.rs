//! Composes and searches text. `core::fmt` and the string searcher of the standard library make up a tenth of a WebAssembly
//! module.

use alloc::string::String;

/// Joins parts of a text.
pub fn concat(parts: &[&str]) -> String {
    join(parts, "")
}

/// Joins parts of a text with a separator.
pub fn join(parts: &[&str], separator: &str) -> String {
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        text.push_str(part);
    }
    text
}

/// The digits of a number.
pub fn decimal(number: u64) -> String {
    digits(number, 10, 1)
}

/// The digits of a number with commas between thousands.
pub fn group_thousands(number: u64) -> String {
    let digits = decimal(number);
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The digits of a number with a sign if it is negative.
pub fn signed_decimal(number: i64) -> String {
    let digits = decimal(number.unsigned_abs());
    if number < 0 { concat(&["-", &digits]) } else { digits }
}

/// The lower-case digits of a number, with at least `min_digits`.
pub fn hexadecimal(number: u64, min_digits: usize) -> String {
    digits(number, 16, min_digits)
}

fn digits(mut number: u64, base: u64, min_digits: usize) -> String {
    let mut text = String::new();
    while number > 0 || text.len() < min_digits {
        let digit = u32::try_from(number % base).ok().and_then(|digit| char::from_digit(digit, 16));
        text.extend(digit);
        number /= base;
    }
    text.chars().rev().collect()
}

/// Parses a number that consists of digits only.
pub fn parse_decimal(text: &str) -> Option<u64> {
    let digits = text.as_bytes();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 { None } else { number.checked_mul(10)?.checked_add(digit.into()) }
    })
}

/// Whether a character is white space, by the same property of Unicode as `char::is_whitespace`, which has a table.
pub const fn is_white_space(character: char) -> bool {
    matches!(
        character,
        '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}'
            | '\u{205f}' | '\u{3000}'
    )
}

/// Removes white space from both ends.
pub fn trim(text: &str) -> &str {
    trim_matches(text, is_white_space)
}

/// Removes such characters from both ends.
pub fn trim_matches(text: &str, is_removed: fn(char) -> bool) -> &str {
    text.trim_matches(is_removed)
}

/// Splits a text at a position in bytes. It never panics: elsewhere than between two characters, the text is not split.
pub fn split_at(text: &str, position: usize) -> (&str, &str) {
    text.split_at_checked(position).unwrap_or((text, ""))
}

/// The position of the first occurrence of `part`, which is not empty.
pub fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len().max(1)).position(|window| window == part.as_bytes())
}

/// The position of the first of these ASCII characters.
pub fn find_any(text: &str, characters: &[u8]) -> Option<usize> {
    text.bytes().position(|byte| is_any(byte, characters))
}

/// Whether a byte is one of these. `contains` of the standard library is a word-wise search.
pub fn is_any(byte: u8, bytes: &[u8]) -> bool {
    #[expect(clippy::manual_contains, reason = "see above")]
    bytes.iter().any(|other| *other == byte)
}

/// Whether a text contains `part`, which is not empty.
pub fn contains(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// Splits a text at the first occurrence of `part`, which is not empty.
pub fn split_once<'t>(text: &'t str, part: &str) -> Option<(&'t str, &'t str)> {
    let (before, rest) = split_at(text, find(text, part)?);
    Some((before, split_at(rest, part.len()).1))
}

/// Replaces all occurrences of `part`, which is not empty.
pub fn replace(mut text: &str, part: &str, replacement: &str) -> String {
    let mut replaced = String::new();
    while let Some((before, after)) = split_once(text, part) {
        replaced.push_str(before);
        replaced.push_str(replacement);
        text = after;
    }
    replaced.push_str(text);
    replaced
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn searches_equal_those_of_std(text in "[abé]{0,12}", part in "[abé]{1,3}") {
            prop_assert_eq!(find(&text, &part), text.find(&part));
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
            prop_assert_eq!(split_once(&text, &part), text.split_once(&part));
            prop_assert_eq!(replace(&text, &part, "aé"), text.replace(&part, "aé"));
            prop_assert_eq!(find_any(&text, b"bc"), text.find(['b', 'c']));
        }
    }

    #[test]
    fn numbers_equal_those_of_std() {
        for number in [0, 1, 9, 10, 255, 65_535, u64::MAX - 1, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
            assert_eq!(hexadecimal(number, 4), format!("{number:04x}"));
            assert_eq!(parse_decimal(&number.to_string()), Some(number));
        }
        for number in [0, -1, i64::MIN, i64::MAX] {
            assert_eq!(signed_decimal(number), number.to_string());
        }
        for text in ["", "+1", "-1", " 1", "1 ", "x", "18446744073709551616"] {
            assert_eq!(parse_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn thousands_have_commas() {
        assert_eq!([0, 999, 1000, 1_234_567].map(group_thousands), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn white_space_equals_that_of_std() {
        for character in '\0'..=char::MAX {
            assert_eq!(is_white_space(character), character.is_whitespace(), "{character:?}");
        }
    }

    #[test]
    fn parts_are_joined() {
        assert_eq!(join(&["a", "b", "c"], ", "), "a, b, c");
        assert_eq!(concat(&[]), "");
    }
}
