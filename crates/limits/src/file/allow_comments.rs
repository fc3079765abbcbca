//! Comments that accept a finding: `# ajo: allow CODE - reason`.

use std::collections::HashMap;
use std::rc::Rc;

use ajo_core::rules::{PUBLISHED_CODES, Severity};

use super::comments::find_comments;
use super::file_diagnostics::{FileDiagnostics, quote_excerpt};
use super::known_keys::find_similar_key;
use super::source_span::{LineIndex, SourceSpan};
use super::yaml_node::{YamlNode, YamlValue};
use crate::{ConfigKey, DesiredConfig, SourceLocation};

pub(crate) const ALLOW_CODE: &str = "AJO_LIMITS_ALLOW";
const SYNTAX_HINT: &str = "write `# ajo: allow CODE - reason`";

/// The codes of this crate and of the rules that can be warnings or notes, in addition to [`PUBLISHED_CODES`].
const ACCEPTABLE_CODES: [&str; 13] = [
    "AJO_LIMITS_ADOBE_HOST",
    "AJO_LIMITS_CAPPING_BELOW_THROTTLING",
    "AJO_LIMITS_CONNECTIONS",
    "AJO_LIMITS_DATA_SOURCE_RATE",
    "AJO_LIMITS_IP_ADDRESS",
    "AJO_LIMITS_LOOKALIKE",
    "AJO_LIMITS_MAX_HTTP_CONNECTIONS",
    "AJO_LIMITS_METHOD",
    "AJO_LIMITS_MULTIPLE_THROTTLING",
    "AJO_LIMITS_OVERLAP",
    "AJO_LIMITS_OVERLAY",
    "AJO_LIMITS_PORT",
    "AJO_LIMITS_UNUSED_METHOD",
];

/// A comment that accepts the findings with one code of one entry.
#[derive(Clone, Debug)]
pub(crate) struct AllowComment {
    span: SourceSpan,
    code: String,
    reason: String,
    /// The first and last line of the entry.
    entry_lines: (u32, u32),
}

impl AllowComment {
    /// Reads the comments of a file. A comment is about the entry of its line, or of the next line with content if it has a line
    /// of its own.
    pub(crate) fn parse_all(
        root: &YamlNode,
        file: &Rc<str>,
        text: &str,
        diagnostics: &mut FileDiagnostics,
    ) -> Vec<Self> {
        if !text.contains("ajo:") {
            return Vec::new();
        }
        let (index, starts) = (LineIndex::new(file, text), entry_starts(root));
        let lines: Vec<&str> = text.lines().collect();
        let mut all = Vec::new();
        for comment in find_comments(text) {
            let Some(directive) = comment.text.trim_start().strip_prefix("ajo:") else { continue };
            let span = index.byte_span(comment.start - 1, comment.start + comment.text.len());
            let Some((code, reason)) = parse_directive(directive, &span, diagnostics) else { continue };
            if let Some(entry_lines) = find_entry(&starts, target_line(&lines, span.line)) {
                all.push(Self { span, code, reason, entry_lines });
            } else {
                let message = format!("`{}` is allowed outside of an entry", quote_excerpt(&code));
                diagnostics.add(Severity::Note, ALLOW_CODE, &span, message).hint =
                    Some("put the comment on a line of the limit, or directly above it".to_owned());
            }
        }
        all
    }

    fn covers(&self, location: Option<&SourceLocation>) -> bool {
        let (first, last) = self.entry_lines;
        location.is_some_and(|at| *at.file == *self.span.file && (first..=last).contains(&at.line))
    }
}

