//! Plans saved by `ajo plan --out`. `ajo apply` runs exactly the reviewed plan, or nothing.

use std::path::Path;

use ajo_limits::{CommandReport, Plan, REPORT_VERSION};

use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;

/// Reads a saved plan.
pub(crate) fn read(file: &Path) -> Result<CommandReport, CommandError> {
    let failed = |problem: String| {
        CommandError::new(format!("{} is not a saved plan: {problem}", file.display()))
            .with_hint("save a plan with `ajo plan FILE --out plan.json`")
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| CommandError::new(format!("failed to read {}: {error}", file.display())))?;
    let report: CommandReport = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    if report.version != REPORT_VERSION {
        return Err(failed(format!("unsupported version {}; expected {REPORT_VERSION}", report.version)));
    }
    if report.plan.is_none() {
        return Err(failed(format!("the report of `ajo {}` contains no plan", report.command)));
    }
    Ok(report)
}

/// The plan of a report that is known to contain one.
pub(crate) fn expect_plan(report: &CommandReport) -> &Plan {
    report.plan.as_ref().expect("the report contains a plan")
}

/// Fails unless the reviewed plan equals the current plan and has the same organization.
pub(crate) fn check_not_stale(reviewed: &CommandReport, now: &Plan, organization: &str) -> Result<(), CommandError> {
    let stale = |reason: &str| {
        CommandError::new(format!("the plan is stale: {reason}"))
            .with_hint("create and review a new plan")
            .with_exit_status(ExitStatus::Stale)
    };
    if let Some(other) = reviewed.organization.as_deref().filter(|other| *other != organization) {
        return Err(stale(&format!("it is for organization {other}, but the credential belongs to {organization}")));
    }
    let plan = expect_plan(reviewed);
    if plan.digest == now.digest {
        return Ok(());
    }
    let wants = |plan: &Plan| {
        plan.desired.iter().map(|config| (config.definition.clone(), config.deployed)).collect::<Vec<_>>()
    };
    let reason = if wants(plan) == wants(now) {
        "the service or the state has changed since"
    } else {
        "the files have changed since"
    };
    Err(stale(&format!("{reason}; digest was {}, is now {}", plan.digest, now.digest)))
}
