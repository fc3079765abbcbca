//! Makes text from files, the service, or the network safe for terminals and logs.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::text::{hexadecimal, is_white_space, split_at, trim_matches};

/// Maximum length of a message in characters (our limit). Published messages have less than 200.
const MAX_MESSAGE: usize = 500;

/// Escapes control, bidirectional, and invisible characters the way Rust escapes them, such as `\u{1b}`. The result is
/// one line.
///
/// `##[` becomes `##\u{5b}`, because CI systems execute `##[command]`, `##vso[…]`, and `##teamcity[…]` anywhere in a line.
///
/// ```
/// use ajo_engine::untrusted_text::escape;
///
/// assert_eq!(escape("a\u{1b}[2Jb\n"), r"a\u{1b}[2Jb\n");
/// ```
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '[' if ends_with_command_prefix(&escaped) => escaped.push_str(r"\u{5b}"),
            hidden if is_hidden(hidden) => push_escaped(&mut escaped, hidden),
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Appends a character as in a Rust string literal, such as `\n` or `\u{1b}`.
pub(crate) fn push_escaped(text: &mut String, character: char) {
    match character {
        '\t' => text.push_str(r"\t"),
        '\n' => text.push_str(r"\n"),
        '\r' => text.push_str(r"\r"),
        '"' | '\'' | '\\' => {
            text.push('\\');
            text.push(character);
        }
        ' '..='~' => text.push(character),
        other => {
            text.push_str(r"\u{");
            text.push_str(&hexadecimal(other.into(), 1));
            text.push('}');
        }
    }
}

/// Escapes the commands of CI systems in an otherwise safe line: `::` at its start, also after spaces, and `##[`, `##vso[`,
/// and the like anywhere. The result of [`escape`] has only the former.
///
/// ```
/// use ajo_engine::untrusted_text::escape_commands;
///
/// assert_eq!(escape_commands(" ::error::a"), r" \u{3a}:error::a");
/// assert_eq!(escape_commands("a::b"), "a::b");
/// ```
pub fn escape_commands(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let trimmed = line.trim_start();
    let is_command = trimmed.starts_with("::");
    escaped.push_str(&line[..line.len() - trimmed.len()]);
    for (index, character) in trimmed.chars().enumerate() {
        match character {
            ':' if is_command && index == 0 => escaped.push_str(r"\u{3a}"),
            '[' if ends_with_command_prefix(&escaped) => escaped.push_str(r"\u{5b}"),
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Whether a text ends with `##`, or with `##` and a name. A `[` after it starts a command of a CI system.
pub fn ends_with_command_prefix(text: &str) -> bool {
    text.trim_end_matches(|c: char| c.is_ascii_alphanumeric()).ends_with("##")
}

/// [Escapes](escape) a text and cuts it to `max_chars` characters; `…` marks the cut. Only the start of a long text is
/// read.
///
/// ```
/// use ajo_engine::untrusted_text::excerpt;
///
/// assert_eq!(excerpt("abcd", 3), "abc…");
/// assert_eq!(excerpt("a\tb", 3), r"a\t…");
/// assert_eq!(excerpt("abc", 3), "abc");
/// ```
pub fn excerpt(text: &str, max_chars: usize) -> String {
    // Most strings are short and plain and only need a copy.
    let special = |byte: &u8| !matches!(byte, b' '..=b'Z' | b'\\'..=b'~');
    if text.len() <= max_chars && text.bytes().filter(special).count() == 0 {
        return text.to_owned();
    }
    let start = split_at(text, length_of(text, max_chars)).0;
    let mut excerpt = escape(start);
    let end = length_of(&excerpt, max_chars);
    if start.len() < text.len() || end < excerpt.len() {
        excerpt.truncate(end);
        excerpt.push('…');
    }
    excerpt
}

/// The length of the first characters of a text in bytes.
fn length_of(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(end, _)| end)
}

/// The [excerpt] of a message in a response. `None` for a blank message, so that it never hides a useful one.
pub fn message_excerpt(text: &str) -> Option<String> {
    let text = trim_matches(text, |character| is_white_space(character) || character.is_control());
    (!text.is_empty()).then(|| excerpt(text, MAX_MESSAGE))
}

/// Whether a character acts on a terminal, changes the writing direction, or has no width.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_escaped() {
        assert_eq!(escape("a\u{1b}[31m\u{9b}1m\u{202e}b\r\nc\0"), r"a\u{1b}[31m\u{9b}1m\u{202e}b\r\nc\u{0}");
    }

    #[test]
    fn escapes_equal_those_of_std() {
        for character in (0..0x300).chain(0x1_fff0..0x1_fff5).filter_map(char::from_u32) {
            let mut escaped = String::new();
            push_escaped(&mut escaped, character);
            assert_eq!(escaped, character.escape_default().to_string());
        }
    }

    #[test]
    fn printable_text_is_unchanged() {
        assert_eq!(escape("Zoë Ünal, 東京 🦀 `a|b` [1]"), "Zoë Ünal, 東京 🦀 `a|b` [1]");
    }

    #[test]
    fn github_command_is_escaped() {
        assert_eq!(escape("x ##[stop-commands]y"), r"x ##\u{5b}stop-commands]y");
        assert_eq!(escape_commands("\u{3000}::error::x"), "\u{3000}\\u{3a}:error::x");
        assert_eq!(escape_commands("x ::error::x ##[y"), r"x ::error::x ##\u{5b}y");
    }

    #[test]
    fn other_ci_commands_are_escaped() {
        assert_eq!(escape("x ##vso[task.setvariable]y"), r"x ##vso\u{5b}task.setvariable]y");
        assert_eq!(escape("##teamcity[x"), r"##teamcity\u{5b}x");
        assert_eq!(escape("# [a] ## [b]"), "# [a] ## [b]");
    }

    #[test]
    fn blank_characters_are_escaped() {
        for blank in ['\u{34f}', '\u{115f}', '\u{180b}', '\u{3164}', '\u{ffa0}', '\u{1d173}'] {
            assert!(is_hidden(blank), "{blank:?}");
        }
    }

    #[test]
    fn excerpt_counts_output_characters() {
        assert_eq!(excerpt("東東東", 2), "東東…");
        assert_eq!(excerpt("東東", 2), "東東");
        assert_eq!(excerpt("\u{1b}", 6), r"\u{1b}");
        assert_eq!(excerpt("\u{1b}\u{1b}東", 7), r"\u{1b}\…");
        assert_eq!(excerpt("##[x", 8), r"##\u{5b}…");
        assert_eq!(excerpt("", 0), "");
        assert_eq!(excerpt("a", 0), "…");
    }
}
