//! A sizing with a progress bar.

use std::ops::ControlFlow;

use ajo_simulator::{SizingError, SizingProgress, SizingReport, SizingRequest, size};

use crate::progress_bar::DelayedBar;

/// Sizes limits. A signal ends the process: nothing has been written yet.
pub(super) fn size_with_bar(request: &SizingRequest) -> Result<SizingReport, SizingError> {
    let bar = DelayedBar::new("{bar:24} simulation {msg}");
    let mut show = |progress: SizingProgress| {
        bar.update(progress.second, progress.seconds, progress.simulations.to_string());
        ControlFlow::Continue(())
    };
    let report = size(request, &mut show);
    bar.clear();
    report
}
