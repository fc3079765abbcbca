//! `ajo state init`.

use std::process::ExitCode;

use super::opened_state::locate;
use crate::arguments::{GlobalSettings, StateTarget};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::safe_text::safe;

pub(crate) async fn run(settings: &GlobalSettings, target: &StateTarget) -> Result<ExitCode, CommandError> {
    let store = locate(settings, target, None)?;
    let location = store.backend.location();
    if store.is_file() {
        let problem =
            format!("{location} is a state file, and the first apply creates it; only a bucket needs a check");
        return Err(CommandError::new(problem).with_hint("name a bucket with --state").into_usage_error());
    }
    store.backend.self_test().await?;
    output::print_note(safe!("{} can hold shared state", location));
    for check in [
        "an object is created only if it does not exist",
        "an object is changed only if it has the expected version",
        "reads and lists show the last write",
        "an object is deleted",
    ] {
        output::print_note(safe!("  ok: {}", check));
    }
    Ok(ExitStatus::Success.into())
}
