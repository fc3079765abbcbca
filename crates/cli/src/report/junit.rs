//! `JUnit`'s XML: a suite for the command, a case for each configuration and for each finding.
//!
//! It is written here and not by the crate `quick-junit`: that one is alive, and brings chrono, quick-xml and others with
//! it, for five kinds of elements.

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Change, Drift, Finding, Key, Plan, Refusal, Report, StepState};

use super::config_outcome::{ConfigOutcome, Configuration};
use super::diff::{self, Part};
use super::summary;

pub(super) fn render(report: &Report) -> String {
    let cases = cases(report);
    let of = |element: &str| cases.iter().filter(|case| case.is(element)).count();
    let counts = format!(
        r#"tests="{}" failures="{}" errors="{}" skipped="{}""#,
        cases.len(),
        of("failure"),
        of("error"),
        of("skipped")
    );
    let name = attribute(&format!("ajo {}", report.command));
    let written: String = cases.iter().map(Case::write).collect();
    let said: Vec<_> = report.notes.iter().map(|note| escape(note)).chain(summary::closing(report)).collect();
    let said = if said.is_empty() {
        String::new()
    } else {
        format!("    <system-out>{}</system-out>\n", content(&said.join("\n")))
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{name}\" {counts}>\n\
         {written}{said}  </testsuite>\n</testsuites>\n"
    )
}

/// A test, in the eyes of a build server.
struct Case {
    class: String,
    name: String,
    /// What went wrong: the element for it, what kind of thing it is, and one line.
    wrong: Option<(&'static str, String, String)>,
    /// What else is to be said.
    text: Vec<String>,
}

fn cases(report: &Report) -> Vec<Case> {
    let mut cases: Vec<Case> = report.findings.iter().map(finding).collect();
    let blamed = |file: &String| report.findings.iter().filter_map(|it| it.place.as_ref()).any(|at| at.file == *file);
    // Otherwise a command that finds nothing has a suite without a case, which build servers take for a mistake.
    let sound = report.files.iter().filter(|file| !blamed(file));
    cases.extend(sound.map(|file| Case::new("files", file)));
    match &report.plan {
        Some(plan) if report.results.is_empty() => planned(plan, &mut cases),
        Some(plan) => cases.extend(plan.refusals.iter().map(refusal)),
        None => {}
    }
    cases.extend(Configuration::all(&report.results).iter().map(configuration));
    cases.extend(report.drifts.iter().map(drift));
    cases
}

/// What is refused fails; what has to be changed does not, because a plan is made to find that out.
fn planned(plan: &Plan, cases: &mut Vec<Case>) {
    let refused: std::collections::BTreeSet<_> = plan.refusals.iter().filter_map(|it| it.key.as_ref()).collect();
    let changed: std::collections::BTreeSet<_> = plan.changes.iter().map(|change| &change.key).collect();
    let unchanged = plan.wanted.iter().map(ajo_limits::Wanted::key);
    cases.extend(unchanged.filter(|key| !refused.contains(key) && !changed.contains(key)).map(|key| Case::of(&key)));
    cases.extend(plan.refusals.iter().map(refusal));
    cases.extend(plan.changes.iter().map(change));
}

fn finding(finding: &Finding) -> Case {
    let class = finding.key.as_ref().map_or("files", |key| key.api.as_str());
    let place = finding.place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
    let mut case = Case::new(class, &format!("{}{place}", finding.code));
    case.text.extend(finding.key.as_ref().map(|key| format!("in {}", escape(&key.to_string()))));
    case.text.extend(finding.hint.as_ref().map(|hint| format!("hint: {}", escape(hint))));
    if finding.severity == Severity::Error {
        case.wrong = Some(("failure", finding.code.clone(), finding.message.clone()));
    } else {
        case.text.insert(0, format!("{}: {}", finding.severity.as_str(), escape(&finding.message)));
    }
    case
}

fn refusal(refusal: &Refusal) -> Case {
    let code = refusal.why.code();
    let mut case = refusal.key.as_ref().map_or_else(|| Case::new("plan", code), Case::of);
    case.wrong = Some(("failure", code.to_owned(), refusal.message.clone()));
    let candidates = refusal.candidates.iter();
    case.text.extend(candidates.map(|it| format!("- {} {}", it.uid.as_str(), escape(&it.key.to_string()))));
    case.text.push(format!("hint: {}", escape(&refusal.hint)));
    case
}

fn change(change: &Change) -> Case {
    let mut case = Case::of(&change.key);
    case.text.push(format!("to {}: {}", change.kind, escape(&change.cause.to_string())));
    case.parts(&diff::of_change(change));
    case.text.push(format!("calls: {}", diff::calls(&change.steps)));
    case.text.extend(diff::warning(change).map(|warning| format!("note: {warning}")));
    case
}

fn drift(drift: &Drift) -> Case {
    let mut case = Case::of(&drift.key);
    let (kind, message) =
        if drift.present { ("drifted", "it is not as it should be") } else { ("missing", "it is not at the service") };
    case.wrong = Some(("failure", kind.to_owned(), message.to_owned()));
    case.text.extend(drift.last_modified_by.as_ref().map(|by| format!("last modified by {}", escape(by))));
    case.parts(&diff::of_drift(drift));
    case.text.extend(drift.verdict.iter().map(|verdict| format!("the service says: {}", escape(verdict))));
    case
}

fn configuration(one: &Configuration<'_>) -> Case {
    let mut case = Case::of(one.key);
    let outcome = one.outcome();
    let element = match outcome {
        ConfigOutcome::Done => None,
        ConfigOutcome::Failed => Some("failure"),
        ConfigOutcome::Unknown | ConfigOutcome::Partly => Some("error"),
        ConfigOutcome::NotStarted => Some("skipped"),
    };
    let first = one.troubles().find_map(|call| call.error.as_ref());
    let message = first.map_or_else(|| outcome.as_str().to_owned(), |error| error.message.clone());
    let kind = first.and_then(|error| error.code.clone()).unwrap_or_else(|| outcome.as_str().to_owned());
    case.wrong = element.map(|element| (element, kind, message));
    for (name, state) in [("done", StepState::Done), ("not started", StepState::NotStarted)] {
        let steps = one.of(state);
        case.text.extend((!steps.is_empty()).then(|| format!("{name}: {}", diff::calls(steps))));
    }
    for call in one.troubles() {
        let state = if call.state == StepState::Failed { "failed" } else { "unknown" };
        case.text.push(format!("{state}: {}", call.step));
        let Some(error) = &call.error else { continue };
        case.text.push(format!("  {}", escape(&error.message)));
        case.text.extend(error.status.map(|status| format!("  status {status}")));
        case.text.extend(error.request_id.as_ref().map(|id| format!("  request {}", escape(id))));
        case.text.extend(error.hint.as_ref().map(|hint| format!("  hint: {}", escape(hint))));
    }
    case
}

impl Case {
    fn new(class: &str, name: &str) -> Self {
        Self { class: class.to_owned(), name: name.to_owned(), wrong: None, text: Vec::new() }
    }

