//! What is wrong in a file, with the line of it.

use std::collections::BTreeMap;
use std::ops::Range;

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::{escape, is_hidden};
use ajo_limits::{Finding, Place, Report};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::style::TextStyle;

/// A block for each finding. A file is asked for once.
pub(super) fn blocks<'r>(
    report: &'r Report,
    sources: &dyn Fn(&str) -> Option<String>,
    style: TextStyle,
) -> Vec<String> {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = if style.width == 0 { renderer } else { renderer.term_width(style.width) };
    let mut files: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let block = |finding: &'r Finding| {
        let marked = finding.place.as_ref().and_then(|place| {
            let text = files.entry(&place.file).or_insert_with(|| sources(&place.file));
            Marked::new(text.as_deref()?, place)
        });
        block(finding, marked, &renderer)
    };
    report.findings.iter().map(block).collect()
}

fn block(finding: &Finding, marked: Option<Marked>, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Remark => Level::NOTE.with_name("remark"),
    };
    let mut group = Group::with_title(level.primary_title(escape(&finding.message)).id(escape(&finding.code)));
    if let Some(place) = &finding.place {
        let file = escape(&place.file);
        let (line, column) = (place.line as usize, place.column as usize);
        group = match marked {
            Some(Marked { line: text, range }) => group.element(
                Snippet::source(text).path(file).line_start(line).annotation(AnnotationKind::Primary.span(range)),
            ),
            None => group.element(Origin::path(file).line(line).char_column(column)),
        };
    }
    let mut text = renderer.render(&[group]);
    if let Some(key) = finding.key.as_ref().filter(|_| finding.place.is_none()) {
        text.extend([format!("\n  in {}", escape(&key.to_string()))]);
    }
    if let Some(hint) = &finding.hint {
        text.extend([format!("\nhint: {}", escape(hint))]);
    }
    text
}

/// A line of a file, and which bytes of it are marked.
struct Marked {
    line: String,
    range: Range<usize>,
}

impl Marked {
    /// None if there is no such place in the text: the file may have been changed since.
    fn new(text: &str, place: &Place) -> Option<Self> {
        let line = same_width(text.lines().nth((place.line as usize).checked_sub(1)?)?);
        let before = (place.column as usize).checked_sub(1)?;
        let byte = |characters: usize| line.char_indices().nth(characters).map_or(line.len(), |(index, _)| index);
        let range = byte(before)..byte(before.saturating_add(place.length.max(1) as usize));
        // An empty line has nothing to mark, and what is missing at the end of one is marked there.
        (before <= line.chars().count() && !line.is_empty()).then_some(Self { line, range })
    }
}

/// Replaces each hidden character of a line with one visible character, so that the columns stay right. The renderer expands tabs.
fn same_width(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for character in line.chars() {
        shown.push(match character {
            '\t' => '\t',
            '[' if shown.ends_with("##") => char::REPLACEMENT_CHARACTER,
            // Unicode has a picture for each of these.
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
    fn a_marked_line_keeps_its_columns() {
        let line = "\ta\u{1b}\u{9b}\u{202e}##[x]";
        assert_eq!(same_width(line), "\ta\u{241b}\u{fffd}\u{fffd}##\u{fffd}x]");
        assert_eq!(same_width(line).chars().count(), line.chars().count());
    }
}
