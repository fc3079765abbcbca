//! Invisible characters. With them, two strings can look the same and still differ.

use alloc::string::String;

use super::findings::Findings;
use crate::json::{JsonObject, JsonValue, escape_pointer_token};
use crate::text::{concat, decimal, hexadecimal, is_white_space};
use crate::untrusted_text::is_hidden;

/// Whether a character of a definition is invisible: a control or bidirectional character, or one that Unicode calls
/// "default ignorable", such as the zero width space. Tabs and line breaks are not, because they are visible as space.
pub fn is_invisible(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        // Variation selectors, unassigned ignorable characters, and the blank Braille pattern.
        '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fff8}' | '\u{2800}' => true,
        other => is_hidden(other),
    }
}

/// The code point of a character, and the name of the common ones.
///
/// ```
/// use ajo_engine::rules::describe_character;
///
/// assert_eq!(describe_character('\u{200b}'), "U+200B (zero width space)");
/// assert_eq!(describe_character('\u{1bca0}'), "U+1BCA0");
/// ```
pub fn describe_character(character: char) -> String {
    let name = match character {
        '\t' => "tab",
        '\n' | '\r' => "line break",
        '\u{a0}' => "no-break space",
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' => "bidirectional control",
        '\u{202f}' => "narrow no-break space",
        '\u{2060}' => "word joiner",
        '\u{3000}' => "ideographic space",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "variation selector",
        '\u{feff}' => "byte order mark",
        control if control.is_control() => "control character",
        space if is_white_space(space) => "space",
        _ => "",
    };
    let code = hexadecimal(character.into(), 4).to_ascii_uppercase();
    if name.is_empty() { concat(&["U+", &code]) } else { concat(&["U+", &code, " (", name, ")"]) }
}

/// Reports the first invisible character of each key and string. The service documents nothing about them.
pub(super) fn check_fields(fields: &(impl JsonObject + ?Sized), pointer: &str, findings: &mut Findings) {
    for (name, value) in fields.entries() {
        let pointer = concat(&[pointer, "/", &escape_pointer_token(name)]);
        check_text(name, &pointer, findings);
        check_value(value, &pointer, findings);
    }
}

fn check_value<J: JsonValue>(value: &J, pointer: &str, findings: &mut Findings) {
    if let Some(text) = value.as_str() {
        check_text(text, pointer, findings);
    } else if let Some(fields) = value.as_object() {
        check_fields(fields, pointer, findings);
    }
    for (index, item) in (0..).zip(value.items().unwrap_or_default()) {
        check_value(item, &concat(&[pointer, "/", &decimal(index)]), findings);
    }
}

fn check_text(text: &str, pointer: &str, findings: &mut Findings) {
    for (index, character) in (1..).zip(text.chars()) {
        if is_invisible(character) {
            let message = ["invisible character ", &describe_character(character), " at character ", &decimal(index)];
            return findings.error("AJO_LIMITS_HIDDEN_CHARACTER", pointer, &message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_character_is_an_error() {
        for character in
            ['\u{200b}', '\u{202e}', '\u{2066}', '\u{ad}', '\u{fe0f}', '\u{e0041}', '\u{feff}', '\u{7}', '\u{2800}']
        {
            let fields = serde_json::json!({"url": "https://a.example/", "x": {"y": [format!("ab{character}")]}});
            let mut findings = Findings::default();
            check_fields(fields.as_object().expect("an object"), "", &mut findings);
            let findings = findings.into_vec();
            let [found] = &findings[..] else { panic!("{character:?}: {findings:?}") };
            assert_eq!((found.code, found.pointer.as_str()), ("AJO_LIMITS_HIDDEN_CHARACTER", "/x/y/0"));
            assert!(found.message.contains(&format!("U+{:04X}", u32::from(character))), "{}", found.message);
            assert!(found.message.ends_with("at character 3"), "{}", found.message);
        }
    }

    #[test]
    fn visible_text_is_accepted() {
        let fields = serde_json::json!({"name": "Zoë\n東京\t🦀", "bücher~/": null});
        let mut findings = Findings::default();
        check_fields(fields.as_object().expect("an object"), "", &mut findings);
        assert_eq!(findings.into_vec(), []);
    }

    #[test]
    fn hidden_key_has_a_pointer() {
        let fields = serde_json::json!({"a/\u{200b}": 1});
        let mut findings = Findings::default();
        check_fields(fields.as_object().expect("an object"), "", &mut findings);
        assert_eq!(findings.into_vec()[0].pointer, "/a~1\u{200b}");
    }
}
