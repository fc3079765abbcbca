//! The progress bar of an apply.

use std::sync::atomic::{AtomicBool, Ordering};

use ajo_apply::ApplyObserver;
use ajo_core::Verb;
use ajo_limits::{ConfigChange, Plan, StepState};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::safe_text::{SafeText, safe};
use crate::secret_mask;

/// A progress bar on standard error, if that is a terminal. Also tracks cancellation.
pub(crate) struct ApplyProgressBar {
    bar: ProgressBar,
    cancelled: AtomicBool,
}

impl ApplyProgressBar {
    pub(crate) fn new(plan: &Plan) -> Self {
        let calls: usize = plan.changes.iter().map(|change| change.steps.len()).sum();
        let bar = ProgressBar::with_draw_target(Some(calls as u64), ProgressDrawTarget::stderr());
        // The template is constant and valid; the fallback is the default style.
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} calls  {msg}") {
            bar.set_style(style);
        }
        Self { bar, cancelled: AtomicBool::new(false) }
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.set_message("stopping; waiting for calls in flight".into());
    }

    fn set_message(&self, message: SafeText) {
        self.bar.set_message(message.into_string());
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl ApplyObserver for ApplyProgressBar {
    fn step_finished(&self, change: &ConfigChange, step: Verb, _: StepState) {
        if !self.is_cancelled() {
            self.set_message(safe!("{} {}", step, change.key));
        }
        if !change.steps.contains(&step) {
            // The service refused a deploy, so the configuration is undeployed and deployed again.
            self.bar.inc_length(2);
        }
        self.bar.inc(1);
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
        let message = progress.bar.message();
        assert!(message.starts_with("create ") && message.contains("a.example"), "{message}");
        assert!(!message.contains(['\u{1b}', '\u{202e}']), "{message:?}");
        progress.cancel();
        progress.step_finished(&plan.changes[0], Verb::Deploy, StepState::Done);
        assert_eq!(
            (progress.bar.message().as_str(), progress.bar.position()),
            ("stopping; waiting for calls in flight", 2)
        );
    }
}
