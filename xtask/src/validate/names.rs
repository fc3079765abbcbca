//! Which Rust name a name of the spec becomes.

/// Words that are no Rust name for a function, a field or a module.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union",
];

/// `canDeploy`, `can-deploy` and `_canDeploy` all become `can_deploy`.
pub(super) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `can_deploy` becomes `CanDeploy`.
pub(super) fn pascal(name: &str) -> String {
    let capital = |word: &String| {
        let mut characters = word.chars();
        characters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
    };
    words(name).iter().map(capital).collect()
}

/// Whether a name can stand as it is: lower case words with underscores, no keyword.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
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

fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            before = None;
            continue;
        }
        let begins = match before {
            None => true,
            Some(before) => character.is_uppercase() && !char::is_uppercase(before),
        };
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
        before = Some(character);
    }
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
        ] {
            assert_eq!(snake(name), expected);
        }
        assert_eq!(pascal("not_yet-done"), "NotYetDone");
        assert_eq!(pascal("GET"), "Get");
    }
}
