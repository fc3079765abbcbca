//! `ajo import`.

use std::process::ExitCode;

use ajo_apply::ReconciledLimits;
use ajo_core::Uid;
use ajo_limits::{
    CommandOutcome, CommandReport, DesiredConfig, DesiredLimits, LimitsState, ManagedConfig, ObservedConfig,
    ObservedLimits, match_configs,
};
use ajo_state::{JournalHandling, StateLock};

use super::ambiguous_configs::AmbiguousConfigs;
use super::context::unfinished_note;
use super::input::LimitsInput;
use super::sandbox_service::SandboxService;
use super::secret_salts::random_salt;
use super::state_store::{StateStore, save_state, with_lock};
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
    let store = StateStore::locate(settings, files.state_args.state.as_ref(), &files.files, input.state.as_ref())?;
    let desired = store.localize(&input, desired)?;
    let lock = store.lock(&service.scope(), &desired, 0).await?;
    let report =
        with_lock(lock, async |lock| import_configs(&input, args, service, desired, &store, lock).await).await?;
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(report.outcome, ExitStatus::Success))
}

async fn import_configs(
    input: &LimitsInput,
    args: &ImportArgs,
    mut service: SandboxService,
    mut desired: DesiredLimits,
    store: &StateStore,
    lock: &StateLock,
) -> Result<CommandReport, CommandError> {
    service.protect_secrets(&lock.stored().state, input, &mut desired, None)?;
    let desired = &desired;
    let ReconciledLimits { observed, mut state, .. } = service.reconcile(store, desired, lock.stored()).await?;
    state.organization.get_or_insert_with(|| service.organization().to_owned());

    let mut notes: Vec<String> = unfinished_note(store, lock.stored()).into_iter().collect();
    let outcome = if args.uid.is_empty() {
        import_matching(desired, &observed, &mut state, &mut notes)?
    } else {
        for uid in &args.uid {
            import_uid(desired, uid, &observed, &mut state, &mut notes)?;
        }
        CommandOutcome::Applied
    };
    if notes.is_empty() {
        notes.push("no configuration in the files exists yet; nothing to import".to_owned());
    }
    save_state(lock, &state, JournalHandling::Keep).await?;
    Ok(CommandReport { notes, ..service.report("import", input, outcome) })
}

/// Imports each configuration in the files that has exactly one match, and removes deleted ones from the state.
fn import_matching(
    desired: &DesiredLimits,
    observed: &ObservedLimits,
    state: &mut LimitsState,
    notes: &mut Vec<String>,
) -> Result<CommandOutcome, CommandError> {
    let before = state.clone();
    let matches: Vec<Option<ObservedConfig>> =
        match_configs(desired, observed, state).into_iter().map(Option::<&ObservedConfig>::cloned).collect();
    for (config, matched) in desired.configs.iter().zip(matches) {
        let key = config.key();
        if let Some(matched) = matched {
            let result = record_import(desired, Some(config), &matched, state)?;
            notes.push(format!("{key}: {} {result}", matched.uid));
        } else {
            let deleted: Vec<Uid> = before
                .for_sandbox(&desired.sandbox)
                .filter(|owned| owned.key == key && observed.absent.contains(&owned.uid))
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
    Ok(if ambiguous.is_empty() { CommandOutcome::Applied } else { CommandOutcome::Blocked })
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
    let config = desired.configs.iter().find(|config| config.key() == key);
    notes.push(format!("{key}: {uid} {}", record_import(desired, config, matched, state)?));
    Ok(())
}

/// Records a configuration as it is at the service, and describes the result. It may differ from the file.
fn record_import(
    desired: &DesiredLimits,
    config: Option<&DesiredConfig>,
    matched: &ObservedConfig,
    state: &mut LimitsState,
) -> Result<String, CommandError> {
    let known = state.get(&matched.uid);
    let settled = config.map(|config| ManagedConfig::settled(&desired.sandbox, config, matched));
    if known.is_some() && known == settled.as_ref() {
        return Ok("already managed".to_owned());
    }
    let matches_file = config.filter(|config| *matched.deploy_state_for(&config.definition) == config.deploy_state());
    let file = config.map_or_else(
        || {
            let recorded = known.and_then(|known| known.file.clone()).filter(|file| desired.files.contains(file));
            recorded.or_else(|| desired.files.first().cloned())
        },
        |config| config.file.clone(),
    );
    let salt = config.map_or_else(|| known?.salt(), |config| config.definition.salt());
    let salt = if salt.is_none() && matched.has_secrets() { Some(random_salt()?) } else { salt };
    let unsettled = || {
        let key = config.map_or_else(|| matched.key(), DesiredConfig::key);
        ManagedConfig::unsettled(&desired.sandbox, key, file, &matched.clone().with_salt(salt))
    };
    let difference = config.filter(|_| matches_file.is_none()).map(|config| config.describe_difference(matched));
    let message = difference.map_or_else(|| "imported".to_owned(), |difference| format!("imported; it {difference}"));
    state.record(settled.filter(|_| matches_file.is_some()).unwrap_or_else(unsettled));
    Ok(message)
}
