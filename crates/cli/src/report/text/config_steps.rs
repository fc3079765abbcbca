//! The outcome for one configuration.

use ajo_engine::untrusted_text::escape;
use ajo_limits::{CommandReport, StepError, StepResult, StepState};

use super::super::config_steps::{ConfigOutcome, ConfigSteps};
use super::super::diff::join_verbs;
use super::style::{BAD, CAUTION, GOOD, STRONG, TextStyle};

/// One block per configuration. Successful ones share a block, because each takes one line.
pub(super) fn blocks(report: &CommandReport, style: TextStyle) -> Vec<String> {
    let all = ConfigSteps::group_by_config(&report.results);
    let (done, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.outcome() == ConfigOutcome::Done);
    let done: Vec<_> = done.into_iter().map(|one| block(one, style)).collect();
    let others = others.into_iter().map(|one| block(one, style));
    (!done.is_empty()).then(|| done.join("\n")).into_iter().chain(others).collect()
}

fn block(one: &ConfigSteps<'_>, style: TextStyle) -> String {
    let outcome = one.outcome();
    let color = match outcome {
        ConfigOutcome::Done => GOOD,
        ConfigOutcome::Partial | ConfigOutcome::NotStarted => CAUTION,
        ConfigOutcome::Unknown | ConfigOutcome::Failed => BAD,
    };
    let uid = one.uid.map(|uid| format!(" ({})", escape(uid.as_str()))).unwrap_or_default();
    let name = style.paint(STRONG, &escape(&one.key.to_string()));
    let what = style.paint(color, &format!("{:<11}", outcome.as_str()));
    let mut lines = vec![format!("{what} {name}{uid}")];
    lines.extend(verbs_line("done", one, StepState::Done));
    for call in one.failed_or_unknown() {
        lines.extend(step_error_lines(call, style));
    }
    lines.extend(verbs_line("not started", one, StepState::NotStarted));
    lines.join("\n")
}

fn verbs_line(name: &str, one: &ConfigSteps<'_>, state: StepState) -> Option<String> {
    let steps = one.verbs_in_state(state);
    (!steps.is_empty()).then(|| format!("  {name}: {}", join_verbs(steps)))
}

fn step_error_lines(call: &StepResult, style: TextStyle) -> Vec<String> {
    let step = call.step;
    let unknown = if call.state == StepState::Unknown { ": outcome unknown" } else { "" };
    let Some(error) = &call.error else {
        return vec![format!("  {}: {step}{unknown}", style.paint(BAD, "error"))];
    };
    let code = error.code.as_ref().map_or_else(|| "error".to_owned(), |code| format!("error[{}]", escape(code)));
    let mut lines = vec![format!("  {}: {step}{unknown}: {}", style.paint(BAD, &code), escape(&error.message))];
    lines.extend(request_details(error).map(|details| format!("  {details}")));
    lines.extend(error.hint.as_ref().map(|hint| format!("  hint: {}", escape(hint))));
    lines
}

/// The details that Adobe's support asks for.
fn request_details(error: &StepError) -> Option<String> {
    let status = error.status.map(|status| format!("status {status}"));
    let request = error.request_id.as_ref().map(|id| format!("request {}", escape(id)));
    let details: Vec<_> = status.into_iter().chain(request).collect();
    (!details.is_empty()).then(|| details.join(", "))
}
