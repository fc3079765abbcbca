//! Resumes an interrupted apply.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ajo_core::SandboxName;
use ajo_core::rules::Severity;
use ajo_limits::{CommandOutcome, DesiredConfig, Journal, Plan};
use ajo_state::{JournalFile, StateBackend, StateScope, StoredState};

use super::input::{LimitsInput, read_secrets};
use super::state_store::StateStore;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::session::{AuthContext, SettingsReader};

/// The desired limits of the interrupted apply. Its files must still exist and be unchanged. `given` are the same ones, named by
/// the caller.
pub(crate) async fn load_input(
    settings: &GlobalSettings,
    store: &StateStore,
    given: Option<LimitsInput>,
    policy: Option<&Path>,
) -> Result<LimitsInput, CommandError> {
    let sandbox = given.as_ref().and_then(LimitsInput::desired).map(|desired| desired.sandbox.clone());
    let journal = load_journal(settings, store, sandbox).await?;
    let plan = &journal.header.plan;
    read_secrets(plan)?;
    if let Some(given) = given {
        return check_unchanged(given, plan);
    }
    let files: Vec<PathBuf> = journal.header.files.iter().map(|file| store.find_journal_file(file)).collect();
    if files.is_empty() {
        // The limits were read from standard input.
        return LimitsInput::from_plan(plan);
    }
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        return Err(stale_error(&format!(
            "{}, a limits file of the interrupted apply, no longer exists",
            missing.display()
        )));
    }
    check_unchanged(LimitsInput::read(settings, &files, policy), plan)
}

/// Fails if the files describe other limits than the interrupted plan.
fn check_unchanged(input: LimitsInput, plan: &Plan) -> Result<LimitsInput, CommandError> {
    let wants =
        |config: &[DesiredConfig]| config.iter().map(|it| (it.definition.clone(), it.deployed)).collect::<Vec<_>>();
    match input.desired() {
        Some(desired) if wants(&desired.configs) == wants(&plan.desired) => Ok(input.with_resume_options(plan.options)),
        // A later policy change does not block the resume.
        None if input.outcome() == CommandOutcome::Blocked => LimitsInput::from_plan(plan),
        None => Err(stale_error(&format!("the files of the interrupted apply contain errors: {}", errors(&input)))),
        _ => Err(stale_error("the files have changed since the apply was interrupted")),
    }
}

/// The messages of the errors in the files, such as variables that are not set.
fn errors(input: &LimitsInput) -> String {
    let errors = input.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    let messages: BTreeSet<_> = errors.map(|error| error.message.as_str()).collect();
    messages.into_iter().collect::<Vec<_>>().join("; ")
}

/// The last interrupted apply to this sandbox.
fn last_journal<'s>(stored: &'s StoredState, sandbox: &SandboxName) -> Option<&'s Journal> {
    stored.journals.iter().rev().find(|journal| journal.header.plan.sandbox == sandbox.as_str())
}

/// Fails if the state has changed since the interrupted apply.
pub(crate) fn check_state(stored: &StoredState, sandbox: &SandboxName) -> Result<(), CommandError> {
    let mut journals = stored.journals.iter().filter(|journal| journal.header.plan.sandbox == sandbox.as_str());
    if journals.all(|journal| journal.matches_state(&stored.state)) {
        Ok(())
    } else {
        Err(stale_error("the state has changed since the apply was interrupted"))
    }
}

async fn load_journal(
    settings: &GlobalSettings,
    store: &StateStore,
    given: Option<SandboxName>,
) -> Result<Journal, CommandError> {
    let nothing = |reason: String| {
        CommandError::new(format!("nothing to resume: {reason}"))
            .with_hint("the journal is next to the state; set its location with --state")
    };
    let sandbox = match (SettingsReader::new(settings).sandbox()?.or(given), &store.backend) {
        (Some(sandbox), _) => sandbox,
        (None, StateBackend::File(state)) => find_sandbox(state.path(), &nothing)?,
        (None, StateBackend::Shared(_)) => {
            return Err(CommandError::new("no sandbox to resume in")
                .with_hint("choose one with --sandbox, or pass the limits files")
                .into_usage_error());
        }
    };
    let organization = AuthContext::resolve(settings).await?.identity.org_id().to_string();
    let stored = store.read(&StateScope { organization, sandbox: sandbox.clone() }).await?;
    let location = store.backend.location();
    last_journal(&stored, &sandbox)
        .cloned()
        .ok_or_else(|| nothing(format!("no interrupted apply to {sandbox} in {location}")))
}

/// The only sandbox with a journal next to this state file.
fn find_sandbox(state: &Path, nothing: &dyn Fn(String) -> CommandError) -> Result<SandboxName, CommandError> {
    let sandboxes = JournalFile::list_sandboxes(state)?;
    match &sandboxes[..] {
        [] => Err(nothing(format!("no interrupted apply next to {}", state.display()))),
        [sandbox] => sandbox.parse().map_err(|error: ajo_core::SandboxNameError| CommandError::new(error.to_string())),
        several => {
            let problem = format!("applies to several sandboxes were interrupted: {}", several.join(", "));
            Err(CommandError::new(problem).with_hint("choose one with --sandbox").into_usage_error())
        }
    }
}

fn stale_error(problem: &str) -> CommandError {
    CommandError::new(problem)
        .with_hint("run `ajo plan` and `ajo apply` with the files; they include the results of the interrupted apply")
        .with_exit_status(ExitStatus::Stale)
}