    fn of(key: &Key) -> Self {
        Self::new(key.api.as_str(), &key.to_string())
    }

    fn is(&self, element: &str) -> bool {
        self.wrong.as_ref().is_some_and(|(found, ..)| *found == element)
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            self.text.push(format!("{}:", part.title));
            self.text.extend(part.told().map(|line| format!("  {line}")));
        }
    }

    fn write(&self) -> String {
        let open = format!(r#"    <testcase classname="{}" name="{}""#, attribute(&self.class), attribute(&self.name));
        let text = content(&self.text.join("\n"));
        let inside = match &self.wrong {
            None if text.is_empty() => return format!("{open}/>\n"),
            None => format!("<system-out>{text}</system-out>"),
            Some(("skipped", _, message)) => format!(r#"<skipped message="{}"/>"#, attribute(message)),
            Some((element, kind, message)) => {
                let (kind, message) = (attribute(kind), attribute(message));
                format!(r#"<{element} type="{kind}" message="{message}">{text}</{element}>"#)
            }
        };
        format!("{open}>\n      {inside}\n    </testcase>\n")
    }
}

/// What XML 1.0 forbids is made escape before the rest is escaped.
fn attribute(text: &str) -> String {
    content(&escape(text)).replace('"', "&quot;")
}

/// Text whose lines are escape already.
fn content(text: &str) -> String {
    // The third is for `]]>`, which may not stand in a text.
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
