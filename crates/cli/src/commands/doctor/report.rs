//! What was found, for people and for programs.

use serde_json::{Value, json};

use super::step::Step;
use crate::failure::Failure;
use crate::report::Format;

/// The version of the JSON form. A field that is added does not change it.
const VERSION: u32 = 1;

/// The steps gone, in their order.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

struct Line {
    step: Step,
    status: Status,
    detail: String,
    hint: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Passed,
    Warning,
    Skipped,
    Failed,
    NotReached,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Warning => "warning",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::NotReached => "not reached",
        }
    }
}

impl Report {
    pub(crate) fn passed(&mut self, step: Step, detail: impl Into<String>) {
        self.add(step, Status::Passed, detail.into(), None);
    }

    pub(crate) fn warned(&mut self, step: Step, detail: impl Into<String>, hint: &str) {
        self.add(step, Status::Warning, detail.into(), Some(hint.to_owned()));
    }

    pub(crate) fn skipped(&mut self, step: Step, detail: impl Into<String>) {
        self.add(step, Status::Skipped, detail.into(), None);
    }

    pub(crate) fn failed(&mut self, step: Step, failure: &Failure) {
        self.add(step, Status::Failed, failure.problem.clone(), failure.hint.clone());
    }

    fn add(&mut self, step: Step, status: Status, detail: String, hint: Option<String>) {
        self.lines.push(Line { step, status, detail, hint });
    }

    pub(crate) fn print(mut self, format: Format) -> String {
        let reached: Vec<Step> = self.lines.iter().map(|line| line.step).collect();
        for step in Step::ALL.into_iter().filter(|step| !reached.contains(step)) {
            self.add(step, Status::NotReached, String::new(), None);
        }
        self.lines.sort_by_key(|line| line.step);
        match format {
            Format::Json => {
                let steps: Vec<Value> = self.lines.iter().map(Line::json).collect();
                format!("{:#}", json!({"version": VERSION, "steps": steps}))
            }
            _ => self.lines.iter().map(Line::text).collect::<Vec<_>>().join("\n"),
        }
    }
}

impl Line {
    fn text(&self) -> String {
        let Self { step, status, detail, hint } = self;
        let line = format!("{:<11}  {:<12}  {detail}", status.as_str(), step.as_str());
        match hint {
            Some(hint) => format!("{}\n{:<11}  {:<12}  {hint}", line.trim_end(), "", "hint:"),
            None => line.trim_end().to_owned(),
        }
    }

    fn json(&self) -> Value {
        let status = self.status.as_str().replace(' ', "_");
        json!({"step": self.step.id(), "status": status, "detail": self.detail, "hint": self.hint})
    }
}
