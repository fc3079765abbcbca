//! What is seen of an apply while it runs.

use std::sync::atomic::{AtomicBool, Ordering};

use ajo_apply::Watch;
use ajo_core::Verb;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Change, Plan, StepState};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line on standard error, where that is a terminal; and whether somebody asked to stop.
pub(crate) struct Progress {
    bar: ProgressBar,
    cancelled: AtomicBool,
}

impl Progress {
    pub(crate) fn of(plan: &Plan) -> Self {
        let calls: usize = plan.changes.iter().map(|change| change.steps.len()).sum();
        let bar = ProgressBar::with_draw_target(Some(calls as u64), ProgressDrawTarget::stderr());
        // The template is a constant; a mistake in it would show the plain form.
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} calls  {msg}") {
            bar.set_style(style);
        }
        Self { bar, cancelled: AtomicBool::new(false) }
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.bar.set_message("stopping after the calls in flight");
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Progress {
    fn done(&self, change: &Change, step: Verb, _: StepState) {
        if !self.is_cancelled() {
            self.bar.set_message(escape(&format!("{step} {}", change.key)));
        }
        self.bar.inc(1);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use ajo_core::Api;
    use ajo_limits::{Definition, Desired, Ledger, Observed, Options, Wanted, plan};

    use super::*;

    #[test]
    fn what_a_url_says_to_a_terminal_is_shown_and_not_done() {
        let json =
            serde_json::json!({"url": "https://a.example/\u{1b}[2J\u{202e}*", "methods": ["GET"], "services": {}});
        let definition = Definition::from_json(Api::Capping, &json).expect("a definition");
        let wanted = Wanted { definition, deployed: true, place: None };
        let desired = Desired { sandbox: "prod".parse().expect("a sandbox"), configs: vec![wanted] };
        let plan = plan(&desired, &Observed::default(), &Ledger::default(), Options::default());
        let progress = Progress::of(&plan);
        progress.done(&plan.changes[0], Verb::Create, StepState::Done);
        let message = progress.bar.message();
        assert!(message.starts_with("create ") && message.contains("a.example"), "{message}");
        assert!(!message.contains(['\u{1b}', '\u{202e}']), "{message:?}");
        progress.cancel();
        progress.done(&plan.changes[0], Verb::Deploy, StepState::Done);
        assert_eq!(
            (progress.bar.message().as_str(), progress.bar.position()),
            ("stopping after the calls in flight", 2)
        );
    }
}
