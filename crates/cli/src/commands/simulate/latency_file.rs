//! Reads the latency of an endpoint from a CSV file.

use std::path::Path;

use ajo_engine::untrusted_text::excerpt;
use ajo_simulator::{LatencyDistribution, ObservedEndpoint, ObservedExport};

use crate::command_error::CommandError;
use crate::input_file::read_named_text;

/// Maximum size of a CSV file in bytes. A day with the longest lines takes 1.3 MB.
pub(super) const MAX_CSV_BYTES: usize = 4 * 1024 * 1024;

/// Reads an export of Adobe's latency query for one endpoint, or measured latencies: one number of milliseconds per line.
pub(super) fn read(file: &Path) -> Result<LatencyDistribution, CommandError> {
    let (name, text) = read_named_text(file, MAX_CSV_BYTES)?;
    let first_line = text.lines().next().unwrap_or_default();
    let latency = if first_line.to_ascii_uppercase().contains("_LATENCY_MS") {
        parse_export(&text)
    } else {
        parse_samples(&text)
    };
    latency.map_err(|problem| CommandError::new(format!("{name}: {problem}")))
}

fn parse_export(text: &str) -> Result<LatencyDistribution, String> {
    let export = ObservedExport::parse(text.as_bytes()).map_err(|error| error.to_string())?;
    let ObservedExport::Latency(endpoints) = export else { return Err("the export has no latencies".to_owned()) };
    match &endpoints[..] {
        [endpoint] => endpoint.distribution().ok_or_else(|| "no call succeeded, so there is no latency".to_owned()),
        [] => Err("the export has no rows".to_owned()),
        [first, second, ..] => {
            let [first, second] = [first, second].map(|it: &ObservedEndpoint<_>| excerpt(&it.endpoint, 100));
            Err(format!("the export has several endpoints, such as {first} and {second}; keep the rows of one"))
        }
    }
}

fn parse_samples(text: &str) -> Result<LatencyDistribution, String> {
    let mut millis = Vec::new();
    // Spreadsheets start the file with a byte order mark.
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let cell = line.trim().trim_matches('"').trim();
        if cell.is_empty() {
            continue;
        }
        match cell.parse::<f64>() {
            Ok(value) if value.is_finite() => millis.push(value),
            // A heading.
            Err(_) if index == 0 => {}
            _ => {
                let cell = excerpt(cell, 40);
                return Err(format!("line {}: `{cell}` is not a number of milliseconds", index + 1));
            }
        }
    }
    if millis.is_empty() {
        return Err("the file has no latencies; write one number of milliseconds per line".to_owned());
    }
    LatencyDistribution::from_samples(&millis).map_err(|error| error.to_string())
}
