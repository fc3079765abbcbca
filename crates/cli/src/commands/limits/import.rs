//! `ajo import`.

use std::process::ExitCode;

use ajo_apply::ApplyLock;
use ajo_core::Uid;
use ajo_limits::{
    CommandOutcome, CommandReport, DesiredLimits, LimitsState, ObservedConfig, ObservedLimits, match_configs,
};

use super::ambiguous_configs::AmbiguousConfigs;
use super::input::LimitsInput;
use super::lock::acquire_lock;
use super::sandbox_service::SandboxService;
use super::state_paths::{ReconciledState, StatePaths};
use crate::arguments::{GlobalSettings, ImportArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report;

pub(crate) async fn run(settings: &GlobalSettings, args: &ImportArgs) -> Result<ExitCode, CommandError> {
    let files = &args.files;
    let input = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
    let Some(desired) = input.desired() else {
        return input.report_and_exit("import", settings);
    };
    let service = SandboxService::connect(settings, &desired.sandbox).await?;
    let paths = StatePaths::locate(settings, files.state_args.state.as_deref(), &files.files)?;
    let _lock: ApplyLock = acquire_lock(&paths, 0).await?;
    let observed = service.observe(desired).await?;
    let ReconciledState { mut state, note, .. } =
        paths.reconciled_state(service.organization(), &observed, &desired.sandbox)?;
    state.organization.get_or_insert_with(|| service.organization().to_owned());

    let mut notes: Vec<String> = note.into_iter().collect();
    let outcome = if args.uid.is_empty() {
        import_matching(desired, &observed, &mut state, &mut notes)
    } else {
        for uid in &args.uid {
            import_uid(desired, uid, &observed, &mut state, &mut notes)?;
        }
        CommandOutcome::Applied
    };
    if notes.is_empty() {
        notes.push("no configuration in the files exists yet; nothing to import".to_owned());
    }
    paths.save_reconciled(&state, desired.sandbox.as_str())?;
    let report = CommandReport { notes, ..service.report("import", &input, outcome) };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(outcome, ExitStatus::Success))
}

/// Imports each configuration in the files that has exactly one match, and removes deleted ones from the state.
fn import_matching(
    desired: &DesiredLimits,
    observed: &ObservedLimits,
    state: &mut LimitsState,
    notes: &mut Vec<String>,
) -> CommandOutcome {
    let before = state.clone();
    let matches: Vec<Option<ObservedConfig>> =
        match_configs(desired, observed, state).into_iter().map(Option::<&ObservedConfig>::cloned).collect();
    for (config, matched) in desired.configs.iter().zip(matches) {
        let key = config.key();
        if let Some(matched) = matched {
            state.record(&desired.sandbox, key.clone(), &matched);
            let change = if before.is_up_to_date(&matched) { "already managed" } else { "imported" };
            notes.push(format!("{key}: {} {change}", matched.uid));
        } else {
            let deleted: Vec<Uid> = before
                .for_sandbox(&desired.sandbox)
                .filter(|owned| owned.key == key && observed.get(&owned.uid).is_none())
                .map(|owned| owned.uid.clone())
                .collect();
            for uid in deleted {
                state.remove(&uid);
                notes.push(format!("{key}: {uid} no longer exists; removed from the state"));
            }
        }
    }
    let ambiguous = AmbiguousConfigs::find(desired, observed, state);
    notes.extend(ambiguous.notes().iter().map(|note| format!("not imported: {note}")));
    if ambiguous.is_empty() { CommandOutcome::Applied } else { CommandOutcome::Blocked }
}

/// Imports the configuration with this uid. Removes others with the same key from the state.
fn import_uid(
    desired: &DesiredLimits,
    uid: &Uid,
    observed: &ObservedLimits,
    state: &mut LimitsState,
    notes: &mut Vec<String>,
) -> Result<(), CommandError> {
    let matched = observed.get(uid).ok_or_else(|| {
        CommandError::new(format!("configuration {uid} not found in sandbox {}", desired.sandbox))
            .with_hint("list the uids with `ajo capping list`")
    })?;
    let key = matched.key();
    let others: Vec<Uid> = state
        .for_sandbox(&desired.sandbox)
        .filter(|owned| owned.key == key && owned.uid != *uid)
        .map(|owned| owned.uid.clone())
        .collect();
    for other in others {
        state.remove(&other);
        notes.push(format!("{key}: {other} removed from the state"));
    }
    state.record(&desired.sandbox, key.clone(), matched);
    notes.push(format!("{key}: {uid} imported"));
    Ok(())
}
