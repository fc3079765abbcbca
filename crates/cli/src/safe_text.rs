//! The gate for output: text that is safe for terminals and CI logs and shows no secret.
//!
//! Only this module creates [`SafeText`] from other strings, so code that forgets to escape does not compile.

use std::borrow::Cow;
use std::fmt::{self, Display};

use ajo_engine::untrusted_text::{ends_with_command_prefix, escape, escape_commands, is_hidden};
use annotate_snippets::renderer::Style;

use crate::secret_mask::mask;

/// Text without control characters, commands of CI systems, and known secrets. May have several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SafeText(String);

/// Formats a [`SafeText`]. Arguments are escaped unless they are `SafeText`; `{name}` in the format does not compile,
/// because it could not be escaped.
macro_rules! safe {
    ($format:literal $(, $argument:expr)* $(,)?) => {{
        #[allow(unused_imports, reason = "a format without arguments does not use the trait")]
        use $crate::safe_text::SafePart as _;
        $crate::safe_text::SafeText::from_arguments(format_args!(concat!($format, "") $(, ($argument).safe_part())*))
    }};
}
pub(crate) use safe;

/// An argument of [`safe!`].
pub(crate) trait SafePart {
    fn safe_part(&self) -> Cow<'_, str>;
}

impl<T: Display + ?Sized> SafePart for T {
    fn safe_part(&self) -> Cow<'_, str> {
        Cow::Owned(escape(&mask(&self.to_string())))
    }
}

impl SafePart for SafeText {
    fn safe_part(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl From<&'static str> for SafeText {
    fn from(literal: &'static str) -> Self {
        Self(literal.to_owned())
    }
}

impl FromIterator<SafeText> for SafeText {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        Self::join(parts, "")
    }
}

impl SafeText {
    /// For [`safe!`] only, which escapes the arguments.
    pub(crate) fn from_arguments(arguments: fmt::Arguments<'_>) -> Self {
        Self(escape_lines(&arguments.to_string()))
    }

    /// Escapes a text. The result is one line.
    pub(crate) fn escape(text: &(impl Display + ?Sized)) -> Self {
        safe!("{}", text)
    }

    /// Escapes each line of a text that has several, such as an error with a source line.
    pub(crate) fn from_lines(text: &str) -> Self {
        Self::join_lines(mask(text).lines().map(Self::escape))
    }

    /// Escapes each line of a text except its tabs.
    pub(crate) fn from_tabbed_lines(text: &str) -> Self {
        let line = |line: &str| {
            let cells: Vec<String> = line.split('\t').map(escape).collect();
            Self(escape_commands(&cells.join("\t")))
        };
        Self::join_lines(mask(text).split('\n').map(line))
    }

    /// Escapes each line of a text except its colors.
    pub(crate) fn from_colored_lines(text: &str) -> Self {
        Self::join_lines(mask(text).lines().map(|line| {
            let mut parts = line.split('\u{1b}');
            let mut escaped = escape(parts.next().unwrap_or_default());
            for part in parts {
                let codes = part.strip_prefix('[').and_then(|codes| codes.split_once('m'));
                let is_color = |codes: &str| codes.bytes().all(|code| code.is_ascii_digit() || code == b';');
                match codes.filter(|(codes, _)| is_color(codes)) {
                    Some((codes, rest)) => escaped.extend(["\u{1b}[", codes, "m", &escape(rest)]),
                    None => escaped.push_str(&escape(&format!("\u{1b}{part}"))),
                }
            }
            Self(escape_commands(&escaped))
        }))
    }

    /// JSON with the same value: hidden characters become escape sequences.
    pub(crate) fn json(json: &str) -> Self {
        Self(escape_hidden_characters(&mask(json)))
    }

    /// YAML or XML, which its own format escapes. Only secrets are masked.
    pub(crate) fn document(text: &str) -> Self {
        Self(mask(text))
    }

    /// A secret that a command prints on purpose.
    pub(crate) fn expose(secret: &str) -> Self {
        Self(escape(secret))
    }

