//! The progress bar of a sizing.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use ajo_simulator::{SizingError, SizingProgress, SizingReport, SizingRequest, size};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A shorter sizing has no progress bar.
const DELAY: Duration = Duration::from_secs(1);

/// Sizes limits. A longer sizing shows a progress bar on standard error, if that is a terminal. A signal ends the process: nothing
/// has been written yet.
pub(super) fn size_with_bar(request: &SizingRequest) -> Result<SizingReport, SizingError> {
    let bar = ProgressBar::hidden();
    let began = Instant::now();
    let mut show = |progress: SizingProgress| {
        if bar.is_hidden() && began.elapsed() >= DELAY {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            // The template is constant and valid; the fallback is the default style.
            if let Ok(style) = ProgressStyle::with_template("{bar:24} simulation {msg}") {
                bar.set_style(style);
            }
        }
        bar.set_message(progress.simulations.to_string());
        bar.set_length(progress.seconds as u64);
        bar.set_position(progress.second.min(progress.seconds) as u64);
        ControlFlow::Continue(())
    };
    let report = size(request, &mut show);
    bar.finish_and_clear();
    report
}
