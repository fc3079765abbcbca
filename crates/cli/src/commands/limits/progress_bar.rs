//! The progress bar of an apply.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ajo_apply::ApplyObserver;
use ajo_core::Verb;
use ajo_limits::{ConfigChange, Plan, StepState};

use crate::progress_bar::Activity;
use crate::safe_text::safe;
use crate::secret_mask;

/// Shows the calls of an apply. Also tracks cancellation.
pub(crate) struct ApplyProgressBar {
    bar: Activity,
    finished: AtomicU64,
    calls: AtomicU64,
    cancelled: AtomicBool,
}

impl ApplyProgressBar {
    pub(crate) fn new(plan: &Plan) -> Self {
        let calls: usize = plan.changes.iter().map(|change| change.steps.len()).sum();
        let bar = Activity::start_bar("{bar:24} {pos}/{len} calls  {msg}");
        bar.set_position(0, calls as u64);
        let calls = AtomicU64::new(calls as u64);
        Self { bar, finished: AtomicU64::new(0), calls, cancelled: AtomicBool::new(false) }
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.bar.set_message("stopping; waiting for calls in flight".into());
    }
}

impl ApplyObserver for ApplyProgressBar {
    fn step_finished(&self, change: &ConfigChange, step: Verb, _: StepState) {
        if !self.is_cancelled() {
            self.bar.set_message(safe!("{} {}", step, change.key));
        }
        // If the service refused a deploy, the configuration is undeployed and deployed again.
        let more = if change.steps.contains(&step) { 0 } else { 2 };
        let calls = self.calls.fetch_add(more, Ordering::Relaxed) + more;
        self.bar.set_position(self.finished.fetch_add(1, Ordering::Relaxed) + 1, calls);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn redact(&self, text: String) -> String {
        secret_mask::mask(&text)
    }
}

#[cfg(test)]
mod tests {
    use ajo_core::Api;
    use ajo_limits::{ConfigDefinition, DesiredConfig, DesiredLimits, LimitsState, ObservedLimits, PlanOptions, plan};

    use super::*;

    #[test]
    fn terminal_escapes_are_shown_as_text() {
        let json =
            serde_json::json!({"url": "https://a.example/\u{1b}[2J\u{202e}*", "methods": ["GET"], "services": {}});
        let definition = ConfigDefinition::from_json(Api::Capping, &json).expect("a definition");
        let config = DesiredConfig { definition, deployed: true, file: None, location: None };
        let desired =
            DesiredLimits { sandbox: "prod".parse().expect("a sandbox"), configs: vec![config], files: Vec::new() };
        let plan = plan(&desired, &ObservedLimits::default(), &LimitsState::default(), PlanOptions::default());
        let progress = ApplyProgressBar::new(&plan);
        progress.step_finished(&plan.changes[0], Verb::Create, StepState::Done);
        let (message, _) = progress.bar.shown();
        assert!(message.starts_with("create ") && message.contains("a.example"), "{message}");
        assert!(!message.contains(['\u{1b}', '\u{202e}']), "{message:?}");
        progress.cancel();
        progress.step_finished(&plan.changes[0], Verb::Deploy, StepState::Done);
        assert_eq!(progress.bar.shown(), ("stopping; waiting for calls in flight".to_owned(), 2));
    }
}
