//! Writes strings as JSON.

use alloc::string::String;

use crate::text::hexadecimal;

/// Appends a quoted JSON string.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    // Most strings need no escapes. The bytes are counted because the compiler vectorizes that, unlike a search.
    if text.bytes().filter(|byte| matches!(byte, ..b' ' | b'"' | b'\\')).count() == 0 {
        out.push_str(text);
        out.push('"');
        return;
    }
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' => {
                out.push_str("\\u");
                out.push_str(&hexadecimal(character.into(), 4));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}
