//! The sentences that sum a report up; every form for people ends or begins with them.

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Candidate, Kind, Outcome, Plan, Report};

use super::config_outcome::{ConfigOutcome, Configuration};

/// How many configurations are named where only their number matters.
const NAMED: usize = 5;

/// What the report comes to, a line for each thing that it is about.
pub(super) fn closing(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    if !report.findings.is_empty() || report.command == "validate" {
        lines.push(findings(report));
    }
    if !report.results.is_empty() {
        lines.push(results(report));
    } else if let Some(plan) = &report.plan {
        lines.push(self::plan(plan));
    }
    if !report.drifts.is_empty() {
        let count = report.drifts.len();
        lines.push(format!("{}: {} not as {} should be.", name(report), are(count), they(count)));
    } else if report.outcome == Outcome::Clean && matches!(report.command.as_str(), "drift" | "verify") {
        lines.push("No drift.".to_owned());
    }
    lines
}

/// What a plan leaves alone and somebody may wonder about, each with its lines: the first says what, the others name some.
pub(super) fn mentions(plan: &Plan) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut mention = |candidates: &[Candidate], text: &dyn Fn(usize) -> String| {
        if candidates.is_empty() {
            return;
        }
        let mut lines = vec![text(candidates.len())];
        lines.extend(candidates.iter().take(NAMED).map(|candidate| escape(&candidate.key.to_string())));
        if candidates.len() > NAMED {
            lines.push(format!("and {} more", candidates.len() - NAMED));
        }
        all.push(lines);
    };
    mention(&plan.kept, &|count| {
        format!("kept: {} in the ledger and no longer in the files; --prune deletes {}", are(count), them(count))
    });
    mention(&plan.unowned, &|count| {
        let (are, them) = (are(count), them(count));
        format!("unowned: {are} as the files want {them}, and not in the ledger; ajo adopt enters {them}")
    });
    let mut count = |count: usize, text: &dyn Fn(usize) -> String| {
        all.extend((count > 0).then(|| vec![text(count)]));
    };
    count(plan.unmanaged.len(), &|count| {
        format!("unmanaged: {} neither in the files nor in the ledger; left alone", are(count))
    });
    count(plan.settled.len(), &|count| {
        format!("settled: {} as the files want {}, and the ledger is behind", are(count), them(count))
    });
    count(plan.vanished.len(), &|count| {
        format!("vanished: {} in the ledger, and neither in the files nor at the service", are(count))
    });
    all
}

/// `1 configuration`, `2 configurations`.
pub(super) fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

fn findings(report: &Report) -> String {
    let of = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Remark, "remark")];
    let counts: Vec<_> = counts
        .into_iter()
        .map(|(severity, one)| (of(severity), one))
        .filter(|(count, _)| *count > 0)
        .map(|(count, one)| counted(count, one, &format!("{one}s")))
        .collect();
    let files = counted(report.files.len(), "file", "files");
    if counts.is_empty() { format!("No findings in {files}.") } else { format!("{} in {files}.", counts.join(", ")) }
}

fn plan(plan: &Plan) -> String {
    let unchanged = plan.unchanged;
    if plan.is_empty() {
        return match unchanged {
            0 => "No changes.".to_owned(),
            count => format!("No changes: {} as the files want {}.", are(count), them(count)),
        };
    }
    let of = |kind| plan.changes.iter().filter(|change| change.kind == kind).count();
    let kinds = [Kind::Create, Kind::Update, Kind::Redeploy, Kind::Deploy, Kind::Undeploy, Kind::Delete];
    let counts: Vec<_> = kinds
        .into_iter()
        .map(|kind| (of(kind), kind))
        // These three are what people look for, also where there are none.
        .filter(|(count, kind)| *count > 0 || matches!(kind, Kind::Create | Kind::Update | Kind::Delete))
        .map(|(count, kind)| format!("{count} to {kind}"))
        .collect();
    let mut line = format!("Plan: {}; {unchanged} unchanged.", counts.join(", "));
    if !plan.refusals.is_empty() {
        line.extend([format!(" Refused for {}.", counted(plan.refusals.len(), "reason", "reasons"))]);
    }
    line
}

fn results(report: &Report) -> String {
    let all = Configuration::all(&report.results);
    let of = |outcome| all.iter().filter(|configuration| configuration.outcome() == outcome).count();
    let counts: Vec<_> = ConfigOutcome::ALL
        .into_iter()
        .map(|outcome| (of(outcome), outcome))
        .filter(|(count, outcome)| *count > 0 || *outcome != ConfigOutcome::Partly)
        .map(|(count, outcome)| format!("{count} {}", outcome.as_str()))
        .collect();
    let cancelled = if report.outcome == Outcome::Cancelled { ", cancelled" } else { "" };
    format!("{}{cancelled}: {}.", name(report), counts.join(", "))
}

/// The command as the beginning of a sentence.
fn name(report: &Report) -> String {
    let command = escape(&report.command);
    let mut letters = command.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn are(count: usize) -> String {
    counted(count, "configuration is", "configurations are")
}

fn they(count: usize) -> &'static str {
    if count == 1 { "it" } else { "they" }
}

fn them(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}
