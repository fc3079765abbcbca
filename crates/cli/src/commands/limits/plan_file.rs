//! A plan that `ajo plan --save` has written: what was reviewed is what runs, or nothing.

use std::path::Path;

use ajo_limits::{Plan, REPORT_VERSION, Report};

use crate::exit::Exit;
use crate::failure::Failure;

/// Reads one.
pub(crate) fn read(file: &Path) -> Result<Report, Failure> {
    let failed = |problem: String| {
        Failure::new(format!("{} is no saved plan: {problem}", file.display()))
            .hint("make one with `ajo plan FILE --save plan.json`")
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("failed to read {}: {error}", file.display())))?;
    let report: Report = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    if report.version != REPORT_VERSION {
        return Err(failed(format!(
            "it is of version {}, and this ajo reads version {REPORT_VERSION}",
            report.version
        )));
    }
    if report.plan.is_none() {
        return Err(failed(format!("it is what `ajo {}` said, without a plan", report.command)));
    }
    Ok(report)
}

/// The plan of a report that has one.
pub(crate) fn plan_of(report: &Report) -> &Plan {
    report.plan.as_ref().expect("it was looked for when it was read, or put there")
}

/// Whether the plan that was reviewed is the one that would be made now, for the same organization.
pub(crate) fn check_fresh(reviewed: &Report, now: &Plan, organization: &str) -> Result<(), Failure> {
    let stale = |what: &str| {
        Failure::new(format!("the plan is stale: {what}"))
            .hint("plan again, and have that reviewed")
            .with_exit(Exit::Stale)
    };
    if let Some(other) = reviewed.organization.as_deref().filter(|other| *other != organization) {
        return Err(stale(&format!("it is for organization {other}, and the credential is of {organization}")));
    }
    let plan = plan_of(reviewed);
    if plan.digest == now.digest {
        return Ok(());
    }
    let wants =
        |plan: &Plan| plan.wanted.iter().map(|wanted| (wanted.definition.clone(), wanted.deployed)).collect::<Vec<_>>();
    let what = if wants(plan) == wants(now) {
        "the service or the ledger has changed since"
    } else {
        "the files have changed since"
    };
    Err(stale(&format!("{what}; it was {}, and now it would be {}", plan.digest, now.digest)))
}