    /// A workflow command of GitHub Actions: the only lines that may start with `::`.
    pub(crate) fn github_command(name: &'static str, properties: &[(&'static str, Self)], data: &Self) -> Self {
        let encode = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
        let property = |(name, value): &(&str, Self)| {
            format!("{name}={}", encode(&value.0).replace(':', "%3A").replace(',', "%2C"))
        };
        let properties: Vec<String> = properties.iter().map(property).collect();
        Self(format!("::{name} {}::{}", properties.join(","), encode(&data.0)))
    }

    /// Text in a color.
    pub(crate) fn paint(self, style: Style) -> Self {
        Self(format!("{style}{}{style:#}", self.0))
    }

    pub(crate) fn join_lines(lines: impl IntoIterator<Item = Self>) -> Self {
        let lines: Vec<String> = lines.into_iter().map(|line| line.0).collect();
        Self(lines.join("\n"))
    }

    /// Joins sections of lines with an empty line between them. A section without lines is left out.
    pub(crate) fn join_sections(sections: impl IntoIterator<Item = Vec<Self>>) -> Self {
        let sections = sections.into_iter().filter(|lines| !lines.is_empty());
        Self(sections.map(|lines| Self::join_lines(lines).0).collect::<Vec<_>>().join("\n\n"))
    }

    pub(crate) fn join(parts: impl IntoIterator<Item = Self>, separator: &'static str) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|part| part.0).collect();
        Self(escape_lines(&parts.join(separator)))
    }

    /// The text without the spaces at its end.
    pub(crate) fn trim_end(self) -> Self {
        Self(self.0.trim_end().to_owned())
    }

    /// The lines, without the spaces at their ends.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Self> {
        self.0.lines().map(|line| Self(line.trim_end().to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Appends complete lines, or the rest of the last line.
    pub(crate) fn push(&mut self, part: &Self) {
        let last_line = self.0.rfind('\n').map_or(0, |end| end + 1);
        let line = self.0.split_off(last_line);
        self.0.push_str(&escape_lines(&(line + &part.0)));
    }

    /// Cuts the text to a number of characters; `…` marks the cut.
    pub(crate) fn truncate(self, max_chars: usize) -> Self {
        match self.0.char_indices().nth(max_chars) {
            Some((end, _)) => Self(self.0[..end].to_owned() + "…"),
            None => self,
        }
    }

    pub(crate) fn width(&self) -> usize {
        self.0.chars().count()
    }

    /// Appends spaces up to a width.
    pub(crate) fn pad(self, width: usize) -> Self {
        let spaces = width.saturating_sub(self.width());
        Self(self.0 + &" ".repeat(spaces))
    }
}

/// Escapes the commands in each line. Only parts that were escaped on their own can form one.
fn escape_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escape_commands).collect();
    lines.join("\n")
}

/// Escapes hidden characters in JSON. Apart from white space they are in strings only, so the value does not change.
fn escape_hidden_characters(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    let push_escaped = |escaped: &mut String, character: char| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            escaped.extend([format!("\\u{unit:04x}")]);
        }
    };
    for character in json.chars() {
        match character {
            '\n' => escaped.push('\n'),
            // White space between values.
            '\r' | '\t' => escaped.push(' '),
            '[' if ends_with_command_prefix(&escaped) => push_escaped(&mut escaped, '['),
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

    #[test]
    fn arguments_are_escaped() {
        let name = "x\n::stop-commands::p\n\u{1b}]0;T\u{7}";
        assert_eq!(safe!("created {}", name).as_str(), r"created x\n::stop-commands::p\n\u{1b}]0;T\u{7}");
        assert_eq!(safe!("  {}", "::error::").as_str(), r"  \u{3a}:error::");
        assert_eq!(safe!("{}{}", "##", "[x]").as_str(), r"##\u{5b}x]");
        assert_eq!(safe!("a\n{}", SafeText::from("b\nc")).as_str(), "a\nb\nc");
    }

    #[test]
    fn only_colors_are_kept() {
        let text = SafeText::from_colored_lines("\u{1b}[1;31ma\u{1b}[0m\u{1b}[2J\u{9b}1m\n::b");
        assert_eq!(text.as_str(), "\u{1b}[1;31ma\u{1b}[0m\\u{1b}[2J\\u{9b}1m\n\\u{3a}:b");
    }

    #[test]
    fn github_command_has_one_line() {
        let properties = [("file", SafeText::from("a,b:c%.yaml")), ("title", SafeText::from("X: Y"))];
        let text = SafeText::github_command("error", &properties, &SafeText::from("100%\nb"));
        assert_eq!(text.as_str(), "::error file=a%2Cb%3Ac%25.yaml,title=X%3A Y::100%25%0Ab");
    }

    #[test]
    fn secrets_are_masked() {
        use ajo_auth::Secret;

        crate::secret_mask::register(&Secret::new("unit-test-s3cr3t/of-the-gate"));
        let text = safe!("{} {}", "unit-test-s3cr3t/of-the-gate", "unit-test-s3cr3t%2fof-the-gate");
        assert_eq!(text.as_str(), "[redacted] [redacted]");
        assert_eq!(SafeText::json(r#"{"a":"unit-test-s3cr3t\/of-the-gate"}"#).as_str(), r#"{"a":"[redacted]"}"#);
        assert_eq!(SafeText::expose("unit-test-s3cr3t/of-the-gate").as_str(), "unit-test-s3cr3t/of-the-gate");
    }
}
