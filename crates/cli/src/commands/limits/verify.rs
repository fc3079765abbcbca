//! `ajo verify`.

use std::process::ExitCode;

use ajo_apply::deploy_errors;
use ajo_limits::{CommandOutcome, CommandReport, ConfigDrift, DesiredConfig, ObservedConfig, match_configs};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::ambiguous_configs::AmbiguousConfigs;
use super::context::LimitsContext;
use super::input::LimitsInput;
use super::sandbox_service::SandboxService;
use super::state_paths::ReconciledState;
use crate::arguments::{GlobalSettings, LimitsFilesArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report;

/// Number of configurations to read in parallel.
const CONCURRENCY: usize = 8;

pub(crate) async fn run(settings: &GlobalSettings, files: &LimitsFilesArgs) -> Result<ExitCode, CommandError> {
    let input = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
    let Some(desired) = input.desired() else {
        return input.report_and_exit("verify", settings);
    };
    let LimitsContext { service, observed, reconciled: ReconciledState { state, note, .. }, .. } =
        LimitsContext::load(settings, files, desired).await?;
    let pairs = desired.configs.iter().zip(match_configs(desired, &observed, &state));
    let checked = pairs.map(|(config, matched)| check_config(&service, config, matched));
    let drifts: Vec<Option<ConfigDrift>> = stream::iter(checked).buffered(CONCURRENCY).try_collect().await?;
    let ambiguous = AmbiguousConfigs::find(desired, &observed, &state);
    let drifts: Vec<ConfigDrift> =
        drifts.into_iter().flatten().filter(|drift| !ambiguous.contains(&drift.key)).collect();
    let outcome = match (ambiguous.is_empty(), drifts.is_empty()) {
        (false, _) => CommandOutcome::Blocked,
        (true, false) => CommandOutcome::Invalid,
        (true, true) => CommandOutcome::Clean,
    };
    let count = format!(
        "{} of {} configurations match the files",
        desired.configs.len() - drifts.len() - ambiguous.len(),
        desired.configs.len()
    );
    let report = CommandReport {
        drifts,
        notes: note.into_iter().chain(ambiguous.notes()).chain([count]).collect(),
        ..service.report("verify", &input, outcome)
    };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(outcome, ExitStatus::Success))
}

/// Reads a configuration individually, because the list may lag behind, and checks whether it can be deployed.
async fn check_config(
    service: &SandboxService,
    config: &DesiredConfig,
    matched: Option<&ObservedConfig>,
) -> Result<Option<ConfigDrift>, CommandError> {
    let Some(matched) = matched else { return Ok(ConfigDrift::compare(config, None)) };
    let api = config.definition.api();
    let now = service.reader.get(api, &matched.uid).await?;
    let mut drift = ConfigDrift::compare(config, now.as_ref());
    if config.deployed && now.is_some() {
        let verdict = service.reader.can_deploy(api, &matched.uid).await?;
        let errors = deploy_errors(&verdict);
        if !errors.is_empty() {
            drift.get_or_insert_with(|| ConfigDrift::without_differences(config, matched)).deploy_errors.extend(errors);
        }
    }
    Ok(drift)
}
