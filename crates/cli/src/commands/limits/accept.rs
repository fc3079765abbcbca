//! `ajo accept`.

use std::path::Path;
use std::process::ExitCode;

use ajo_limits::file::{self, AcceptedChange, SourceFile};
use ajo_limits::{AcceptFilter, AcceptSelection, CommandOutcome, CommandReport, DesiredLimits};
use similar::TextDiff;

use super::input::{LimitsInput, environment_variable};
use super::lock::acquire_lock;
use super::sandbox_service::SandboxService;
use super::state_paths::{ReconciledState, StatePaths};
use crate::arguments::{AcceptArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::{self, OutputFormat};
use crate::safe_text::SafeText;

pub(crate) async fn run(settings: &GlobalSettings, args: &AcceptArgs) -> Result<ExitCode, CommandError> {
    let files = &args.files;
    if files.files.iter().any(|file| file == Path::new("-")) {
        return Err(CommandError::new("`ajo accept` edits files, so it cannot read standard input").into_usage_error());
    }
    let input = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
    let Some(desired) = input.desired() else {
        return input.report_and_exit("accept", settings);
    };
    let mut service = SandboxService::connect(settings, &desired.sandbox).await?;
    let paths = StatePaths::locate(settings, files.state_args.state.as_deref(), &files.files)?;
    let _lock = if args.dry_run { None } else { Some(acquire_lock(&paths, 0).await?) };
    let mut desired = desired.clone();
    service.protect_secrets(&paths, &input, &mut desired, None)?;
    let desired = &desired;
    let (observed, ReconciledState { mut state, note, .. }) = paths.observe(&service, desired).await?;

    let filter = AcceptFilter { uids: args.uid.clone(), urls: args.url.clone() };
    let selection = AcceptSelection::choose(desired, &observed, &state, &filter)
        .map_err(|error| CommandError::new(error.to_string()).with_hint("list the uids with `ajo capping list`"))?;
    let changed = match file::accept_changes(&input.sources, &environment_variable, &selection.changes) {
        Ok(changed) => changed,
        Err(diagnostics) => {
            let report = service.report("accept", &input, CommandOutcome::Blocked);
            report::print(&CommandReport { diagnostics, ..report }, settings.output, &input.sources)?;
            return Ok(ExitStatus::Blocked.into());
        }
    };
    let file_diff = unified_diff(&changed, &input);
    if settings.output == OutputFormat::Text && !file_diff.is_empty() {
        output::print_data(SafeText::document(&format!("{file_diff}\n")))?;
    }
    let mut notes: Vec<String> = note.into_iter().chain(selection.changes.iter().map(describe)).collect();
    if selection.changes.is_empty() && selection.notes.is_empty() {
        let is_named = !args.uid.is_empty() || !args.url.is_empty();
        let reason = if is_named { "the files have these values" } else { "nobody changed a managed configuration" };
        notes.push(format!("nothing to accept: {reason}"));
    }
    notes.extend(selection.notes);
    if args.dry_run {
        notes.push("dry run: nothing was written".to_owned());
    } else if !selection.changes.is_empty() {
        write_files(&changed, &input)?;
        let edited = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
        let after: &DesiredLimits = edited.desired().unwrap_or(desired);
        state.organization.get_or_insert_with(|| service.organization().to_owned());
        let mut after = paths.localize(&edited, after)?;
        service.protect_secrets(&paths, &edited, &mut after, None)?;
        state.record_accepted(&after, &selection.changes);
        paths.save_reconciled(&state, desired.sandbox.as_str())?;
    }
    let outcome = match (selection.changes.is_empty(), args.dry_run) {
        (true, _) => CommandOutcome::Clean,
        (false, true) => CommandOutcome::Changes,
        (false, false) => CommandOutcome::Applied,
    };
    let report = CommandReport { notes, file_diff, ..service.report("accept", &input, outcome) };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(outcome, ExitStatus::Success))
}

fn describe(change: &AcceptedChange) -> String {
    match change {
        AcceptedChange::Update { key, found } => format!("{key}: accepted the values of {}", found.uid),
        AcceptedChange::Add(found) => format!("{}: {} added to the file and to the state", found.key(), found.uid),
        AcceptedChange::Remove(key) => format!("{key}: removed from the file and from the state"),
    }
}

/// Writes the edited files, unless someone edited them in the meantime.
pub(crate) fn write_files(changed: &[SourceFile], input: &LimitsInput) -> Result<(), CommandError> {
    for file in changed {
        let now = std::fs::read_to_string(&file.name).ok();
        if now.as_deref() != before(file, input) {
            return Err(CommandError::new(format!("{} was edited in the meantime", file.name))
                .with_hint("run the command again")
                .with_exit_status(ExitStatus::Stale));
        }
    }
    for file in changed {
        ajo_state::write_atomic(Path::new(&file.name), &file.content)?;
    }
    Ok(())
}

fn before<'i>(file: &SourceFile, input: &'i LimitsInput) -> Option<&'i str> {
    input.sources.inputs().iter().find(|source| source.name == file.name).map(|source| source.content.as_str())
}

pub(crate) fn unified_diff(changed: &[SourceFile], input: &LimitsInput) -> String {
    let diffs = changed.iter().map(|file| {
        let diff = TextDiff::from_lines(before(file, input).unwrap_or_default(), file.content.as_str());
        diff.unified_diff().header(&file.name, &file.name).to_string()
    });
    diffs.collect()
}
