//! What became of one configuration.

use ajo_engine::untrusted_text::escape;
use ajo_limits::{Report, StepError, StepResult, StepState};

use super::super::config_outcome::{ConfigOutcome, Configuration};
use super::super::diff::calls;
use super::style::{BAD, CAREFUL, GOOD, STRONG, TextStyle};

/// A block for each; those of which all was done are one block together, because there is nothing more to say of them.
pub(super) fn blocks(report: &Report, style: TextStyle) -> Vec<String> {
    let all = Configuration::all(&report.results);
    let (done, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.outcome() == ConfigOutcome::Done);
    let done: Vec<_> = done.into_iter().map(|one| block(one, style)).collect();
    let others = others.into_iter().map(|one| block(one, style));
    (!done.is_empty()).then(|| done.join("\n")).into_iter().chain(others).collect()
}

fn block(one: &Configuration<'_>, style: TextStyle) -> String {
    let outcome = one.outcome();
    let color = match outcome {
        ConfigOutcome::Done => GOOD,
        ConfigOutcome::Partly | ConfigOutcome::NotStarted => CAREFUL,
        ConfigOutcome::Unknown | ConfigOutcome::Failed => BAD,
    };
    let uid = one.uid.map(|uid| format!(" ({})", escape(uid.as_str()))).unwrap_or_default();
    let name = style.paint(STRONG, &escape(&one.key.to_string()));
    let what = style.paint(color, &format!("{:<11}", outcome.as_str()));
    let mut lines = vec![format!("{what} {name}{uid}")];
    lines.extend(listed("done", one, StepState::Done));
    for call in one.troubles() {
        lines.extend(trouble(call, style));
    }
    lines.extend(listed("not started", one, StepState::NotStarted));
    lines.join("\n")
}

fn listed(name: &str, one: &Configuration<'_>, state: StepState) -> Option<String> {
    let steps = one.of(state);
    (!steps.is_empty()).then(|| format!("  {name}: {}", calls(steps)))
}

fn trouble(call: &StepResult, style: TextStyle) -> Vec<String> {
    let step = call.step;
    let unknown = if call.state == StepState::Unknown { ": whether it was done is not known" } else { "" };
    let Some(error) = &call.error else {
        return vec![format!("  {}: {step}{unknown}", style.paint(BAD, "error"))];
    };
    let code = error.code.as_ref().map_or_else(|| "error".to_owned(), |code| format!("error[{}]", escape(code)));
    let mut lines = vec![format!("  {}: {step}{unknown}: {}", style.paint(BAD, &code), escape(&error.message))];
    lines.extend(details(error).map(|details| format!("  {details}")));
    lines.extend(error.hint.as_ref().map(|hint| format!("  hint: {}", escape(hint))));
    lines
}

/// What Adobe's support asks for.
fn details(error: &StepError) -> Option<String> {
    let status = error.status.map(|status| format!("status {status}"));
    let request = error.request_id.as_ref().map(|id| format!("request {}", escape(id)));
    let details: Vec<_> = status.into_iter().chain(request).collect();
    (!details.is_empty()).then(|| details.join(", "))
}
