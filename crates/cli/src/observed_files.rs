//! Reads exports of observed traffic.

use std::path::{Path, PathBuf};

use ajo_simulator::{ObservedCalls, ObservedEndpoint, ObservedExport, ObservedLatency};

use crate::command_error::CommandError;
use crate::input_file::read_named_text;

/// Maximum size of an export in bytes. A million rows take about 150 MB.
const MAX_EXPORT_BYTES: usize = 512 * 1024 * 1024;

/// Exports of observed traffic.
pub(crate) struct ObservedFiles {
    pub(crate) calls: Vec<ObservedEndpoint<ObservedCalls>>,
    /// Empty without an export of latencies.
    pub(crate) latency: Vec<ObservedEndpoint<ObservedLatency>>,
}

impl ObservedFiles {
    /// Reads an export of calls, and at most one of latencies.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, CommandError> {
        let (mut calls, mut latency) = (None, None);
        for file in files {
            let (name, export) = read_export(file)?;
            let is_repeated = match export {
                ObservedExport::Calls(endpoints) => calls.replace(endpoints).is_some(),
                ObservedExport::Latency(endpoints) => latency.replace(endpoints).is_some(),
                ObservedExport::Queue(_) => {
                    return Err(needs_calls(format!("{name} has the queue times of throttled calls only")));
                }
            };
            if is_repeated {
                let problem = format!("{name} is the second export of the same kind");
                return Err(CommandError::new(problem).into_usage_error());
            }
        }
        let calls = calls.ok_or_else(|| needs_calls("no export has the calls".to_owned()))?;
        Ok(Self { calls, latency: latency.unwrap_or_default() })
    }
}

fn read_export(file: &Path) -> Result<(String, ObservedExport), CommandError> {
    let (name, text) = read_named_text(file, MAX_EXPORT_BYTES)?;
    let export = ObservedExport::parse(text.as_bytes());
    export.map(|export| (name.clone(), export)).map_err(|error| CommandError::new(format!("{name}: {error}")))
}

fn needs_calls(problem: String) -> CommandError {
    CommandError::new(problem).with_hint("pass an export with TOTAL_CALLS per minute; one with latencies can be added")
}
