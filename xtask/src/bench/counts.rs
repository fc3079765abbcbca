//! Counted figures. They do not depend on the machine's load, so one run is enough, and CI checks their budgets.

mod crates;
mod instructions;
mod token_requests;

use super::bench_program::{self, BenchServer};
use super::npm_package;
use super::report::BenchReport;
use crate::output::log;

pub(super) fn measure() -> Result<BenchReport, String> {
    bench_program::build_programs(&["ajo-bench"])?;
    let mut report = BenchReport::new("counts");
    log("==> allocations");
    let server = BenchServer::start(None, "native")?;
    report.add_output(&bench_program::run_program(None, &["native", "count", &server.address])?)?;
    report.add_output(&bench_program::run_program(None, &["cached_token", "count"])?)?;
    report.add_output(&bench_program::run_program(None, &["simulation", "count"])?)?;
    log("==> instructions");
    instructions::count(&mut report, &server.address)?;
    log("==> crates");
    crates::count(&mut report)?;
    log("==> token requests");
    token_requests::count(&mut report)?;
    log("==> the npm package");
    match npm_package::install_package("debug") {
        Ok(()) => report.add_output(&npm_package::count_sizes_and_requests()?)?,
        Err(reason) => report.add_unmeasured("npm package", format!("{reason}; install Node.js with npm")),
    }
    Ok(report)
}
