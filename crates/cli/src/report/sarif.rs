//! SARIF 2.1.0: diagnostics, blockers, and drift for code scanning. Contains only required fields and those GitHub reads.

use std::collections::BTreeMap;

use ajo_core::rules::Severity;
use ajo_limits::{Blocker, CommandOutcome, CommandReport, Digest, FileDiagnostic, SourceLocation};

use super::drift_finding::{DriftCode, DriftFinding, drift_findings};
use super::observed_config::last_modified;
use crate::safe_text::SafeText;

mod schema_types;

use schema_types::{
    ArtifactLocation, PhysicalLocation, ReportingDescriptor, SarifInvocation, SarifLocation, SarifLog, SarifMessage,
    SarifRegion, SarifRun, SarifSuppression, SarifTool, ToolComponent,
};

pub(super) fn render(report: &CommandReport) -> SafeText {
    let mut results: Vec<ResultDraft<'_>> = report.diagnostics.iter().map(diagnostic).collect();
    results.extend(report.plan.iter().flat_map(|plan| &plan.blockers).map(blocker));
    results.extend(drift_findings(report).iter().map(drift));
    let mut rules: BTreeMap<&str, usize> = results.iter().map(|result| (result.rule, 0)).collect();
    for (index, position) in rules.values_mut().enumerate() {
        *position = index;
    }
    let mut seen = BTreeMap::new();
    let results = results.iter().map(|result| result.to_result(report, &rules, &mut seen)).collect();
    let rule = |id: &&str| ReportingDescriptor {
        id: (*id).to_owned(),
        short_description: SarifMessage { text: rule_description(id) },
    };
    let run = SarifRun {
        tool: SarifTool { driver: ToolComponent { name: "ajo", rules: rules.keys().map(rule).collect() } },
        invocations: [SarifInvocation {
            execution_successful: !matches!(report.outcome, CommandOutcome::Partial | CommandOutcome::Cancelled),
        }],
        column_kind: "unicodeCodePoints",
        results,
    };
    SafeText::json(&(serde_json::to_string_pretty(&SarifLog::new(run)).expect("a report always serializes") + "\n"))
}

/// The data of a SARIF result.
struct ResultDraft<'r> {
    rule: &'r str,
    level: &'static str,
    message: String,
    location: Option<&'r SourceLocation>,
    /// Input of the fingerprint, independent of line numbers.
    fingerprint_key: String,
    /// Why it is accepted.
    allowed: Option<&'r str>,
}

impl ResultDraft<'_> {
    fn to_result(
        &self,
        report: &CommandReport,
        rules: &BTreeMap<&str, usize>,
        seen: &mut BTreeMap<String, usize>,
    ) -> schema_types::SarifResult {
        // GitHub rejects results without a location.
        let file = self.location.map(|location| &location.file).or(report.files.first());
        let location = |file: &String| SarifLocation {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: encode_uri(file) },
                region: self.location.map(region),
            },
        };
        let digest = Digest::compute(&(self.rule, file, &self.fingerprint_key)).as_str().replace("sha256:", "");
        let count = seen.entry(digest.clone()).and_modify(|count| *count += 1).or_insert(1);
        schema_types::SarifResult {
            rule_id: self.rule.to_owned(),
            rule_index: rules.get(self.rule).copied().unwrap_or_default(),
            level: self.level,
            // In a SARIF message, `[text](target)` is a link.
            message: SarifMessage { text: self.message.replace("](", "] (") },
            locations: file.map(location).into_iter().collect(),
            suppressions: self
                .allowed
                .map(|reason| SarifSuppression { kind: "inSource", justification: reason.to_owned() })
                .into_iter()
                .collect(),
            // The counter distinguishes equal results in a file.
            partial_fingerprints: BTreeMap::from([("ajoLimits/v1", format!("{digest}:{count}"))]),
        }
    }
}

/// SARIF counts from 1; a location in a hand-written report may not.
fn region(location: &SourceLocation) -> SarifRegion {
    let start_column = location.column.max(1);
    let end_column = start_column.saturating_add(location.length.max(1));
    SarifRegion { start_line: location.line.max(1), start_column, end_column }
}

const fn severity_level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn diagnostic(diagnostic: &FileDiagnostic) -> ResultDraft<'_> {
    let level = severity_level(diagnostic.severity);
    let mut message = diagnostic.message.clone();
    if let Some(hint) = &diagnostic.hint {
        message.extend([format!("\nhint: {hint}")]);
    }
    let key = diagnostic.key.as_ref().map(ToString::to_string).unwrap_or_default();
    let fingerprint_key = format!("{key}\n{}", diagnostic.message);
    ResultDraft {
        rule: &diagnostic.code,
        level,
        message,
        location: diagnostic.location.as_ref(),
        fingerprint_key,
        allowed: diagnostic.allowed.as_deref(),
    }
}

fn blocker(blocker: &Blocker) -> ResultDraft<'_> {
    let key = blocker.key.as_ref().map(ToString::to_string).unwrap_or_default();
    let subject = if key.is_empty() { String::new() } else { format!("{key}: ") };
    let mut message = format!("{subject}{}", blocker.message);
    for candidate in &blocker.candidates {
        message.extend([format!("\n- {} {}", candidate.uid.as_str(), candidate.key)]);
    }
    message.extend([format!("\nhint: {}", blocker.hint)]);
    ResultDraft {
        rule: blocker.reason.code(),
        level: "error",
        message,
        location: blocker.location.as_ref(),
        fingerprint_key: key,
        allowed: None,
    }
}

fn drift<'r>(finding: &DriftFinding<'r>) -> ResultDraft<'r> {
    let mut message = format!("{}: {}", finding.key, finding.code.description());
    message.extend(finding.uid.map(|uid| format!("\nuid {}", uid.as_str())));
    for part in &finding.sections {
        for line in part.field_lines() {
            message.extend([format!("\n{}: {}", part.title, line.as_str())]);
        }
    }
    let edited = last_modified(finding.last_modified_at, finding.last_modified_by);
    message.extend(edited.map(|edited| format!("\nlast modified: {}", edited.as_str())));
    message.extend(finding.lines.iter().map(|line| format!("\n{}", line.as_str())));
    message.extend(finding.hint.map(|hint| format!("\nhint: {hint}")));
    let uid = finding.uid.map(ajo_core::Uid::as_str).unwrap_or_default();
    ResultDraft {
        rule: finding.code.as_str(),
        level: severity_level(finding.severity),
        message,
        location: finding.location,
        // The UID distinguishes configurations in no file with the same key.
        fingerprint_key: if finding.location.is_some() {
            finding.key.to_string()
        } else {
            format!("{} {uid}", finding.key)
        },
        allowed: None,
    }
}

/// The description of a rule. Codes of the service and of files have no description.
fn rule_description(rule: &str) -> String {
    let code = DriftCode::ALL.into_iter().find(|code| code.as_str() == rule);
    code.map_or_else(|| rule.to_owned(), |code| code.description().to_owned())
}

/// Percent-encodes a file name as a relative URI reference.
fn encode_uri(file: &str) -> String {
    let mut uri = String::with_capacity(file.len());
    for byte in file.replace('\\', "/").bytes() {
        match byte {
            // A colon would turn the first segment into a scheme, so it is encoded.
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(byte)),
            other => uri.extend([format!("%{other:02X}")]),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_name_is_a_uri_reference() {
        assert_eq!(encode_uri(r"limits\a b:ü.yaml"), "limits/a%20b%3A%C3%BC.yaml");
    }
}
