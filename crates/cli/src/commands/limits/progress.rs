//! What is seen of an apply while it runs.

use std::sync::atomic::{AtomicBool, Ordering};

use ajo_apply::Watch;
use ajo_core::Verb;
use ajo_plan::{Change, Plan, StepState, visible};
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
            self.bar.set_message(visible(&format!("{step} {}", change.key)));
        }
        self.bar.inc(1);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
