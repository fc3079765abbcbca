//! Converts names of a spec to Rust names.

/// Rust keywords, including reserved ones.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union",
];

/// `canDeploy`, `can-deploy` and `_canDeploy` all become `can_deploy`.
pub(crate) fn to_snake_case(name: &str) -> String {
    split_words(name).join("_")
}

/// `can_deploy` becomes `CanDeploy`.
pub(crate) fn to_pascal_case(name: &str) -> String {
    let capitalize = |word: &String| {
        let mut characters = word.chars();
        characters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
    };
    split_words(name).iter().map(capitalize).collect()
}

/// Whether a name is a valid Rust function name: lower-case words with single underscores between them, not a keyword.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && to_snake_case(name) == name
        && !KEYWORDS.contains(&name)
}

/// The first two names that become the same Rust name.
pub(super) fn find_collision<'n>(
    names: impl IntoIterator<Item = &'n str>,
    become_name: impl Fn(&str) -> String,
) -> Option<(&'n str, &'n str, String)> {
    let mut seen: Vec<(&str, String)> = Vec::new();
    for name in names {
        let rust = become_name(name);
        if let Some((earlier, _)) = seen.iter().find(|(_, other)| *other == rust) {
            return Some((earlier, name, rust));
        }
        seen.push((name, rust));
    }
    None
}

/// Splits a name like the crate `heck`, which progenitor and typify use. A word starts after a character that is not alphanumeric, at an
/// upper-case letter after a lower-case one, and at the last of several upper-case letters before a lower-case one.
fn split_words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|character: char| !character.is_alphanumeric()) {
        let mut word = String::new();
        let mut after_upper = false;
        let mut after_lower = false;
        let mut characters = part.chars().peekable();
        while let Some(character) = characters.next() {
            let is_upper = character.is_uppercase();
            let last_of_several = after_upper && is_upper && characters.peek().is_some_and(|next| next.is_lowercase());
            if (after_lower && is_upper) || last_of_several {
                words.push(std::mem::take(&mut word));
            }
            word.extend(character.to_lowercase());
            // A digit belongs to the preceding word.
            if is_upper || character.is_lowercase() {
                (after_upper, after_lower) = (is_upper, !is_upper);
            }
        }
        words.push(word);
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_converted_to_rust() {
        for (name, expected) in [
            ("canDeploy", "can_deploy"),
            ("_id", "id"),
            ("id", "id"),
            ("periodInMs", "period_in_ms"),
            ("ERR", "err"),
            ("a-b c", "a_b_c"),
            ("HTTPServer", "http_server"),
            ("errorCodeV2x", "error_code_v2x"),
        ] {
            assert_eq!(to_snake_case(name), expected);
        }
        assert_eq!(to_pascal_case("not_yet-done"), "NotYetDone");
        assert_eq!(to_pascal_case("GET"), "Get");
    }
}
