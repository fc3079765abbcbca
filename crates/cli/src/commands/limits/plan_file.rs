//! Plans saved by `ajo plan --out`. `ajo apply` runs exactly the reviewed plan, or nothing.

use std::path::Path;

use ajo_limits::StateLocation;
use ajo_limits::{CommandReport, Digest, Plan, REPORT_VERSION};

use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::input_file::read_named_text;

/// Maximum size of a saved plan in bytes. A plan with 10,000 changes has about 30 MB.
pub(super) const MAX_PLAN_BYTES: usize = 64 * 1024 * 1024;

/// Reads a saved plan, from standard input for `-`. Fails if it was altered, or if its digest is not the reviewed one.
pub(crate) fn read(file: &Path, reviewed: Option<&Digest>) -> Result<CommandReport, CommandError> {
    let report = parse(file)?;
    let refused = |problem: String| Err(stale_error(format!("{} {problem}", file.display())));
    // Anyone who can alter the plan can also compute the digest, so only --digest proves which plan was reviewed.
    if !report.has_sealed_plan() {
        return refused("was altered after `ajo plan` saved it: its digest does not match its content".to_owned());
    }
    let digest = &expect_plan(&report).digest;
    if let Some(other) = reviewed.filter(|other| *other != digest) {
        return refused(format!("is not the reviewed plan: its digest is {digest}, but --digest is {other}"));
    }
    if report.organization.is_none() {
        return refused("was altered: it names no organization".to_owned());
    }
    Ok(report)
}

fn parse(file: &Path) -> Result<CommandReport, CommandError> {
    let (name, text) = read_named_text(file, MAX_PLAN_BYTES)?;
    let failed = |problem: String| {
        CommandError::new(format!("{name} is not a saved plan: {problem}"))
            .with_hint("save a plan with `ajo plan FILE --out plan.json`")
    };
    let report: CommandReport = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    if report.version != REPORT_VERSION {
        return Err(failed(format!("unsupported version {}; expected {REPORT_VERSION}", report.version)));
    }
    if report.plan.is_none() {
        return Err(failed(format!("the report of `ajo {}` contains no plan", report.command)));
    }
    Ok(report)
}

/// The location of the state in a saved plan.
pub(crate) fn parse_location(location: &str) -> Result<StateLocation, CommandError> {
    location.parse().map_err(|error| CommandError::new(format!("the saved plan names no usable state: {error}")))
}

/// The plan of a report that is known to contain one.
pub(crate) fn expect_plan(report: &CommandReport) -> &Plan {
    report.plan.as_ref().expect("the report contains a plan")
}

/// Fails unless the reviewed plan equals the current one, including its organization and policies.
pub(crate) fn check_not_stale(reviewed: &CommandReport, now: &CommandReport) -> Result<(), CommandError> {
    let organization = now.organization.as_deref().unwrap_or_default();
    let stale = |reason: String| stale_error(format!("the plan is stale: {reason}"));
    if let Some(other) = reviewed.organization.as_deref().filter(|other| *other != organization) {
        return Err(stale(format!("it is for organization {other}, but the credential belongs to {organization}")));
    }
    let (plan, current) = (expect_plan(reviewed), expect_plan(now));
    if plan.digest == current.digest {
        return Ok(());
    }
    let wants = |plan: &Plan| {
        plan.desired.iter().map(|config| (config.definition.clone(), config.deployed)).collect::<Vec<_>>()
    };
    let reason = if wants(plan) != wants(current) {
        "the files have changed since"
    } else if reviewed.policy_digest != now.policy_digest {
        "the policy has changed since"
    } else {
        "the service or the state has changed since"
    };
    Err(stale(format!("{reason}; digest was {}, is now {}", plan.digest, current.digest)))
}

fn stale_error(problem: String) -> CommandError {
    CommandError::new(problem).with_hint("create and review a new plan").with_exit_status(ExitStatus::Stale)
}
