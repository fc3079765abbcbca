//! A sizing with a progress bar.

use std::ops::ControlFlow;

use ajo_simulator::{SizingError, SizingProgress, SizingReport, SizingRequest, size};

use crate::progress_bar::Activity;
use crate::safe_text::safe;

/// Sizes limits. A signal ends the process: nothing has been written yet.
pub(super) fn size_with_bar(request: &SizingRequest) -> Result<SizingReport, SizingError> {
    let bar = Activity::start_bar("{bar:24} simulation {msg}");
    let mut show = |progress: SizingProgress| {
        bar.set_position(progress.second as u64, progress.seconds as u64);
        bar.set_message(safe!("{}", progress.simulations));
        ControlFlow::Continue(())
    };
    size(request, &mut show)
}
