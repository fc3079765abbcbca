//! `ajo accept`.

use std::path::Path;
use std::process::ExitCode;

use ajo_apply::ReconciledLimits;
use ajo_limits::file::{self, AcceptedChange, SourceFile};
use ajo_limits::{AcceptFilter, AcceptSelection, CommandOutcome, CommandReport, DesiredLimits};
use ajo_state::{JournalHandling, StateLock, StoredState};

use super::context::unfinished_note;
use super::input::{LimitsInput, environment_variable};
use super::sandbox_service::SandboxService;
use super::state_store::{StateStore, save_state, with_lock};
use crate::arguments::{AcceptArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::{self, OutputFormat};
use crate::safe_text::SafeText;
use crate::text_diff;

pub(crate) async fn run(settings: &GlobalSettings, args: &AcceptArgs) -> Result<ExitCode, CommandError> {
    let files = &args.files;
    if files.files.iter().any(|file| file == Path::new("-")) {
        return Err(CommandError::new("`ajo accept` edits files, so it cannot read standard input").into_usage_error());
    }
    let input = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
    let Some(desired) = input.desired() else {
        return input.report_and_exit("accept", settings);
    };
    let service = SandboxService::connect(settings, &desired.sandbox).await?;
    let store = StateStore::locate(settings, files.state_args.state.as_ref(), &files.files, input.state.as_ref())?;
    let accept = Accept { settings, args, input: &input, store: &store, desired: desired.clone() };
    let report = if args.dry_run {
        let stored = store.read(&service.scope()).await?;
        accept.run(service, &stored, None).await?
    } else {
        let lock = store.lock(&service.scope(), desired, 0).await?;
        with_lock(lock, async |lock| accept.run(service, lock.stored(), Some(lock)).await).await?
    };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(report.outcome, ExitStatus::Success))
}

/// What to accept, and where.
struct Accept<'a> {
    settings: &'a GlobalSettings,
    args: &'a AcceptArgs,
    input: &'a LimitsInput,
    store: &'a StateStore,
    desired: DesiredLimits,
}

impl Accept<'_> {
    /// Edits the files and the state; without a lock, only shows the diff.
    async fn run(
        &self,
        mut service: SandboxService,
        stored: &StoredState,
        lock: Option<&StateLock>,
    ) -> Result<CommandReport, CommandError> {
        let Self { settings, args, input, store, desired } = self;
        let mut desired = desired.clone();
        service.protect_secrets(&stored.state, input, &mut desired, None)?;
        let desired = &desired;
        let ReconciledLimits { observed, mut state, .. } = service.reconcile(store, desired, stored).await?;

        let filter = AcceptFilter { uids: args.uid.clone(), urls: args.url.clone() };
        let selection = AcceptSelection::choose(desired, &observed, &state, &filter)
            .map_err(|error| CommandError::new(error.to_string()).with_hint("list the uids with `ajo capping list`"))?;
        let changed = match file::accept_changes(&input.sources, &environment_variable, &selection.changes) {
            Ok(changed) => changed,
            Err(diagnostics) => {
                let report = service.report("accept", input, CommandOutcome::Blocked);
                return Ok(CommandReport { diagnostics, ..report });
            }
        };
        let file_diff = unified_diff(&changed, input);
        if settings.output == OutputFormat::Text && !file_diff.is_empty() {
            output::print_data(SafeText::document(&format!("{file_diff}\n")))?;
        }
        let note = unfinished_note(store, stored);
        let mut notes: Vec<String> =
            note.into_iter().chain(selection.changes.iter().map(|change| describe(change, args.dry_run))).collect();
        if selection.changes.is_empty() && selection.notes.is_empty() {
            let is_named = !args.uid.is_empty() || !args.url.is_empty();
            let reason =
                if is_named { "the files have these values" } else { "nobody changed a managed configuration" };
            notes.push(format!("nothing to accept: {reason}"));
        }
        notes.extend(selection.notes);
        match lock {
            None => notes.push("dry run: nothing was written".to_owned()),
            Some(lock) if !selection.changes.is_empty() => {
                write_files(&changed, input)?;
                let files = &args.files;
                let edited = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
                let after: &DesiredLimits = edited.desired().unwrap_or(desired);
                state.organization.get_or_insert_with(|| service.organization().to_owned());
                let mut after = store.localize(&edited, after)?;
                service.protect_secrets(&stored.state, &edited, &mut after, None)?;
                state.record_accepted(&after, &selection.changes);
                save_state(lock, &state, JournalHandling::Keep).await?;
                let names: Vec<&str> = changed.iter().map(|file| file.name.as_str()).collect();
                notes.push(format!("wrote {}", names.join(", ")));
            }
            Some(_) => {}
        }
        let outcome = match (selection.changes.is_empty(), args.dry_run) {
            (true, _) => CommandOutcome::Clean,
            (false, true) => CommandOutcome::Changes,
            (false, false) => CommandOutcome::Applied,
        };
        Ok(CommandReport { notes, file_diff, ..service.report("accept", input, outcome) })
    }
}

fn describe(change: &AcceptedChange, dry_run: bool) -> String {
    let verb = |verb: &'static str, done: &'static str| if dry_run { format!("would {verb}") } else { done.to_owned() };
    match change {
        AcceptedChange::Update { key, found } => {
            format!("{key}: {} the values of {}", verb("accept", "accepted"), found.uid)
        }
        AcceptedChange::Add(found) => {
            format!("{}: {} {} to the file and to the state", found.key(), found.uid, verb("be added", "added"))
        }
        AcceptedChange::Remove(key) => {
            format!("{key}: {} from the file and from the state", verb("be removed", "removed"))
        }
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
        text_diff::unified_diff(&file.name, &file.name, before(file, input).unwrap_or_default(), &file.content)
    });
    diffs.collect()
}
