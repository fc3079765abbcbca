//! The report itself, for programs.

use ajo_engine::untrusted_text::is_hidden;
use ajo_limits::Report;

pub(super) fn render(report: &Report) -> String {
    quiet_json(&serde_json::to_string_pretty(report).expect("texts, numbers and lists")) + "\n"
}

/// Escapes hidden characters in JSON. A serializer writes them in strings only, so the meaning does not change.
pub(super) fn quiet_json(json: &str) -> String {
    let mut quiet = String::with_capacity(json.len());
    let push_escaped = |quiet: &mut String, character: char| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            quiet.extend([format!("\\u{unit:04x}")]);
        }
    };
    for character in json.chars() {
        match character {
            '\n' => quiet.push('\n'),
            '[' if quiet.ends_with("##") => push_escaped(&mut quiet, '['),
            hidden if is_hidden(hidden) => push_escaped(&mut quiet, hidden),
            plain => quiet.push(plain),
        }
    }
    quiet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_json_means_the_same() {
        let value = serde_json::json!({"\u{7f}": ["\u{9b}\u{202e}\u{e0041}\u{1b}\n##[a]", "東"]});
        let quiet = quiet_json(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&quiet).expect("JSON"), value);
        assert!(!quiet.chars().any(|character| character != '\n' && is_hidden(character)), "{quiet}");
    }
}
