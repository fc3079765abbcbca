//! The report of `ajo doctor` as text and JSON.

use serde_json::{Value, json};

use super::doctor_check::DoctorCheck;
use crate::command_error::CommandError;
use crate::help::wrap;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

/// The version of the JSON format. Adding a field does not change it.
const VERSION: u32 = 1;

/// The results of the checks, in order.
#[derive(Default)]
pub(crate) struct DoctorReport {
    results: Vec<CheckResult>,
}

struct CheckResult {
    check: DoctorCheck,
    status: CheckStatus,
    detail: String,
    /// How a passed check was proved.
    proof: Option<String>,
    hint: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CheckStatus {
    Passed,
    Warning,
    Skipped,
    /// Nothing failed, but no response shows that the check passes.
    NotProved,
    Failed,
    NotReached,
}

impl CheckStatus {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Warning => "warning",
            Self::Skipped => "skipped",
            Self::NotProved => "not proved",
            Self::Failed => "failed",
            Self::NotReached => "not reached",
        }
    }
}

impl DoctorReport {
    /// Adds a check that something proved, and says what.
    pub(crate) fn add_passed(&mut self, step: DoctorCheck, detail: impl Into<String>, proof: &str) {
        self.add(step, CheckStatus::Passed, detail.into(), None);
        if let Some(result) = self.results.last_mut() {
            result.proof = Some(proof.to_owned());
        }
    }

    pub(crate) fn add_not_proved(&mut self, step: DoctorCheck, detail: impl Into<String>) {
        self.add(step, CheckStatus::NotProved, detail.into(), None);
    }

    pub(crate) fn has(&self, step: DoctorCheck) -> bool {
        self.results.iter().any(|result| result.check == step)
    }

    pub(crate) fn add_warning(&mut self, step: DoctorCheck, detail: impl Into<String>, hint: &str) {
        self.add(step, CheckStatus::Warning, detail.into(), Some(hint.to_owned()));
    }

    pub(crate) fn add_skipped(&mut self, step: DoctorCheck, detail: impl Into<String>) {
        self.add(step, CheckStatus::Skipped, detail.into(), None);
    }

    pub(crate) fn add_failed(&mut self, step: DoctorCheck, failure: &CommandError) {
        self.add(step, CheckStatus::Failed, failure.message.clone(), failure.hint.clone());
    }

    fn add(&mut self, step: DoctorCheck, status: CheckStatus, detail: String, hint: Option<String>) {
        // A later server can fail a check that an earlier one passed.
        self.results.retain(|result| result.check != step);
        self.results.push(CheckResult { check: step, status, detail, proof: None, hint });
    }

    pub(crate) fn print(mut self, format: OutputFormat) -> Result<(), CommandError> {
        let reached: Vec<DoctorCheck> = self.results.iter().map(|line| line.check).collect();
        for step in DoctorCheck::ALL.into_iter().filter(|step| !reached.contains(step)) {
            self.add(step, CheckStatus::NotReached, String::new(), None);
        }
        self.results.sort_by_key(|line| line.check);
        // Results of checks after the failed one stay visible, but nothing tried them.
        let failed = self.results.iter().position(|line| line.status == CheckStatus::Failed);
        for line in self.results.iter_mut().skip(failed.unwrap_or(usize::MAX)) {
            if line.status == CheckStatus::NotProved {
                line.status = CheckStatus::NotReached;
            }
        }
        // Without a terminal, each result is one line.
        let width = Some(output::terminal_width()).filter(|width| *width > 0).unwrap_or(usize::MAX);
        match format {
            OutputFormat::Json => {
                let steps: Vec<Value> = self.results.iter().map(CheckResult::to_json).collect();
                output::print_json(&format!("{:#}", json!({"version": VERSION, "checks": steps})))
            }
            _ => output::print_data(SafeText::join_lines(self.results.iter().map(|line| line.to_text(width)))),
        }
    }
}

/// The width of the first two columns, with the spaces after them.
const INDENT: usize = 29;
/// The text is not broken into lines that are narrower.
const MIN_TEXT_WIDTH: usize = 20;

fn format_lines(status: &str, step: &str, text: &str, width: usize) -> Vec<SafeText> {
    let text = wrap(text, width.saturating_sub(INDENT).max(MIN_TEXT_WIDTH));
    let mut lines = text.lines();
    let first = safe!("{:<11}  {:<14}  {}", status, step, lines.next().unwrap_or_default()).trim_end();
    std::iter::once(first).chain(lines.map(|line| safe!("{:29}{}", "", line))).collect()
}

impl CheckResult {
    /// The lines of the result, at most `width` columns wide unless a word is longer.
    fn to_text(&self, width: usize) -> SafeText {
        let Self { check: step, status, detail, proof, hint } = self;
        let proof = proof.as_ref().map(|proof| format!(" ({proof})")).unwrap_or_default();
        let mut lines = format_lines(status.as_str(), step.as_str(), &format!("{detail}{proof}"), width);
        lines.extend(hint.iter().flat_map(|hint| format_lines("", "hint:", hint, width)));
        SafeText::join_lines(lines)
    }

    fn to_json(&self) -> Value {
        let status = self.status.as_str().replace(' ', "_");
        json!({"check": self.check.id(), "status": status, "detail": self.detail, "proof": self.proof, "hint": self.hint})
    }
}
