//! `ajo simulate`.

mod chart;
mod summary;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use ajo_simulator::{Endpoint, Limits, LimitsError, Pattern, Scenario, simulate};
use serde_json::Value;

use crate::arguments::{Settings, Simulate};
use crate::definition;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::report::Format;

/// Longest CSV read, in bytes. Chosen here; a day of the longest lines has 1.3 MB.
const MAX_CSV: usize = 4 * 1024 * 1024;

pub(crate) fn run(settings: &Settings, what: &Simulate) -> Result<ExitCode, Failure> {
    let chart = what.chart.as_deref().map(svg).transpose()?;
    let scenario = scenario(what)?;
    let report = simulate(&scenario);
    if let Some(file) = chart {
        let failed = |error: String| Failure::new(format!("failed to draw {}: {error}", file.display()));
        let svg = chart::draw(&report).map_err(failed)?;
        fs::write(file, svg).map_err(|error| failed(error.to_string()))?;
        output::note(&format!("drew {}", file.display()));
    }
    let text = match settings.output {
        Format::Json => serde_json::to_string(&report).map_err(|error| Failure::new(error.to_string()))?,
        _ => summary::of(report),
    };
    output::data(&text)?;
    Ok(Exit::Success.into())
}

/// Whether a chart can be drawn into this file.
fn svg(file: &Path) -> Result<&Path, Failure> {
    if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg")) {
        return Ok(file);
    }
    let problem = format!("the chart is drawn as SVG, and {} is not named so", file.display());
    Err(Failure::new(problem).hint("name it FILE.svg; browsers show it, and rsvg-convert makes a PNG of it").usage())
}

fn scenario(what: &Simulate) -> Result<Scenario, Failure> {
    let inputs = what.definitions.iter().chain(&what.csv);
    if inputs.filter(|file| file.as_path() == Path::new("-")).count() > 1 {
        return Err(Failure::new("standard input can be read once only").usage());
    }
    let pattern = match (&what.traffic, &what.csv) {
        (Some(pattern), _) => pattern.clone(),
        (None, Some(file)) => from_csv(file)?,
        (None, None) => return Err(Failure::new("no traffic is given").usage()),
    };
    let definitions = what.definitions.iter().map(|file| definition::read::<Value>(file));
    let definitions = definitions.collect::<Result<Vec<Value>, Failure>>()?;
    let limits = Limits::of(what.service, &definitions).map_err(|error| match error {
        LimitsError::DataSource | LimitsError::Twice(_) => Failure::new(error.to_string()).usage(),
        _ => Failure::new(error.to_string()),
    })?;
    let endpoint = Endpoint::new(what.endpoint_latency, what.endpoint_failures);
    let endpoint = endpoint.map_err(|error| Failure::new(error.to_string()).usage())?;
    let (window, timeout_seconds, seed) = (what.window, what.timeout, what.seed);
    Ok(Scenario { window, endpoint, timeout_seconds, seed, ..Scenario::new(pattern, limits) })
}

fn from_csv(file: &Path) -> Result<Pattern, Failure> {
    let (name, text) = definition::read_text(file, MAX_CSV)?;
    Pattern::from_csv(&text).map_err(|error| Failure::new(format!("{name}: {error}")))
}
