//! Whether the state can be read.

use super::doctor_check::DoctorCheck;
use super::report::DoctorReport;
use crate::arguments::{GlobalSettings, StateTarget};
use crate::command_error::CommandError;
use crate::commands::state::OpenedState;
use crate::report::pluralize;
use crate::session::{Setting, SettingsReader};

/// Checks the state, unless none is configured. It needs no other check: the state is not at the service.
pub(super) async fn check_state(
    settings: &GlobalSettings,
    target: &StateTarget,
    report: &mut DoctorReport,
) -> Result<(), CommandError> {
    let is_configured = target.state.is_some()
        || target.limits.is_some()
        || SettingsReader::variables().value(Setting::State)?.is_some();
    if !is_configured || settings.emulator {
        return Ok(());
    }
    let checked = read(settings, target).await;
    match &checked {
        Ok(detail) => report.add_passed(DoctorCheck::State, detail.clone(), "it was read"),
        Err(failure) => report.add_failed(DoctorCheck::State, failure),
    }
    checked.map(drop)
}

/// Describes the state.
async fn read(settings: &GlobalSettings, target: &StateTarget) -> Result<String, CommandError> {
    let opened = OpenedState::open(settings, target, None).await?;
    let sets = opened.read_sets().await?;
    let count = sets.iter().map(|status| status.state.configs.len()).sum();
    let mut parts =
        vec![format!("{}: {}", opened.location(), pluralize(count, "configuration", "configurations").as_str())];
    for status in &sets {
        if let Some((_, _, holder)) = &status.lease {
            parts.push(format!("{} is locked by {holder}", status.set));
        }
        if !status.journals.is_empty() {
            parts.push(format!("{} has an unfinished apply", status.set));
        }
    }
    Ok(parts.join("; "))
}
