//! `ajo simulate`.

mod chart;
mod chart_file;
mod expectations;
mod latency_file;
mod progress_bar;
mod replay;
pub(super) mod scenario;
mod selection;
mod source;
mod sql;
mod summary;
mod table;

use std::process::ExitCode;

use ajo_simulator::{Arrivals, SimulationMode, SimulationResponse};

use crate::arguments::{GlobalSettings, SimulateArgs};
use crate::command_error::CommandError;
use crate::output;
use crate::report::OutputFormat;

pub(crate) async fn run(settings: &GlobalSettings, args: &SimulateArgs) -> Result<ExitCode, CommandError> {
    if let Some(period) = args.observed.sql {
        return sql::run(settings, &args.sources, period).await;
    }
    check_mode(args)?;
    if !args.observed.observed.is_empty() {
        return replay::run(settings, args).await;
    }
    run_traffic(settings, args).await
}

/// Replaces directories and patterns by limits files.
pub(crate) fn expand_sources(args: &mut SimulateArgs) -> Result<(), CommandError> {
    for sources in [&mut args.sources, &mut args.observed.current] {
        *sources = source::expand(sources)?;
    }
    Ok(())
}

/// Simulates the traffic of the options.
async fn run_traffic(settings: &GlobalSettings, args: &SimulateArgs) -> Result<ExitCode, CommandError> {
    let chart = args.result.chart.as_deref().map(chart_file::check_path).transpose()?;
    let scenario = scenario::build(settings, args).await?;
    let mode = args.result.mode.unwrap_or_else(|| SimulationMode::for_scenario(&scenario));
    let report = progress_bar::simulate_with_bar(&scenario, mode)?;
    if let Some(file) = chart {
        chart_file::write(&report, file)?;
    }
    let expectations: Vec<_> = args.result.expect.iter().map(|expectation| expectation.check(&report)).collect();
    let unmet: Vec<_> = expectations.iter().filter(|result| !result.met).map(ToString::to_string).collect();
    let all = expectations.len();
    match settings.output {
        OutputFormat::Json => output::print_serialized(&SimulationResponse { report, expectations })?,
        _ => output::print_data(summary::render(report, &expectations))?,
    }
    expectations::check(&unmet, all)
}

/// Cohort mode has no random arrivals.
fn check_mode(args: &SimulateArgs) -> Result<(), CommandError> {
    if args.traffic.arrivals == Arrivals::Poisson && args.result.mode == Some(SimulationMode::Cohort) {
        let problem = "cohort mode spreads calls evenly, so `--arrivals poisson` has no effect";
        return Err(CommandError::new(problem).with_hint("use --mode exact").into_usage_error());
    }
    Ok(())
}
