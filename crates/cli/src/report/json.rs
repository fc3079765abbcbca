//! The report as JSON.

use ajo_engine::untrusted_text::is_hidden;
use ajo_limits::CommandReport;

pub(super) fn render(report: &CommandReport) -> String {
    escape_hidden_characters(&serde_json::to_string_pretty(report).expect("a report always serializes")) + "\n"
}

/// Escapes hidden characters in JSON. A serializer writes them in strings only, so the meaning does not change.
pub(super) fn escape_hidden_characters(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    let push_escaped = |escaped: &mut String, character: char| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            escaped.extend([format!("\\u{unit:04x}")]);
        }
    };
    for character in json.chars() {
        match character {
            '\n' => escaped.push('\n'),
            '[' if escaped.ends_with("##") => push_escaped(&mut escaped, '['),
            hidden if is_hidden(hidden) => push_escaped(&mut escaped, hidden),
            plain => escaped.push(plain),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_has_same_value() {
        let value = serde_json::json!({"\u{7f}": ["\u{9b}\u{202e}\u{e0041}\u{1b}\n##[a]", "東"]});
        let escaped = escape_hidden_characters(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).expect("JSON"), value);
        assert!(!escaped.chars().any(|character| character != '\n' && is_hidden(character)), "{escaped}");
    }
}
