//! A diagnostic with its source line.

use std::collections::BTreeMap;
use std::ops::Range;

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::is_hidden;
use ajo_limits::{FileDiagnostic, SourceLocation};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::style::TextStyle;
use crate::safe_text::{SafeText, safe};
use crate::secret_mask::mask;

/// One block per diagnostic. Loads each file once.
pub(super) fn blocks<'r>(
    diagnostics: &[&'r FileDiagnostic],
    sources: &dyn Fn(&str) -> Option<String>,
    style: TextStyle,
) -> Vec<SafeText> {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = if style.width == 0 { renderer } else { renderer.term_width(style.width) };
    let mut files: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let block = |diagnostic: &&'r FileDiagnostic| {
        let text = diagnostic
            .location
            .as_ref()
            .and_then(|location| files.entry(&location.file).or_insert_with(|| sources(&location.file)).as_deref());
        block(diagnostic, text, &renderer)
    };
    diagnostics.iter().map(block).collect()
}

/// `text` is that of the file, if it can be shown.
fn block(diagnostic: &FileDiagnostic, text: Option<&str>, renderer: &Renderer) -> SafeText {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group =
        Group::with_title(level.primary_title(one_line(&diagnostic.message)).id(one_line(&diagnostic.code)));
    if let Some(location) = &diagnostic.location {
        let file = one_line(&location.file);
        let (line, column) = (location.line as usize, location.column as usize);
        group = match text.and_then(|text| AnnotatedLine::new(text, location)) {
            Some(AnnotatedLine { line: text, range }) => group.element(
                Snippet::source(text).path(file).line_start(line).annotation(AnnotationKind::Primary.span(range)),
            ),
            // The start of a file that could not be read stands for the file.
            None if text.is_none() && (line, column) == (1, 1) => group.element(Origin::path(file)),
            None => group.element(Origin::path(file).line(line).char_column(column)),
        };
    }
    let mut text = SafeText::from_colored_lines(&renderer.render(&[group]));
    if let Some(key) = diagnostic.key.as_ref().filter(|_| diagnostic.location.is_none()) {
        text = safe!("{}\n  in {}", text, key);
    }
    if let Some(hint) = &diagnostic.hint {
        text = safe!("{}\nhint: {}", text, hint);
    }
    text
}

/// The renderer takes strings and lays them out in lines.
fn one_line(text: &str) -> String {
    SafeText::escape(text).into_string()
}

/// A source line, and the byte range to annotate.
struct AnnotatedLine {
    line: String,
    range: Range<usize>,
}

impl AnnotatedLine {
    /// Returns `None` if the text has no such location, because the file may have changed, and if the line contains a secret:
    /// the renderer cuts lines, and a part of a secret cannot be masked.
    fn new(text: &str, location: &SourceLocation) -> Option<Self> {
        let line = text.lines().nth((location.line as usize).checked_sub(1)?)?;
        if mask(line) != line {
            return None;
        }
        let line = replace_hidden_characters(line);
        let before = (location.column as usize).checked_sub(1)?;
        let byte = |characters: usize| line.char_indices().nth(characters).map_or(line.len(), |(index, _)| index);
        let range = byte(before)..byte(before.saturating_add(location.length.max(1) as usize));
        // An empty line cannot be annotated. A location just after the last character is valid.
        (before <= line.chars().count() && !line.is_empty()).then_some(Self { line, range })
    }
}

/// Replaces each hidden character of a line with one visible character, so that the columns stay right. The renderer expands tabs.
fn replace_hidden_characters(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for character in line.chars() {
        shown.push(match character {
            '\t' => '\t',
            '[' if shown.ends_with("##") => char::REPLACEMENT_CHARACTER,
            // The Unicode block Control Pictures.
            control @ '\0'..='\u{1f}' => {
                char::from_u32(0x2400 + u32::from(control)).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            hidden if is_hidden(hidden) => char::REPLACEMENT_CHARACTER,
            plain => plain,
        });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_line_shows_no_secret() {
        crate::secret_mask::register(&ajo_auth::Secret::new("unit-test-long-s3cr3t-in-a-limits-file"));
        let line = format!("  - url: https://a.example/{}/unit-test-long-s3cr3t-in-a-limits-file/x", "y".repeat(40));
        let location = SourceLocation { file: "a.yaml".to_owned(), line: 1, column: 5, length: 3 };
        let diagnostic = FileDiagnostic {
            severity: Severity::Error,
            code: "X".to_owned(),
            message: "bad".to_owned(),
            location: Some(location),
            key: None,
            hint: None,
            allowed: None,
        };
        for width in 20..160 {
            let shown = block(&diagnostic, Some(&line), &Renderer::plain().term_width(width)).into_string();
            assert!(!shown.contains("/unit") && !shown.contains("s3cr3t"), "{width}: {shown}");
        }
    }

    #[test]
    fn escaped_line_keeps_columns() {
        let line = "\ta\u{1b}\u{9b}\u{202e}##[x]";
        assert_eq!(replace_hidden_characters(line), "\ta\u{241b}\u{fffd}\u{fffd}##\u{fffd}x]");
        assert_eq!(replace_hidden_characters(line).chars().count(), line.chars().count());
    }
}
