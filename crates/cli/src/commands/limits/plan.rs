//! `ajo plan`.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use ajo_apply::ReconciledLimits;
use ajo_auth::{SymlinkPolicy, open_regular_file, read_bounded_file};
use ajo_limits::{
    CommandOutcome, CommandReport, DeployState, DesiredConfig, NormalizedConfig, ObservedTraffic, Plan, PlanOptions,
    plan,
};

use super::computed_report::ComputedReport;
use super::context::LimitsContext;
use super::input::LimitsInput;
use super::missing_limits::missing_limits_note;
use super::plan_file::{MAX_PLAN_BYTES, expect_plan};
use super::sandbox_service::SandboxService;
use super::traffic_effects::EffectTraffic;
use crate::arguments::{self, GlobalSettings, PruneArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::{self, OutputFormat, TextStyle};
use crate::run_simulation::{RunSimulation, simulate_quietly};
use crate::safe_text::safe;
use crate::secret_check::check_no_secret;
use crate::shell_quote::shell_quote;

pub(crate) async fn run(settings: &GlobalSettings, args: &arguments::PlanArgs) -> Result<ExitCode, CommandError> {
    let ComputedReport { report, sources, .. } = compute(settings, args, &simulate_quietly).await?;
    if let (Some(file), Some(_)) = (&args.out, &report.plan) {
        save_plan(file, &report)?;
    }
    report::print(&report, settings.output, &sources)?;
    Ok(report::exit_code(report.outcome, if args.exit_code { ExitStatus::Changes } else { ExitStatus::Success }))
}

/// Compares the files with the service, and plans the changes. Writes nothing.
pub(crate) async fn compute(
    settings: &GlobalSettings,
    args: &arguments::PlanArgs,
    run: RunSimulation<'_>,
) -> Result<ComputedReport, CommandError> {
    let input = LimitsInput::read(settings, &args.files.files, args.files.state_args.policy.as_deref());
    let Some(desired) = input.desired() else {
        return Ok(ComputedReport::from_files("plan", input));
    };
    let traffic = EffectTraffic::read(&args.effect_args, &input)?;
    let LimitsContext { desired, service, store, reconciled, note } =
        LimitsContext::load(settings, &args.files, &input, desired).await?;
    let ReconciledLimits { observed, state, .. } = reconciled;
    let mut plan = plan(&desired, &observed, &state, args.prune_args.to_options());
    if let Some(traffic) = &traffic {
        traffic.add_effects(&mut plan, &observed, run)?;
    }
    input.check_effects(&mut plan);
    let paths = PlanPaths { state_location: store.display_location(), policy: args.files.state_args.display_policy() };
    let report = build_report("plan", &input, &service, paths, plan, note)?;
    Ok(ComputedReport::from_service(report, input, &service))
}

/// Paths in the report of a plan, as the user wrote them.
pub(crate) struct PlanPaths {
    pub(crate) state_location: Option<String>,
    pub(crate) policy: Option<String>,
}

/// Builds the report for a plan.
pub(crate) fn build_report(
    command: &str,
    input: &LimitsInput,
    service: &SandboxService,
    PlanPaths { state_location, policy }: PlanPaths,
    plan: Plan,
    note: Option<String>,
) -> Result<CommandReport, CommandError> {
    let outcome = if !plan.blockers.is_empty() {
        CommandOutcome::Blocked
    } else if plan.changes.is_empty() {
        CommandOutcome::Clean
    } else {
        CommandOutcome::Changes
    };
    let normalized: Vec<_> = plan.normalized.iter().map(NormalizedConfig::to_diagnostic).collect();
    let mut report = CommandReport {
        notes: [note, input.freeze_notice(ajo_state::current_time()?)]
            .into_iter()
            .flatten()
            .chain(not_live_note(&plan))
            .chain(plan.observed_traffic.as_ref().map(traffic_note))
            .chain(duplicate_notes(&plan))
            .collect(),
        plan: Some(plan),
        state_location,
        policy,
        policy_digest: input.policy_digest.clone(),
        ..service.report(command, input, outcome)
    };
    report.diagnostics.extend(normalized);
    report.seal_plan();
    Ok(report)
}

/// Where the effects of the changes come from.
fn traffic_note(traffic: &ObservedTraffic) -> String {
    let ObservedTraffic { files, from, to, burst, .. } = traffic;
    let range = match burst {
        1 => "calls are spread evenly over each minute".to_owned(),
        _ => format!("a range is from calls spread evenly over each minute to calls {burst} times faster"),
    };
    format!("the effects are simulated with the calls from {from} to {to} in {}; {range}", files.join(", "))
}

/// A note about configurations that exist and should be deployed, but are not.
fn not_live_note(plan: &Plan) -> Option<String> {
    let deploys = plan.changes.iter().filter(|change| {
        let is_deployed = |state: &Option<DeployState>| state.as_ref().map(DeployState::is_deployed);
        (is_deployed(&change.before), is_deployed(&change.after)) == (Some(false), Some(true))
    });
    let deployed_keys: BTreeSet<_> =
        plan.desired.iter().filter(|config| config.deployed).map(DesiredConfig::key).collect();
    let blocked = plan.blockers.iter().filter(|blocker| {
        let key = blocker.key.as_ref();
        key.is_some_and(|key| deployed_keys.contains(key))
            && blocker.candidates.len() == 1
            && !blocker.candidates[0].deployed
    });
    let keys = deploys.map(|change| &change.key).chain(blocked.filter_map(|blocker| blocker.key.as_ref()));
    missing_limits_note("no live limit for", keys)
}

/// Notes for unmanaged configurations with the same URL and methods as a configuration in the files.
pub(crate) fn duplicate_notes(plan: &Plan) -> Vec<String> {
    let keys: BTreeSet<_> = plan.desired.iter().map(DesiredConfig::key).collect();
    let duplicates = plan.unmanaged.iter().map(|found| (found.key(), found)).filter(|(key, _)| keys.contains(key));
    duplicates
        .map(|(key, found)| {
            let force = if found.deploy_state.is_deployed() { " --force" } else { "" };
            format!(
                "{key}: {} has the same URL and methods, and `ajo` does not manage it; delete it with `ajo {} delete {0}{force} \
                 --sandbox {}`",
                found.uid, key.api, plan.sandbox
            )
        })
        .collect()
}

/// Saves a plan. Overwrites only an empty file or another plan.
fn save_plan(file: &Path, report: &CommandReport) -> Result<(), CommandError> {
    let is_plan = |text: &str| serde_json::from_str::<CommandReport>(text).is_ok_and(|report| report.plan.is_some());
    let is_writable = match open_regular_file(file, OpenOptions::new().read(true), SymlinkPolicy::Follow) {
        Err(error) => error.kind() == io::ErrorKind::NotFound,
        Ok(old) => read_bounded_file(&old, MAX_PLAN_BYTES).is_ok_and(|text| text.is_empty() || is_plan(&text)),
    };
    if !is_writable {
        let problem = format!("{} already exists and is not a saved plan", file.display());
        return Err(CommandError::new(problem).with_hint("choose another file with --out").into_usage_error());
    }
    check_no_secret("the plan", report)?;
    let text = OutputFormat::Json.render(report, &|_| None, TextStyle::default());
    ajo_state::write_atomic(file, text.as_str())?;
    output::print_note(match report.outcome {
        CommandOutcome::Blocked => "saved the plan; it is blocked, so it cannot be applied".into(),
        CommandOutcome::Clean => "saved the plan; it has no changes".into(),
        _ => {
            let digest = &expect_plan(report).digest;
            safe!("saved the plan; apply it with: ajo apply --plan {} --digest {}", shell_quote(file), digest)
        }
    });
    Ok(())
}

impl PruneArgs {
    pub(crate) fn to_options(&self) -> PlanOptions {
        PlanOptions { prune: self.prune, force_delete: self.force_delete, max_deletes: self.max_deletes }
    }
}
