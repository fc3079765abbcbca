//! `ajo state list`.

use std::process::ExitCode;

use ajo_limits::{LimitsState, ManagedConfig, StateSet};
use ajo_state::SetStatus;
use serde_json::{Value, json};

use super::opened_state::{OpenedState, join};
use crate::arguments::{GlobalSettings, StateTarget};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output::{self, Column};
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

pub(crate) async fn run(settings: &GlobalSettings, target: &StateTarget) -> Result<ExitCode, CommandError> {
    let opened = OpenedState::open(settings, target, None).await?;
    let sets = opened.read_sets().await?;
    let state = join(opened.organization.as_ref(), &sets);
    if settings.output == OutputFormat::Json {
        output::print_serialized(&to_json(&opened.location(), &state, &sets))?;
        return Ok(ExitStatus::Success.into());
    }
    if state.configs.is_empty() {
        output::print_note(safe!("{} has no managed configurations", opened.location()));
    } else {
        output::print_data(table(&state))?;
    }
    for note in sets.iter().flat_map(notes) {
        output::print_note(safe!("note: {}", note));
    }
    Ok(ExitStatus::Success.into())
}

fn table(state: &LimitsState) -> SafeText {
    let mut configs: Vec<_> = state.configs.iter().collect();
    configs.sort_by_key(|managed| (&managed.sandbox, &managed.key, &managed.uid));
    let cell = |text: &str| SafeText::escape(text);
    let row = |managed: &ManagedConfig| {
        let methods = managed.key.methods.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        vec![
            cell(managed.uid.as_str()),
            SafeText::escape(&managed.key.api),
            cell(&methods),
            cell(&managed.key.url),
            cell(&managed.sandbox),
            cell(managed.file.as_deref().unwrap_or("-")),
            cell(managed.last_modified_at.as_deref().unwrap_or("-")),
        ]
    };
    let rows = configs.into_iter().map(row).collect();
    output::format_table(&COLUMNS, rows)
}

const COLUMNS: [Column; 7] = [
    Column::whole("UID"),
    Column::text("API").importance(4),
    Column::text("METHODS").importance(5),
    Column::url("URL").importance(6),
    Column::text("SANDBOX").importance(3),
    Column::text("FILE").importance(2),
    Column::text("LAST EDIT"),
];

/// The holder of a lease and the unfinished applies.
fn notes(status: &SetStatus) -> Vec<String> {
    let lease = status.lease.as_ref();
    let holder = lease.map(|(epoch, _, holder)| format!("{}: locked by {holder} (epoch {epoch})", status.set));
    let journals = status.journals.iter().map(|journal| {
        format!("{}: an apply started at {} did not finish, or still runs", status.set, journal.header.started_at)
    });
    holder.into_iter().chain(journals).collect()
}

/// The documented shape: `docs/shared-state.md`.
fn to_json(location: &str, state: &LimitsState, sets: &[SetStatus]) -> Value {
    let sets: Vec<_> = sets.iter().map(set_json).collect();
    json!({
        "version": 1,
        "location": location,
        "organization": state.organization,
        "sets": sets,
        "configs": state.configs,
    })
}

fn set_json(status: &SetStatus) -> Value {
    let sandbox = match &status.set {
        StateSet::Sandbox(sandbox) => Some(sandbox.as_str()),
        StateSet::Throttling => None,
    };
    let lease = status
        .lease
        .as_ref()
        .map(|(epoch, time, holder)| json!({ "epoch": epoch, "leaseSeconds": time.as_secs_f64(), "holder": holder }));
    let unfinished: Vec<_> = status.journals.iter().map(|journal| &journal.header.started_at).collect();
    json!({
        "api": if sandbox.is_some() { "capping" } else { "throttling" },
        "sandbox": sandbox,
        "serial": status.state.serials.get(&status.set),
        "unfinishedApplies": unfinished,
        "lease": lease,
    })
}
