//! Writes strings from the service as YAML scalars.
//!
//! These strings are untrusted: none may end a scalar or a comment, be read as another type, or be displayed misleadingly in an
//! editor.

use std::fmt::Write as _;

use ajo_engine::untrusted_text::ends_with_command_prefix;

/// Plain words that some YAML parsers read as another type than string.
const AMBIGUOUS_SCALARS: [&str; 13] =
    ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity", "undefined"];

/// Formats a string as a value in a limits file: plain if that is safe, otherwise quoted. `${` is escaped.
pub(in crate::file) fn format_scalar(text: &str) -> String {
    format_key(&text.replace("${", "$${"))
}

/// Formats a key: plain if that is safe, otherwise quoted. Variables are not substituted in keys.
pub(in crate::file) fn format_key(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quote_scalar(text) }
}

/// Whether a string needs no quotes, for every YAML parser, in block and in flow style.
fn is_plain(text: &str) -> bool {
    // Some alphanumeric characters are invisible.
    let safe = |c: char| c.is_alphanumeric() && is_printable(c) || "-._~/:*?&=%+@;$()! ".contains(c);
    text.starts_with(char::is_alphabetic)
        && text.chars().all(safe)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains("  ")
        && !AMBIGUOUS_SCALARS.contains(&text.to_lowercase().as_str())
}

pub(in crate::file) fn quote_scalar(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // `##[command]` in a log is a command of CI systems.
            '[' if ends_with_command_prefix(&quoted) => quoted.push_str("\\u005b"),
            c if is_printable(c) => quoted.push(c),
            c => {
                let code = u32::from(c);
                // Writing to a `String` cannot fail.
                let _ = if code > 0xffff { write!(quoted, "\\U{code:08x}") } else { write!(quoted, "\\u{code:04x}") };
            }
        }
    }
    quoted + "\""
}

/// Whether a character is visible and allowed in YAML: not a control character, line break, joiner, or text-direction mark.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
        && (c == ' ' || !c.is_whitespace())
        && u32::from(c) & 0xfffe != 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_strings_are_quoted() {
        for plain in ["https://api.example.org/data/2.5/*", "partner-api", "GET", "Bücher Ä", "a?b=c&d=e", "x*/y"] {
            assert_eq!(format_scalar(plain), plain);
        }
        for (text, expected) in [
            ("", r#""""#),
            ("~", r#""~""#),
            ("on", r#""on""#),
            ("NULL", r#""NULL""#),
            ("12", r#""12""#),
            ("1e3", r#""1e3""#),
            ("0x1f", r#""0x1f""#),
            ("2026-11-26", r#""2026-11-26""#),
            ("- a", r#""- a""#),
            ("*x", r#""*x""#),
            ("&x", r#""&x""#),
            ("!x", r#""!x""#),
            ("a: b", r#""a: b""#),
            ("a:", r#""a:""#),
            ("a #b", r#""a #b""#),
            ("a, b", r#""a, b""#),
            ("[a]", r#""[a]""#),
            ("a\nb: 1", r#""a\nb: 1""#),
            ("a\r\u{85}\u{2028}", r#""a\u000d\u0085\u2028""#),
            ("\u{0}\u{7f}\u{feff}", r#""\u0000\u007f\ufeff""#),
            ("a\u{202e}b", r#""a\u202eb""#),
            ("say \"\\\"", r#""say \"\\\"""#),
            ("${HOME}", r#""$${HOME}""#),
            ("$${", r#""$$${""#),
            (" a", r#"" a""#),
            ("a\u{3164}b", r#""a\u3164b""#),
            ("##[error]a##vso[b", r###""##\u005berror]a##vso\u005bb""###),
            ("😀", r#""😀""#),
            ("\u{10ffff}", r#""\U0010ffff""#),
        ] {
            assert_eq!(format_scalar(text), expected, "{text:?}");
        }
    }
}
