//! The file of a chart.

use std::fs;
use std::path::Path;

use ajo_simulator::SimulationReport;

use super::chart;
use crate::command_error::CommandError;
use crate::output;
use crate::safe_text::safe;

/// Checks that the chart file is an SVG file.
pub(super) fn check_path(file: &Path) -> Result<&Path, CommandError> {
    if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg")) {
        return Ok(file);
    }
    let problem = format!("unsupported chart format: {}", file.display());
    Err(CommandError::new(problem)
        .with_hint("use a file name ending in .svg; convert it with rsvg-convert if you need a PNG")
        .into_usage_error())
}

/// Draws the chart and writes it.
pub(super) fn write(report: &SimulationReport, file: &Path) -> Result<(), CommandError> {
    let failed = |error: String| CommandError::new(format!("failed to write the chart {}: {error}", file.display()));
    let svg = chart::draw(report).map_err(failed)?;
    fs::write(file, svg).map_err(|error| failed(error.to_string()))?;
    output::print_note(safe!("wrote {}", file.display()));
    Ok(())
}
