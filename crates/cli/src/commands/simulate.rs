//! `ajo simulate`.

mod chart;
mod summary;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use ajo_simulator::{ConfiguredLimits, ConfiguredLimitsError, Scenario, SimulationMode, TrafficPattern, simulate};

use crate::arguments::{GlobalSettings, SimulateArgs};
use crate::command_error::CommandError;
use crate::definition_file;
use crate::exit_status::ExitStatus;
use crate::input_file::read_named_text;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

/// Maximum CSV size in bytes. A day with the longest lines takes 1.3 MB.
const MAX_CSV_BYTES: usize = 4 * 1024 * 1024;

pub(crate) fn run(settings: &GlobalSettings, args: &SimulateArgs) -> Result<ExitCode, CommandError> {
    let chart = args.chart.as_deref().map(check_svg_path).transpose()?;
    let scenario = build_scenario(args, settings.output)?;
    let report = simulate(&scenario, SimulationMode::for_scenario(&scenario))
        .map_err(|error| CommandError::new(error.to_string()))?;
    if let Some(file) = chart {
        let failed =
            |error: String| CommandError::new(format!("failed to write the chart {}: {error}", file.display()));
        let svg = chart::draw(&report).map_err(failed)?;
        fs::write(file, svg).map_err(|error| failed(error.to_string()))?;
        output::print_note(safe!("wrote {}", file.display()));
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

fn build_scenario(args: &SimulateArgs, format: OutputFormat) -> Result<Scenario, CommandError> {
    let inputs = args.definitions.iter().chain(&args.csv);
    if inputs.filter(|file| file.as_path() == Path::new("-")).count() > 1 {
        return Err(CommandError::new("standard input can only be used once").into_usage_error());
    }
    let pattern = match (&args.traffic, &args.csv) {
        (Some(pattern), _) => pattern.clone(),
        (None, Some(file)) => read_csv_pattern(file)?,
        (None, None) => return Err(CommandError::new("no traffic given").into_usage_error()),
    };
    let mut definitions = Vec::new();
    for file in &args.definitions {
        definitions.extend(definition_file::read_to_simulate(file, format)?);
    }
    let limits = ConfiguredLimits::from_definitions(args.service, &definitions).map_err(|error| match error {
        ConfiguredLimitsError::DataSource | ConfiguredLimitsError::Duplicate(_) => {
            CommandError::new(error.to_string()).into_usage_error()
        }
        _ => CommandError::new(error.to_string()),
    })?;
    let mut scenario = Scenario::new(pattern, limits);
    scenario.endpoint.latency = args.endpoint_latency.clone();
    scenario.endpoint.failures = args.endpoint_failures;
    let (window, timeout_seconds, seed) = (args.window, args.timeout, args.seed);
    Ok(Scenario { window, timeout_seconds, seed, ..scenario })
}

fn read_csv_pattern(file: &Path) -> Result<TrafficPattern, CommandError> {
    let (name, text) = read_named_text(file, MAX_CSV_BYTES)?;
    TrafficPattern::from_csv(&text).map_err(|error| CommandError::new(format!("{name}: {error}")))
}
