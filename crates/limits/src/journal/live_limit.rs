//! Which limit is live after a redeploy that did not finish.

use ajo_core::{LiveLimit, Verb};

use crate::{StepResult, StepState};

/// Adds the live limit to the result of the call that ended a redeploy, unless the apply has read it back and recorded it.
pub(super) fn report_live_limit(results: &mut [StepResult]) {
    let is_started = |result: &StepResult| result.state != StepState::NotStarted;
    let is_done = |result: &StepResult| result.state == StepState::Done;
    let is_recorded = |result: &StepResult| result.live.is_some();
    if !results.iter().any(is_started) || results.iter().all(is_done) || results.iter().any(is_recorded) {
        return;
    }
    let live = results.iter().fold(LiveLimit::Old, live_after);
    let failed = results.iter().rposition(|result| is_started(result) && !is_done(result));
    let ended = failed.or_else(|| results.iter().position(|result| !is_started(result)));
    results[ended.expect("a call that is not done")].live = Some(live);
}

fn live_after(live: LiveLimit, result: &StepResult) -> LiveLimit {
    match (result.step, result.state) {
        (Verb::Deploy, StepState::Done) => LiveLimit::New,
        (Verb::Undeploy, StepState::Done) => LiveLimit::None,
        (Verb::Deploy | Verb::Undeploy, StepState::Unknown) => LiveLimit::Unknown,
        _ => live,
    }
}
