//! Reports invisible characters at their exact position.

use std::rc::Rc;

use ajo_core::rules::{describe_character, is_invisible};

use super::comments::find_comments;
use super::file_diagnostics::{FileDiagnostics, HIDDEN_CHARACTER_CODE};
use super::source_span::{LineIndex, SourceSpan};
use super::yaml_node::{YamlNode, YamlValue};

const HINT: &str = "delete the character; if the editor does not show it, type the text again";

/// Reports invisible characters in keys and strings, and bidirectional ones in comments: they can make a comment look like
/// content, and the reverse ("Trojan Source", CVE-2021-42574).
pub(crate) fn check_characters(root: &YamlNode, file: &Rc<str>, text: &str, diagnostics: &mut FileDiagnostics) {
    // Most files cannot contain any: not even as an escape such as `\u200b`.
    if text.is_ascii() && !text.contains(['\\', '\u{7f}']) {
        return;
    }
    let lines = LineIndex::new(file, text);
    check_node(root, false, &lines, diagnostics);
    for comment in find_comments(text) {
        let is_bidi = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if let Some((at, character)) = comment.text.char_indices().find(|(_, c)| is_bidi(*c)) {
            let start = comment.start + at;
            let span = lines.byte_span(start, start + character.len_utf8());
            add(character, "in a comment", &span, diagnostics);
        }
    }
}

fn check_node(node: &YamlNode, is_key: bool, lines: &LineIndex<'_>, diagnostics: &mut FileDiagnostics) {
    match &node.value {
        YamlValue::Sequence(items) => items.iter().for_each(|item| check_node(item, false, lines, diagnostics)),
        YamlValue::Mapping(map) => map.iter().for_each(|(name, value)| {
            check_node(name, true, lines, diagnostics);
            check_node(value, false, lines, diagnostics);
        }),
        YamlValue::String(text) if !text.is_ascii() || text.contains(is_invisible) => {
            check_string(text, node, is_key, lines, diagnostics);
        }
        _ => {}
    }
}

fn check_string(text: &str, node: &YamlNode, is_key: bool, lines: &LineIndex<'_>, diagnostics: &mut FileDiagnostics) {
    let place = if is_key { "in a key" } else { "in a value" };
    let span_at = |at: usize, character: char| {
        let start = node.span.bytes.0 + at;
        lines.byte_span(start, start + character.len_utf8())
    };
    let source = lines.source_at(&node.span);
    for (at, hidden) in source.char_indices().filter(|(_, character)| is_invisible(*character)) {
        add(hidden, place, &span_at(at, hidden), diagnostics);
    }
    // An escape such as `\u2000` is no mistake: its author knows the character.
    let is_misplaced = |(at, c): &(usize, char)| source.contains(*c) && is_misplaced_space(text, *at, *c, is_key);
    let is_escaped = |(_, c): &(usize, char)| is_invisible(*c) && !source.contains(*c);
    if let Some((_, character)) = text.char_indices().find(|it| is_misplaced(it) || is_escaped(it)) {
        // An escape such as `\u200b` is not in the source as a character.
        let span = source.find(character).map_or_else(|| node.span.clone(), |at| span_at(at, character));
        add(character, place, &span, diagnostics);
    }
}

/// Whether a space that is not the ASCII one is where the author expected YAML to end or start a value. YAML takes it for a
/// letter.
fn is_misplaced_space(text: &str, at: usize, character: char, is_key: bool) -> bool {
    let (before, after) = (&text[..at], &text[at + character.len_utf8()..]);
    let is_edge = before.is_empty() || after.is_empty() || before.ends_with([':', '-']) || after.starts_with('#');
    character.is_whitespace() && !character.is_ascii() && (is_key || is_edge)
}

fn add(character: char, place: &str, span: &SourceSpan, diagnostics: &mut FileDiagnostics) {
    let kind = if is_invisible(character) { "invisible character " } else { "" };
    let message = format!("{kind}{} {place}", describe_character(character));
    let hint = if is_invisible(character) { HINT } else { "replace it with a space" };
    diagnostics.error(HIDDEN_CHARACTER_CODE, span, message).hint = Some(hint.to_owned());
}
