//! The progress bar of simulations.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A shorter simulation has no progress bar.
const DELAY: Duration = Duration::from_secs(1);

/// A progress bar on standard error, if that is a terminal. It appears after a second.
pub(crate) struct DelayedBar {
    bar: ProgressBar,
    template: &'static str,
    began: Instant,
}

impl DelayedBar {
    pub(crate) fn new(template: &'static str) -> Self {
        Self { bar: ProgressBar::hidden(), template, began: Instant::now() }
    }

    /// Shows the simulated second, and a message if the template has one.
    pub(crate) fn update(&self, second: usize, seconds: usize, message: String) {
        if self.bar.is_hidden() && self.began.elapsed() >= DELAY {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            // The template is constant and valid; the fallback is the default style.
            if let Ok(style) = ProgressStyle::with_template(self.template) {
                self.bar.set_style(style);
            }
        }
        self.bar.set_message(message);
        self.bar.set_length(seconds as u64);
        self.bar.set_position(second.min(seconds) as u64);
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
