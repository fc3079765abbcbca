//! `ajo verify`.

use std::process::ExitCode;

use ajo_apply::{ReconciledLimits, deploy_errors};
use ajo_limits::{ConfigDrift, DesiredConfig, LimitsState, ObservedConfig, detect_drift, match_configs};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::context::LimitsContext;
use super::drift::{add_deleted_files, drift_report};
use super::input::LimitsInput;
use super::sandbox_service::SandboxService;
use crate::arguments::{DriftArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report;

/// Number of configurations to read in parallel.
const CONCURRENCY: usize = 8;

pub(crate) async fn run(settings: &GlobalSettings, args: &DriftArgs) -> Result<ExitCode, CommandError> {
    let files = &args.files;
    let input = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
    let Some(desired) = input.desired() else {
        return input.report_and_exit("verify", settings);
    };
    let mut context = LimitsContext::load(settings, files, &input, desired).await?;
    add_deleted_files(&mut context.desired, &context.reconciled.state, &context.store);
    let LimitsContext { desired, service, reconciled: ReconciledLimits { observed, state, .. }, .. } = &context;
    let mut drift = detect_drift(desired, observed, state, args.unmanaged_handling());
    let pairs = desired.configs.iter().zip(match_configs(desired, observed, state));
    let pairs = pairs.filter(|(config, _)| !drift.is_ambiguous(&config.key()));
    let checked: Vec<_> = pairs.map(|(config, matched)| check_config(service, config, matched, state)).collect();
    let checked_count = checked.len();
    let configs: Vec<Option<ConfigDrift>> = stream::iter(checked).buffered(CONCURRENCY).try_collect().await?;
    drift.configs = configs.into_iter().flatten().collect();
    let count =
        format!("{} of {} configurations match the files", checked_count - drift.configs.len(), desired.configs.len());
    let mut report = drift_report("verify", &input, &context, drift);
    report.notes.push(count);
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(report.outcome, ExitStatus::Success))
}

/// Reads a configuration individually, because the list may lag behind, and checks whether it can be deployed.
async fn check_config(
    service: &SandboxService,
    config: &DesiredConfig,
    matched: Option<&ObservedConfig>,
    state: &LimitsState,
) -> Result<Option<ConfigDrift>, CommandError> {
    let Some(matched) = matched else { return Ok(ConfigDrift::compare(config, None, None)) };
    let api = config.definition.api();
    let now = service.reader.get(api, &matched.uid).await?;
    let mut drift = ConfigDrift::compare(config, now.as_ref(), state.get(&matched.uid));
    if config.deployed && now.is_some() {
        let verdict = service.reader.can_deploy(api, &matched.uid).await?;
        let errors = deploy_errors(&verdict);
        if !errors.is_empty() {
            drift.get_or_insert_with(|| ConfigDrift::without_differences(config, matched)).deploy_errors.extend(errors);
        }
    }
    Ok(drift)
}
