//! Reads the exports of Adobe's queries.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ajo_limits::SecretValues;
use ajo_limits::url_form::normalize_url_pattern;
use ajo_simulator::{
    LatencyDistribution, ObservedCalls, ObservedEndpoint, ObservedExport, ObservedLatency, ObservedQueue,
};

use crate::command_error::CommandError;

/// Maximum size of an export in bytes. 2 million rows, the most that can be simulated, take about 200 MB.
const MAX_EXPORT_BYTES: u64 = 512 * 1024 * 1024;

/// The exports, at most one of each query.
pub(super) struct Exports {
    pub(super) calls: Vec<ObservedEndpoint<ObservedCalls>>,
    latency: Option<Vec<ObservedEndpoint<ObservedLatency>>>,
    queue: Option<Vec<ObservedEndpoint<ObservedQueue>>>,
}

impl Exports {
    pub(super) fn read(files: &[PathBuf]) -> Result<Self, CommandError> {
        let (mut calls, mut latency, mut queue) = (None, None, None);
        for file in files {
            let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
            let bytes =
                read_bytes(file).map_err(|error| CommandError::new(format!("failed to read {name}: {error}")))?;
            let export =
                ObservedExport::parse(&bytes).map_err(|error| CommandError::new(format!("{name}: {error}")))?;
            let is_second = match export {
                ObservedExport::Calls(endpoints) => calls.replace(endpoints).is_some(),
                ObservedExport::Latency(endpoints) => latency.replace(endpoints).is_some(),
                ObservedExport::Queue(endpoints) => queue.replace(endpoints).is_some(),
            };
            if is_second {
                let problem = format!("{name} is the second export of its query");
                return Err(CommandError::new(problem).with_hint("pass one file of each query").into_usage_error());
            }
        }
        let calls = calls.ok_or_else(|| {
            CommandError::new("no export has the number of calls")
                .with_hint("pass the export with the column TOTAL_CALLS, too; `ajo simulate --sql 7d` prints its query")
                .into_usage_error()
        })?;
        Ok(Self { calls, latency, queue })
    }

    /// Replaces the values of secrets in URLs with their placeholders.
    pub(super) fn seal(&mut self, secrets: &SecretValues) {
        let calls = self.calls.iter_mut().map(|it| &mut it.endpoint);
        let latency = self.latency.iter_mut().flatten().map(|it| &mut it.endpoint);
        let queue = self.queue.iter_mut().flatten().map(|it| &mut it.endpoint);
        for url in calls.chain(latency).chain(queue) {
            *url = secrets.seal_literals(url);
        }
    }

    /// The latency of the slowest of these endpoints, if it was exported.
    pub(super) fn latency(&self, urls: &[String]) -> Option<LatencyDistribution> {
        let endpoints = self.latency.iter().flatten().filter(|it| contains(urls, &it.endpoint));
        let latencies = endpoints.filter_map(ObservedEndpoint::distribution);
        latencies.max_by(|one, other| one.mean().total_cmp(&other.mean()))
    }

    /// The longest p95 queue time of these endpoints in milliseconds, if it was exported.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the maximum is a day")]
    pub(super) fn p95_queue_ms(&self, urls: &[String]) -> Option<u64> {
        let endpoints = self.queue.iter().flatten().filter(|it| contains(urls, &it.endpoint));
        endpoints.filter_map(ObservedEndpoint::p95_queue_ms).max_by(f64::total_cmp).map(|millis| millis.round() as u64)
    }
}

fn contains(urls: &[String], url: &str) -> bool {
    let url = normalize_url_pattern(url);
    urls.iter().any(|other| normalize_url_pattern(other) == url)
}

fn read_bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().take(MAX_EXPORT_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(MAX_EXPORT_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_EXPORT_BYTES {
        return Err(io::Error::other(format!("it is longer than {} MiB", MAX_EXPORT_BYTES / 1024 / 1024)));
    }
    Ok(bytes)
}
