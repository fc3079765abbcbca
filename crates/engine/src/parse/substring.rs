//! Searches in strings. The searcher of the standard library makes up 2 KB of a WebAssembly module.

use alloc::string::String;

/// The position of the first occurrence of `part`, which is not empty.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len().max(1)).position(|window| window == part.as_bytes())
}

/// Whether a text contains `part`, which is not empty.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// Splits a text at the first occurrence of `part`, which is not empty.
pub(crate) fn split_once<'t>(text: &'t str, part: &str) -> Option<(&'t str, &'t str)> {
    let start = find(text, part)?;
    Some((&text[..start], &text[start + part.len()..]))
}

/// Replaces all occurrences of `part`, which is not empty.
pub(crate) fn replace(mut text: &str, part: &str, replacement: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
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
        fn results_are_those_of_std(text in "[abé]{0,12}", part in "[abé]{1,3}") {
            prop_assert_eq!(find(&text, &part), text.find(&part));
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
            prop_assert_eq!(split_once(&text, &part), text.split_once(&part));
            prop_assert_eq!(replace(&text, &part, "aé"), text.replace(&part, "aé"));
        }
    }
}