/// The code and the reason of a comment after `ajo:`.
fn parse_directive(directive: &str, span: &SourceSpan, diagnostics: &mut FileDiagnostics) -> Option<(String, String)> {
    let (verb, rest) = directive.trim().split_once(char::is_whitespace).unwrap_or((directive.trim(), ""));
    if verb != "allow" {
        let message = format!("`ajo: {}` is not known, and is ignored", quote_excerpt(verb));
        diagnostics.add(Severity::Note, ALLOW_CODE, span, message).hint = Some(SYNTAX_HINT.to_owned());
        return None;
    }
    let rest = rest.trim();
    let (code, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let after_dash = reason.trim_start().strip_prefix('-').map(str::trim);
    let message = match after_dash {
        _ if code.is_empty() => "the code is missing",
        None if !reason.is_empty() => "` - ` and a reason must follow the code",
        None | Some("") => "the reason is missing",
        Some(reason) => return Some((code.to_owned(), reason.to_owned())),
    };
    diagnostics.error(ALLOW_CODE, span, message).hint = Some(SYNTAX_HINT.to_owned());
    None
}

/// Suggests the most similar code that can be allowed.
fn suggest_code(code: &str, known: &[&str]) -> String {
    let name = |code: &str| code.to_uppercase().trim_start_matches("AJO_LIMITS_").to_owned();
    let names: Vec<String> = known.iter().map(|code| name(code)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let similar = find_similar_key(&name(code), &names);
    let similar = similar.and_then(|similar| known.iter().find(|code| name(code) == similar));
    similar.map_or_else(
        || "copy the code of a warning or note; errors and policy violations cannot be allowed".to_owned(),
        |code| format!("did you mean `{code}`?"),
    )
}

/// The line that a comment is about.
fn target_line(lines: &[&str], line: u32) -> u32 {
    let is_content = |line: &&&str| !line.trim_start().is_empty() && !line.trim_start().starts_with('#');
    let own = line.saturating_sub(1) as usize;
    let skipped = lines.iter().skip(own).take_while(|line| !is_content(line)).count();
    u32::try_from(own + skipped + 1).unwrap_or(u32::MAX)
}

/// The lines where entries and other parts of a file start, in order, and whether each is an entry.
fn entry_starts(root: &YamlNode) -> Vec<(u32, bool)> {
    let mut starts = Vec::new();
    for (name, value) in root.as_mapping().into_iter().flatten() {
        let is_entry = name.as_str() == Some("throttling");
        starts.push((name.span.line, is_entry));
        if let (Some("capping"), YamlValue::Sequence(items)) = (name.as_str(), &value.value) {
            starts.extend(items.iter().map(|item| (item.reference_span.line, true)));
        }
    }
    starts.sort_unstable();
    starts
}

/// The first and last line of the entry that contains a line.
fn find_entry(starts: &[(u32, bool)], line: u32) -> Option<(u32, u32)> {
    let next = starts.partition_point(|(start, _)| *start <= line);
    let (start, is_entry) = *starts[..next].last()?;
    let last = starts.get(next).map_or(u32::MAX, |(start, _)| start - 1);
    is_entry.then_some((start, last))
}

/// Marks the findings that a comment accepts, and reports the comments of these files that accept none. Errors are not accepted,
/// and so no policy violation.
///
/// `inherited` are the comments of bases. An overlay may have removed what they are about, so they are not reported.
pub(crate) fn apply_allow_comments(
    own: &[AllowComment],
    inherited: &[AllowComment],
    configs: &[DesiredConfig],
    diagnostics: &mut FileDiagnostics,
) {
    if own.is_empty() && inherited.is_empty() {
        return;
    }
    let entries: HashMap<ConfigKey, &DesiredConfig> = configs.iter().map(|config| (config.key(), config)).collect();
    let mut used = vec![false; own.len()];
    let mut is_error = vec![false; own.len()];
    for found in diagnostics.added_since(0) {
        let entry = found.key.as_ref().and_then(|key| entries.get(key)?.location.as_ref());
        let accepts = |allow: &AllowComment| {
            allow.code == found.code && (allow.covers(found.location.as_ref()) || allow.covers(entry))
        };
        for at in (0..own.len()).filter(|at| accepts(&own[*at])) {
            used[at] |= found.severity != Severity::Error;
            is_error[at] |= found.severity == Severity::Error;
        }
        let reason = own.iter().chain(inherited).find(|allow| accepts(allow)).map(|allow| allow.reason.clone());
        found.allowed = reason.filter(|_| found.severity != Severity::Error);
    }
    for (at, allow) in own.iter().enumerate().filter(|(at, _)| !used[*at]) {
        let code = quote_excerpt(&allow.code);
        let known = PUBLISHED_CODES.iter().chain(&ACCEPTABLE_CODES);
        let (message, hint) = if is_error[at] {
            (format!("`{code}` is an error here, and only warnings and notes can be allowed"), None)
        } else if known.clone().any(|known| *known == allow.code) {
            (format!("`{code}` is allowed, but not found here"), Some("remove the comment".to_owned()))
        } else {
            let known: Vec<_> = known.copied().collect();
            (format!("`{code}` is not a code of a warning or note"), Some(suggest_code(&allow.code, &known)))
        };
        diagnostics.add(Severity::Note, ALLOW_CODE, &allow.span, message).hint = hint;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acceptable_codes_are_documented() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
        let page = std::fs::read_to_string(page).expect("docs/errors.md");
        for code in ACCEPTABLE_CODES {
            let row = page.lines().find(|line| line.starts_with(&format!("| `{code}` |")));
            let row = row.unwrap_or_else(|| panic!("docs/errors.md does not list {code}"));
            assert!(!row.contains("| error |"), "{row}");
        }
    }
}
