//! Formats limits files and policies.
//!
//! The layout is that of `ajo export`: two spaces, double quotes, one space inside `{ }`. Lines are never wrapped or joined, except
//! that a mapping or list in flow style gets one line unless its first item is on a line of its own. A JSON file stays JSON.
//!
//! The result is parsed and compared with the original, so a mistake of the formatter cannot change a file.

mod json_layout;
mod yaml_content;

pub use json_layout::format_json;

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, LineBreak};
use serde::de::IgnoredAny;

use super::file_diagnostics::FileDiagnostics;
use super::file_kind::FileKind;
use super::limits_document::parse_root;
use super::redaction::redact_inputs;
use super::source_file::SourceFile;
use super::source_set::SourceSet;
use super::source_span::{LineIndex, SourceSpan};
use super::yaml_parser::parse_yaml;
use crate::FileDiagnostic;

const FORMAT_CODE: &str = "AJO_LIMITS_FORMAT";
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The formatted text of a limits file or a policy. It has the same values, comments, line breaks, and byte order mark.
///
/// ```
/// use ajo_limits::file::{SourceFile, format_file};
///
/// let content = "version:   1\nsandbox: 'prod'  # ours\ncapping: []\n".to_owned();
/// let formatted = format_file(&SourceFile { name: "prod.yaml".to_owned(), content });
/// assert_eq!(formatted.unwrap(), "version: 1\nsandbox: \"prod\" # ours\ncapping: []\n");
/// ```
///
/// Fails if the file is not YAML or JSON, has a key twice, or would have other values or comments.
pub fn format_file(source: &SourceFile) -> Result<String, Vec<FileDiagnostic>> {
    check(source)?;
    let (mark, text) = match source.content.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (BYTE_ORDER_MARK.to_string(), text),
        None => (String::new(), source.content.as_str()),
    };
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    let line_break = if text.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r')) { "\r\n" } else { "\n" };
    let formatted = if is_json {
        format_json(text, line_break)
    } else {
        let formatted = pretty_yaml::format_text(text, &options(line_break));
        let formatted = formatted.map_err(|_| refuse(source, 0, "the formatter cannot read this file"))?;
        yaml_content::find_difference(text, &formatted).map_or(Ok(()), |at| {
            Err(refuse(source, at + mark.len(), "the formatter would change the values or comments here"))
        })?;
        formatted
    };
    Ok(mark + &formatted)
}

/// Reports the mistakes that also other commands report for the text of a file.
fn check(source: &SourceFile) -> Result<(), Vec<FileDiagnostic>> {
    let (file, text) = (source.name.as_str().into(), source.content.as_str());
    let is_policy = parse_yaml(&file, text).is_ok_and(|root| FileKind::detect(&root) == Some(FileKind::Policy));
    let kind = if is_policy { FileKind::Policy } else { FileKind::Limits };
    let mut diagnostics = FileDiagnostics::default();
    let root = parse_root(&file, text, kind, &mut diagnostics);
    if root.is_some() && !diagnostics.has_errors() {
        return Ok(());
    }
    let hidden = SourceSet::new(vec![source.clone()]);
    Err(redact_inputs(diagnostics.into_sorted(std::slice::from_ref(&source.name)), &hidden.hidden_inputs()))
}

fn refuse(source: &SourceFile, at: usize, problem: &str) -> Vec<FileDiagnostic> {
    let mut diagnostics = FileDiagnostics::default();
    let file = source.name.as_str().into();
    let line = source.content[at..].find(['\r', '\n']).unwrap_or(source.content.len() - at);
    let span = match line {
        0 => SourceSpan::file_start(&file),
        _ => LineIndex::new(&file, &source.content).byte_span(at, at + line),
    };
    diagnostics.error(FORMAT_CODE, &span, problem).hint =
        Some("format this place yourself; the file is unchanged".to_owned());
    diagnostics.into_sorted(std::slice::from_ref(&source.name))
}

fn options(line_break: &str) -> FormatOptions {
    FormatOptions {
        layout: LayoutOptions {
            // Lines are not wrapped.
            print_width: 1_000_000,
            indent_width: 2,
            line_break: if line_break == "\n" { LineBreak::Lf } else { LineBreak::Crlf },
        },
        language: LanguageOptions { trailing_comma: false, ..LanguageOptions::default() },
    }
}

#[cfg(test)]
mod tests;
