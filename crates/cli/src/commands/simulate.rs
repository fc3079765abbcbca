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
use serde_json::Value;

use self::progress_bar::simulate_with_bar;
use crate::arguments::{GlobalSettings, SimulateArgs};
use crate::command_error::CommandError;
use crate::output;
use crate::report::OutputFormat;
use crate::run_simulation::RunSimulation;

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
    let (SimulationResponse { report, expectations }, _) = compute_traffic(settings, args, &simulate_with_bar).await?;
    if let Some(file) = chart {
        chart_file::write(&report, file)?;
    }
    let unmet: Vec<_> = expectations.iter().filter(|result| !result.met).map(ToString::to_string).collect();
    let all = expectations.len();
    match settings.output {
        OutputFormat::Json => output::print_serialized(&SimulationResponse { report, expectations })?,
        _ => output::print_data(summary::render(report, &expectations))?,
    }
    expectations::check(&unmet, all)
}

/// Simulates traffic, and returns the JSON of the result with at most `max_rows` rows over time, and notes about the sources. Writes
/// nothing.
pub(crate) async fn compute(
    settings: &GlobalSettings,
    args: &SimulateArgs,
    max_rows: usize,
    run: RunSimulation<'_>,
) -> Result<(Value, Vec<String>), CommandError> {
    check_mode(args)?;
    let (result, notes) = if args.observed.observed.is_empty() {
        let (SimulationResponse { report, expectations }, notes) = compute_traffic(settings, args, run).await?;
        let report = report.with_max_rows(max_rows);
        (serde_json::to_value(SimulationResponse { report, expectations }), notes)
    } else {
        let replay = replay::compute(settings, args, run).await?;
        (serde_json::to_value(replay.report), replay.source_notes)
    };
    Ok((result.map_err(|error| CommandError::new(error.to_string()))?, notes))
}

async fn compute_traffic(
    settings: &GlobalSettings,
    args: &SimulateArgs,
    run: RunSimulation<'_>,
) -> Result<(SimulationResponse, Vec<String>), CommandError> {
    let (scenario, notes) = scenario::build(settings, args).await?;
    let mode = args.result.mode.unwrap_or_else(|| SimulationMode::for_scenario(&scenario));
    let report = run(&scenario, mode)?;
    let expectations = args.result.expect.iter().map(|expectation| expectation.check(&report)).collect();
    Ok((SimulationResponse { report, expectations }, notes))
}

/// Cohort mode has no random arrivals.
fn check_mode(args: &SimulateArgs) -> Result<(), CommandError> {
    if args.traffic.arrivals == Arrivals::Poisson && args.result.mode == Some(SimulationMode::Cohort) {
        let problem = "cohort mode spreads calls evenly, so `--arrivals poisson` has no effect";
        return Err(CommandError::new(problem).with_hint("use --mode exact").into_usage_error());
    }
    Ok(())
}
