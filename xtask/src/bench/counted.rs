//! Counted figures: they do not depend on the load of the machine, so one run on any core is enough, and CI checks their budgets.

mod crates;
mod instructions;
mod token_requests;

use super::npm_package;
use super::program::{self, Server};
use super::report::Report;
use crate::output::log;

/// Counts everything.
pub(super) fn measure() -> Result<Report, String> {
    program::build(&["ajo-bench"])?;
    let mut report = Report::new("counted");
    log("==> allocations");
    let server = Server::start(None, "native")?;
    report.read(&program::output(None, &["native", "count", &server.address])?)?;
    report.read(&program::output(None, &["cached_token", "count"])?)?;
    log("==> instructions");
    instructions::count(&mut report, &server.address)?;
    log("==> crates");
    crates::count(&mut report)?;
    log("==> token requests");
    token_requests::count(&mut report)?;
    log("==> the npm package");
    match npm_package::prepare("debug") {
        Ok(()) => report.read(&npm_package::count()?)?,
        Err(reason) => report.miss("npm package", format!("{reason}; Node.js with npm enables it")),
    }
    Ok(report)
}
