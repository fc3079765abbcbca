//! `JUnit` XML: one suite for the command, and one case for each configuration and diagnostic.
//!
//! Written without the crate `quick-junit`, which pulls in chrono, quick-xml, and others for five kinds of elements.

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Blocker, CommandReport, ConfigChange, ConfigKey, FileDiagnostic, Plan, StepState};

use super::config_steps::{ConfigOutcome, ConfigSteps};
use super::diff::{self, DiffSection};
use super::drift_finding::{DriftFinding, drift_findings, drift_notes};
use super::observed_config::last_modified;
use super::summary;
use super::traffic_effect::{TITLE, effect_lines};
use crate::safe_text::SafeText;

pub(super) fn render(report: &CommandReport) -> SafeText {
    let cases = cases(report);
    let count = |element: &str| cases.iter().filter(|case| case.has_element(element)).count();
    let counts = format!(
        r#"tests="{}" failures="{}" errors="{}" skipped="{}""#,
        cases.len(),
        count("failure"),
        count("error"),
        count("skipped")
    );
    let name = escape_attribute(&format!("ajo {}", report.command));
    let cases_xml: String = cases.iter().map(TestCase::to_xml).collect();
    let plan = report.plan.as_ref().filter(|_| report.results.is_empty());
    let details = plan.map(summary::unmanaged_lines).into_iter().flatten();
    let details = details.chain(report.drift.as_ref().map(drift_notes).into_iter().flatten().flatten());
    let notes = report.notes.iter().map(SafeText::escape);
    let lines: Vec<_> = details.chain(notes).chain(summary::summary_lines(report)).map(SafeText::into_string).collect();
    let system_out = if lines.is_empty() {
        String::new()
    } else {
        format!("    <system-out>{}</system-out>\n", escape_content(&lines.join("\n")))
    };
    SafeText::document(&format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{name}\" {counts}>\n\
         {cases_xml}{system_out}  </testsuite>\n</testsuites>\n"
    ))
}

