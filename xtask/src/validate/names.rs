//! Which Rust name a name of the spec becomes.

/// Words that are no Rust name for a function, a field or a module.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union",
];

/// `canDeploy`, `can-deploy` and `_canDeploy` all become `can_deploy`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `can_deploy` becomes `CanDeploy`.
pub(crate) fn pascal(name: &str) -> String {
    let capital = |word: &String| {
        let mut characters = word.chars();
        characters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
    };
    words(name).iter().map(capital).collect()
}

/// Whether a name can stand as it is: lower case words with single underscores between them, no keyword.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && snake(name) == name
        && !KEYWORDS.contains(&name)
}

/// The first two different names that become one.
pub(super) fn collision<'n>(
    names: impl IntoIterator<Item = &'n str>,
    become_name: impl Fn(&str) -> String,
) -> Option<(&'n str, &'n str, String)> {
    let mut seen: Vec<(&str, String)> = Vec::new();
    for name in names {
        let rust = become_name(name);
        if let Some((earlier, _)) = seen.iter().find(|(_, taken)| *taken == rust) {
            return Some((earlier, name, rust));
        }
        seen.push((name, rust));
    }
    None
}

/// The words of a name by the rule of the crate `heck`, which progenitor and typify use: a new word begins after anything that
/// is no letter or digit, at a capital after a small letter, and at the last capital of several before a small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|character: char| !character.is_alphanumeric()) {
        let mut word = String::new();
        let mut after_capital = false;
        let mut after_small = false;
        let mut characters = part.chars().peekable();
        while let Some(character) = characters.next() {
            let capital = character.is_uppercase();
            let last_of_several = after_capital && capital && characters.peek().is_some_and(|next| next.is_lowercase());
            if (after_small && capital) || last_of_several {
                words.push(std::mem::take(&mut word));
            }
            word.extend(character.to_lowercase());
            // A digit belongs to what stands before it.
            if capital || character.is_lowercase() {
                (after_capital, after_small) = (capital, !capital);
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
    fn names_become_rust_names() {
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
            assert_eq!(snake(name), expected);
        }
        assert_eq!(pascal("not_yet-done"), "NotYetDone");
        assert_eq!(pascal("GET"), "Get");
    }
}
