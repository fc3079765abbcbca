//! The outcome for one configuration.

use ajo_limits::{CommandReport, StepError, StepResult, StepState};

use super::super::config_steps::{ConfigOutcome, ConfigSteps};
use super::super::diff::join_verbs;
use super::style::{BAD, CAUTION, GOOD, STRONG, TextStyle};
use crate::safe_text::{SafeText, safe};

/// One block per configuration. Successful ones share a block, because each takes one line.
pub(super) fn blocks(report: &CommandReport, style: TextStyle) -> Vec<SafeText> {
    let all = ConfigSteps::group_by_config(&report.results);
    let (done, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.outcome() == ConfigOutcome::Done);
    let done: Vec<_> = done.into_iter().map(|one| block(one, style)).collect();
    let others = others.into_iter().map(|one| block(one, style));
    (!done.is_empty()).then(|| SafeText::join_lines(done)).into_iter().chain(others).collect()
}

fn block(one: &ConfigSteps<'_>, style: TextStyle) -> SafeText {
    let outcome = one.outcome();
    let color = match outcome {
        ConfigOutcome::Done => GOOD,
        ConfigOutcome::Partial | ConfigOutcome::NotStarted => CAUTION,
        ConfigOutcome::Unknown | ConfigOutcome::Failed => BAD,
    };
    let uid = one.uid.map(|uid| safe!(" ({})", uid.as_str())).unwrap_or_default();
    let name = style.paint(STRONG, &one.key);
    let what = style.paint(color, &safe!("{:<11}", outcome.as_str()));
    let mut lines = vec![safe!("{} {}{}", what, name, uid)];
    lines.extend(verbs_line("done", one, StepState::Done));
    for call in one.failed_or_unknown() {
        lines.extend(step_error_lines(call, style));
    }
    lines.extend(verbs_line("not started", one, StepState::NotStarted));
    lines.extend(one.live_limit().map(|live| safe!("  {}", style.paint(color, &live.describe()))));
    SafeText::join_lines(lines)
}

fn verbs_line(name: &str, one: &ConfigSteps<'_>, state: StepState) -> Option<SafeText> {
    let steps = one.verbs_in_state(state);
    (!steps.is_empty()).then(|| safe!("  {}: {}", name, join_verbs(steps)))
}

fn step_error_lines(call: &StepResult, style: TextStyle) -> Vec<SafeText> {
    let step = call.step;
    let unknown = if call.state == StepState::Unknown { ": outcome unknown" } else { "" };
    let Some(error) = &call.error else {
        return vec![safe!("  {}: {}{}", style.paint(BAD, "error"), step, unknown)];
    };
    let code = error.code.as_ref().map_or_else(|| "error".into(), |code| safe!("error[{}]", code));
    let mut lines = vec![safe!("  {}: {}{}: {}", style.paint(BAD, &code), step, unknown, error.message)];
    lines.extend(request_details(error).map(|details| safe!("  {}", details)));
    lines.extend(error.hint.as_ref().map(|hint| safe!("  hint: {}", hint)));
    lines
}

/// The details that Adobe's support asks for.
fn request_details(error: &StepError) -> Option<SafeText> {
    let status = error.status.map(|status| safe!("status {}", status));
    let request = error.request_id.as_ref().map(|id| safe!("request {}", id));
    let details: Vec<_> = status.into_iter().chain(request).collect();
    (!details.is_empty()).then(|| SafeText::join(details, ", "))
}
