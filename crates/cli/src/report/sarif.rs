//! SARIF 2.1.0: findings, refusals and drifts for code scanning. No more than the standard asks for and GitHub reads.

use std::collections::BTreeMap;

use ajo_core::rules::Severity;
use ajo_limits::{Digest, Drift, Finding, Outcome, Place, Refusal, Report};

use super::diff;
use super::json::quiet_json;

mod schema_types;

use schema_types::{
    ArtifactLocation, Driver, Invocation, Location, Log, PhysicalLocation, Region, Rule, Run, Text, Tool,
};

/// The rules that are not the code of a finding or a refusal.
const DRIFTED: &str = "AJO_LIMITS_DRIFTED";
const MISSING: &str = "AJO_LIMITS_MISSING";

pub(super) fn render(report: &Report) -> String {
    let mut results: Vec<Found<'_>> = report.findings.iter().map(finding).collect();
    results.extend(report.plan.iter().flat_map(|plan| &plan.refusals).map(refusal));
    results.extend(report.drifts.iter().map(drift));
    let mut rules: BTreeMap<&str, usize> = results.iter().map(|found| (found.rule, 0)).collect();
    for (index, position) in rules.values_mut().enumerate() {
        *position = index;
    }
    let mut seen = BTreeMap::new();
    let results = results.iter().map(|found| found.result(report, &rules, &mut seen)).collect();
    let rule = |id: &&str| Rule { id: (*id).to_owned(), short_description: Text { text: description(id) } };
    let run = Run {
        tool: Tool { driver: Driver { name: "ajo", rules: rules.keys().map(rule).collect() } },
        invocations: [Invocation {
            execution_successful: !matches!(report.outcome, Outcome::Partial | Outcome::Cancelled),
        }],
        column_kind: "unicodeCodePoints",
        results,
    };
    quiet_json(&serde_json::to_string_pretty(&Log::new(run)).expect("texts, numbers and lists")) + "\n"
}

/// What becomes a result.
struct Found<'r> {
    rule: &'r str,
    level: &'static str,
    message: String,
    place: Option<&'r Place>,
    /// What stays the same when lines move.
    mark: String,
}

impl Found<'_> {
    fn result(
        &self,
        report: &Report,
        rules: &BTreeMap<&str, usize>,
        seen: &mut BTreeMap<String, usize>,
    ) -> schema_types::Result {
        // GitHub takes no result without a place.
        let file = self.place.map(|place| &place.file).or(report.files.first());
        let location = |file: &String| Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(file) },
                region: self.place.map(region),
            },
        };
        let digest = Digest::of(&(self.rule, file, &self.mark)).as_str().replace("sha256:", "");
        let count = seen.entry(digest.clone()).and_modify(|count| *count += 1).or_insert(1);
        schema_types::Result {
            rule_id: self.rule.to_owned(),
            rule_index: rules.get(self.rule).copied().unwrap_or_default(),
            level: self.level,
            // In a message, `[text](place)` is a link.
            message: Text { text: self.message.replace("](", "] (") },
            locations: file.map(location).into_iter().collect(),
            // The same thing twice in a file is two results.
            partial_fingerprints: BTreeMap::from([("ajoLimits/v1", format!("{digest}:{count}"))]),
        }
    }
}

/// The standard counts from 1; a place that was made by hand may not.
fn region(place: &Place) -> Region {
    let start_column = place.column.max(1);
    let end_column = start_column.saturating_add(place.length.max(1));
    Region { start_line: place.line.max(1), start_column, end_column }
}

fn finding(finding: &Finding) -> Found<'_> {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Remark => "note",
    };
    let mut message = finding.message.clone();
    if let Some(hint) = &finding.hint {
        message.extend([format!("\nhint: {hint}")]);
    }
    let key = finding.key.as_ref().map(ToString::to_string).unwrap_or_default();
    let mark = format!("{key}\n{}", finding.message);
    Found { rule: &finding.code, level, message, place: finding.place.as_ref(), mark }
}

fn refusal(refusal: &Refusal) -> Found<'_> {
    let key = refusal.key.as_ref().map(ToString::to_string).unwrap_or_default();
    let subject = if key.is_empty() { String::new() } else { format!("{key}: ") };
    let mut message = format!("{subject}{}", refusal.message);
    for candidate in &refusal.candidates {
        message.extend([format!("\n- {} {}", candidate.uid.as_str(), candidate.key)]);
    }
    message.extend([format!("\nhint: {}", refusal.hint)]);
    Found { rule: refusal.why.code(), level: "error", message, place: refusal.place.as_ref(), mark: key }
}

fn drift(drift: &Drift) -> Found<'_> {
    let mut message = drift.key.to_string();
    if !drift.present {
        message.push_str(": it is not at the service");
    }
    for part in diff::of_drift(drift) {
        for line in part.told() {
            message.extend([format!("\n{}: {line}", part.title)]);
        }
    }
    for verdict in &drift.verdict {
        message.extend([format!("\nthe service says: {verdict}")]);
    }
    let rule = if drift.present { DRIFTED } else { MISSING };
    Found { rule, level: "warning", message, place: drift.place.as_ref(), mark: drift.key.to_string() }
}

/// What a rule is about. Those of the service have no other text than their messages.
fn description(rule: &str) -> String {
    match rule {
        DRIFTED => "A configuration is not as the file wants it".to_owned(),
        MISSING => "A configuration is not at the service".to_owned(),
        other => other.to_owned(),
    }
}

/// The name of a file as a relative reference: what may not stand in one is written with `%`.
fn uri(file: &str) -> String {
    let mut uri = String::with_capacity(file.len());
    for byte in file.replace('\\', "/").bytes() {
        match byte {
            // A colon would make the beginning a scheme.
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
    fn a_file_is_named_by_a_reference() {
        assert_eq!(uri(r"limits\a b:ü.yaml"), "limits/a%20b%3A%C3%BC.yaml");
    }
}
