//! Texts of the service as YAML.
//!
//! They are anybody's: nothing in them may end a scalar or a comment, be read as something else than text, or show an editor
//! other text than there is.

use std::fmt::Write as _;

/// Plain words that some YAML reader takes for something else than text.
const WORDS: [&str; 13] =
    ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity", "undefined"];

/// A text as a value of a limits file: plain where that is safe, in quotes otherwise. No variable comes of it.
pub(super) fn scalar(text: &str) -> String {
    let text = text.replace("${", "$${");
    if is_plain(&text) { text } else { quoted(&text) }
}

/// Whether a text is itself without quotes, in every reader of YAML, in blocks and in flow lists.
fn is_plain(text: &str) -> bool {
    // Some letters are drawn as nothing.
    let safe = |c: char| c.is_alphanumeric() && is_shown(c) || "-._~/:*?&=%+@;$()! ".contains(c);
    text.starts_with(char::is_alphabetic)
        && text.chars().all(safe)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains("  ")
        && !WORDS.contains(&text.to_lowercase().as_str())
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_shown(c) => quoted.push(c),
            c => {
                let code = u32::from(c);
                // Writing to a text does not fail.
                let _ = if code > 0xffff { write!(quoted, "\\U{code:08x}") } else { write!(quoted, "\\u{code:04x}") };
            }
        }
    }
    quoted + "\""
}

/// Whether a character can be seen as itself: not one that controls, ends a line, joins, or turns the direction of writing, and
/// none that YAML does not allow.
fn is_shown(c: char) -> bool {
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
    fn what_is_safe_is_plain_and_everything_else_in_quotes() {
        for plain in ["https://api.example.org/data/2.5/*", "partner-api", "GET", "Bücher Ä", "a?b=c&d=e", "x*/y"] {
            assert_eq!(scalar(plain), plain);
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
            ("😀", r#""😀""#),
            ("\u{10ffff}", r#""\U0010ffff""#),
        ] {
            assert_eq!(scalar(text), expected, "{text:?}");
        }
    }
}
