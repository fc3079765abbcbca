//! `ajo simulate`.

mod chart;
pub(super) mod number_format;
mod progress_bar;
pub(super) mod scenario;
mod selection;
mod source;
mod summary;
mod table;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use ajo_simulator::{SimulationMode, SimulationReport};

use crate::arguments::{GlobalSettings, SimulateArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

pub(crate) async fn run(settings: &GlobalSettings, args: &SimulateArgs) -> Result<ExitCode, CommandError> {
    // Other inputs have their own function: `replay::run` for observed traffic, `sql::run` for queries.
    run_traffic(settings, args).await
}

/// Simulates the traffic of the options.
async fn run_traffic(settings: &GlobalSettings, args: &SimulateArgs) -> Result<ExitCode, CommandError> {
    let chart = args.result.chart.as_deref().map(check_svg_path).transpose()?;
    let scenario = scenario::build(settings, args).await?;
    let mode = args.result.mode.unwrap_or_else(|| SimulationMode::for_scenario(&scenario));
    let report = progress_bar::simulate_with_bar(&scenario, mode)?;
    if let Some(file) = chart {
        write_chart(&report, file)?;
    }
    let text = match settings.output {
        OutputFormat::Json => {
            SafeText::json(&serde_json::to_string(&report).map_err(|error| CommandError::new(error.to_string()))?)
        }
        _ => summary::render(report),
    };
    output::print_data(text)?;
    Ok(ExitStatus::Success.into())
}

/// Checks that the chart file is an SVG file.
fn check_svg_path(file: &Path) -> Result<&Path, CommandError> {
    if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg")) {
        return Ok(file);
    }
    let problem = format!("unsupported chart format: {}", file.display());
    Err(CommandError::new(problem)
        .with_hint("use a file name ending in .svg; convert it with rsvg-convert if you need a PNG")
        .into_usage_error())
}

fn write_chart(report: &SimulationReport, file: &Path) -> Result<(), CommandError> {
    let failed = |error: String| CommandError::new(format!("failed to write the chart {}: {error}", file.display()));
    let svg = chart::draw(report).map_err(failed)?;
    fs::write(file, svg).map_err(|error| failed(error.to_string()))?;
    output::print_note(safe!("wrote {}", file.display()));
    Ok(())
}
