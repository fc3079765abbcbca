//! What became of one configuration.

use super::super::configuration::{Configuration, Fate};
use super::super::diff::calls;
use super::super::escape::visible;
use super::paint::{BAD, CAREFUL, GOOD, Paint, STRONG};
use crate::{Report, StepError, StepResult, StepState};

/// A block for each; those of which all was done are one block together, because there is nothing more to say of them.
pub(super) fn blocks(report: &Report, paint: Paint) -> Vec<String> {
    let all = Configuration::all(&report.results);
    let (done, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.fate() == Fate::Done);
    let done: Vec<_> = done.into_iter().map(|one| block(one, paint)).collect();
    let others = others.into_iter().map(|one| block(one, paint));
    (!done.is_empty()).then(|| done.join("\n")).into_iter().chain(others).collect()
}

fn block(one: &Configuration<'_>, paint: Paint) -> String {
    let fate = one.fate();
    let style = match fate {
        Fate::Done => GOOD,
        Fate::Partly | Fate::NotStarted => CAREFUL,
        Fate::Unknown | Fate::Failed => BAD,
    };
    let uid = one.uid.map(|uid| format!(" ({})", visible(uid.as_str()))).unwrap_or_default();
    let name = paint.paint(STRONG, &visible(&one.key.to_string()));
    let what = paint.paint(style, &format!("{:<11}", fate.as_str()));
    let mut lines = vec![format!("{what} {name}{uid}")];
    lines.extend(listed("done", one, StepState::Done));
    for call in one.troubles() {
        lines.extend(trouble(call, paint));
    }
    lines.extend(listed("not started", one, StepState::NotStarted));
    lines.join("\n")
}

fn listed(name: &str, one: &Configuration<'_>, state: StepState) -> Option<String> {
    let steps = one.of(state);
    (!steps.is_empty()).then(|| format!("  {name}: {}", calls(steps)))
}

fn trouble(call: &StepResult, paint: Paint) -> Vec<String> {
    let step = call.step;
    let unknown = if call.state == StepState::Unknown { ": whether it was done is not known" } else { "" };
    let Some(error) = &call.error else {
        return vec![format!("  {}: {step}{unknown}", paint.paint(BAD, "error"))];
    };
    let code = error.code.as_ref().map_or_else(|| "error".to_owned(), |code| format!("error[{}]", visible(code)));
    let mut lines = vec![format!("  {}: {step}{unknown}: {}", paint.paint(BAD, &code), visible(&error.message))];
    lines.extend(details(error).map(|details| format!("  {details}")));
    lines.extend(error.hint.as_ref().map(|hint| format!("  hint: {}", visible(hint))));
    lines
}

/// What Adobe's support asks for.
fn details(error: &StepError) -> Option<String> {
    let status = error.status.map(|status| format!("status {status}"));
    let request = error.request_id.as_ref().map(|id| format!("request {}", visible(id)));
    let details: Vec<_> = status.into_iter().chain(request).collect();
    (!details.is_empty()).then(|| details.join(", "))
}