/// A test case.
struct TestCase {
    class: String,
    name: String,
    /// Element name, type, and message of a failure.
    failure: Option<(&'static str, String, String)>,
    details: Vec<String>,
}

fn cases(report: &CommandReport) -> Vec<TestCase> {
    let mut cases: Vec<TestCase> = report.diagnostics.iter().map(diagnostic).collect();
    let has_diagnostic =
        |file: &String| report.diagnostics.iter().filter_map(|it| it.location.as_ref()).any(|at| at.file == *file);
    // Without these, a clean run has no test cases, and build servers reject an empty suite.
    let clean_files = report.files.iter().filter(|file| !has_diagnostic(file));
    cases.extend(clean_files.map(|file| TestCase::new("files", file)));
    match &report.plan {
        Some(plan) if report.results.is_empty() => add_plan_cases(plan, &mut cases),
        Some(plan) => cases.extend(plan.blockers.iter().map(blocker)),
        None => {}
    }
    cases.extend(ConfigSteps::group_by_config(&report.results).iter().map(config_steps));
    cases.extend(drift_findings(report).iter().map(drift));
    cases
}

/// Blockers are failures. Changes are not: finding them is the purpose of a plan.
fn add_plan_cases(plan: &Plan, cases: &mut Vec<TestCase>) {
    let blocked: std::collections::BTreeSet<_> = plan.blockers.iter().filter_map(|it| it.key.as_ref()).collect();
    let changed: std::collections::BTreeSet<_> = plan.changes.iter().map(|change| &change.key).collect();
    let unchanged = plan.desired.iter().map(ajo_limits::DesiredConfig::key);
    cases.extend(
        unchanged.filter(|key| !blocked.contains(key) && !changed.contains(key)).map(|key| TestCase::from_key(&key)),
    );
    cases.extend(plan.blockers.iter().map(blocker));
    cases.extend(plan.changes.iter().map(change));
}

fn diagnostic(diagnostic: &FileDiagnostic) -> TestCase {
    let class = diagnostic.key.as_ref().map_or("files", |key| key.api.as_str());
    let location = diagnostic.location.as_ref().map(|location| format!(" at {location}")).unwrap_or_default();
    let mut case = TestCase::new(class, &format!("{}{location}", diagnostic.code));
    case.details.extend(diagnostic.key.as_ref().map(|key| format!("in {}", escape(&key.to_string()))));
    case.details.extend(diagnostic.hint.as_ref().map(|hint| format!("hint: {}", escape(hint))));
    case.details.extend(diagnostic.allowed.as_ref().map(|reason| format!("allowed: {}", escape(reason))));
    if diagnostic.severity == Severity::Error {
        case.failure = Some(("failure", diagnostic.code.clone(), diagnostic.message.clone()));
    } else {
        case.details.insert(0, format!("{}: {}", diagnostic.severity.as_str(), escape(&diagnostic.message)));
    }
    case
}

fn blocker(blocker: &Blocker) -> TestCase {
    let code = blocker.reason.code();
    let mut case = blocker.key.as_ref().map_or_else(|| TestCase::new("plan", code), TestCase::from_key);
    case.failure = Some(("failure", code.to_owned(), blocker.message.clone()));
    let candidates = blocker.candidates.iter();
    case.details.extend(candidates.map(|it| format!("- {} {}", it.uid.as_str(), escape(&it.key.to_string()))));
    case.details.push(format!("hint: {}", escape(&blocker.hint)));
    case
}

fn change(change: &ConfigChange) -> TestCase {
    let mut case = TestCase::from_key(&change.key);
    case.details.push(format!("to {}: {}", change.action, escape(&change.reason.to_string())));
    case.add_sections(&diff::change_sections(change));
    case.details.push(format!("calls: {}", diff::join_verbs(&change.steps).as_str()));
    let effects = effect_lines(change, SafeText::escape);
    case.details.extend(effects.iter().map(|effect| format!("{TITLE}: {}", effect.as_str())));
    case.details.extend(diff::change_effects(change).iter().map(|effect| format!("note: {}", effect.as_str())));
    case.details.extend(diff::redeploy_note(change).map(|note| format!("note: {note}")));
    case
}

/// A warning is no failure.
fn drift(finding: &DriftFinding<'_>) -> TestCase {
    let mut case = TestCase::from_key(&finding.key);
    if finding.severity == Severity::Error {
        let (kind, message) = (finding.code.title().to_owned(), finding.code.description().to_owned());
        case.failure = Some(("failure", kind, message));
    } else {
        case.details.push(format!("{}: {}", finding.severity.as_str(), finding.code.description()));
    }
    case.details.extend(finding.uid.map(|uid| format!("uid {}", uid.as_str())));
    let edited = last_modified(finding.last_modified_at, finding.last_modified_by);
    case.details.extend(edited.map(|edited| format!("last modified: {}", edited.as_str())));
    case.add_sections(&finding.sections);
    case.details.extend(finding.lines.iter().map(|line| line.as_str().to_owned()));
    case.details.extend(finding.hint.map(|hint| format!("hint: {hint}")));
    case
}

fn config_steps(one: &ConfigSteps<'_>) -> TestCase {
    let mut case = TestCase::from_key(one.key);
    let outcome = one.outcome();
    let element = match outcome {
        ConfigOutcome::Done => None,
        ConfigOutcome::Failed => Some("failure"),
        ConfigOutcome::Unknown | ConfigOutcome::Partial => Some("error"),
        ConfigOutcome::NotStarted => Some("skipped"),
    };
    let first = one.failed_or_unknown().find_map(|call| call.error.as_ref());
    let message = first.map_or_else(|| outcome.as_str().to_owned(), |error| error.message.clone());
    let kind = first.and_then(|error| error.code.clone()).unwrap_or_else(|| outcome.as_str().to_owned());
    case.failure = element.map(|element| (element, kind, message));
    for (name, state) in [("done", StepState::Done), ("not started", StepState::NotStarted)] {
        let steps = one.verbs_in_state(state);
        case.details.extend((!steps.is_empty()).then(|| format!("{name}: {}", diff::join_verbs(steps).as_str())));
    }
    for call in one.failed_or_unknown() {
        let state = if call.state == StepState::Failed { "failed" } else { "unknown" };
        case.details.push(format!("{state}: {}", call.step));
        let Some(error) = &call.error else { continue };
        case.details.push(format!("  {}", escape(&error.message)));
        case.details.extend(error.status.map(|status| format!("  status {status}")));
        case.details.extend(error.request_id.as_ref().map(|id| format!("  request {}", escape(id))));
        case.details.extend(error.hint.as_ref().map(|hint| format!("  hint: {}", escape(hint))));
    }
    case.details.extend(one.live_limit().map(|live| live.describe().to_owned()));
    case
}

impl TestCase {
    fn new(class: &str, name: &str) -> Self {
        Self { class: class.to_owned(), name: name.to_owned(), failure: None, details: Vec::new() }
    }

    fn from_key(key: &ConfigKey) -> Self {
        Self::new(key.api.as_str(), &key.to_string())
    }

    fn has_element(&self, element: &str) -> bool {
        self.failure.as_ref().is_some_and(|(found, ..)| *found == element)
    }

    fn add_sections(&mut self, parts: &[DiffSection]) {
        for part in parts {
            self.details.push(format!("{}:", part.title));
            self.details.extend(part.field_lines().map(|line| format!("  {}", line.as_str())));
        }
    }

    fn to_xml(&self) -> String {
        let open = format!(
            r#"    <testcase classname="{}" name="{}""#,
            escape_attribute(&self.class),
            escape_attribute(&self.name)
        );
        let text = escape_content(&self.details.join("\n"));
        let inside = match &self.failure {
            None if text.is_empty() => return format!("{open}/>\n"),
            None => format!("<system-out>{text}</system-out>"),
            Some(("skipped", _, message)) => format!(r#"<skipped message="{}"/>"#, escape_attribute(message)),
            Some((element, kind, message)) => {
                let (kind, message) = (escape_attribute(kind), escape_attribute(message));
                format!(r#"<{element} type="{kind}" message="{message}">{text}</{element}>"#)
            }
        };
        format!("{open}>\n      {inside}\n    </testcase>\n")
    }
}

/// Escapes an attribute value. Characters that XML 1.0 forbids are made visible first.
fn escape_attribute(text: &str) -> String {
    escape_content(&escape(text)).replace('"', "&quot;")
}

/// Escapes element content. Forbidden characters must already be visible.
fn escape_content(text: &str) -> String {
    // `>` must be escaped because of `]]>`.
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
