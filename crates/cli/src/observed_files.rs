//! Reads exports of observed traffic.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use ajo_limits::SecretValues;
use ajo_limits::url_form::{normalize_url_pattern, normalized_host};
use ajo_simulator::{
    LatencyDistribution, ObservedCalls, ObservedEndpoint, ObservedExport, ObservedLatency, ObservedPeriod,
    ObservedQueue, ReplayTraffic,
};

use crate::command_error::CommandError;
use crate::input_file::read_named_bytes;

/// Maximum size of an export in bytes. Two million rows, the most that are read, take about 300 MB.
const MAX_EXPORT_BYTES: usize = 512 * 1024 * 1024;

/// Exports of observed traffic.
pub(crate) struct ObservedFiles {
    pub(crate) calls: Vec<ObservedEndpoint<ObservedCalls>>,
    /// The host of each endpoint in `calls`.
    hosts: Vec<String>,
    /// Empty without an export of latencies.
    latency: Vec<ObservedEndpoint<ObservedLatency>>,
    /// Empty without an export of queue times.
    queue: Vec<ObservedEndpoint<ObservedQueue>>,
}

impl ObservedFiles {
    /// Reads an export of calls, and at most one of latencies and one of queue times. The URLs of the endpoints get placeholders
    /// for secrets.
    pub(crate) fn read(files: &[PathBuf], secrets: &SecretValues) -> Result<Self, CommandError> {
        let (mut calls, mut latency, mut queue) = (None, None, None);
        for file in files {
            let (name, export) = read_export(file)?;
            let is_repeated = match export {
                ObservedExport::Calls(endpoints) => calls.replace(seal(endpoints, secrets)).is_some(),
                ObservedExport::Latency(endpoints) => latency.replace(seal(endpoints, secrets)).is_some(),
                ObservedExport::Queue(endpoints) => queue.replace(seal(endpoints, secrets)).is_some(),
            };
            if is_repeated {
                let problem = format!("{name} is the second export of the same query");
                return Err(CommandError::new(problem).into_usage_error());
            }
        }
        let calls = calls.ok_or_else(|| {
            CommandError::new("no export has the number of calls")
                .with_hint("pass an export with TOTAL_CALLS per minute; ones with latency and queue time can be added")
        })?;
        let host = |url: &str| normalized_host(&normalize_url_pattern(url)).to_owned();
        let hosts = calls.iter().map(|observed| host(&observed.endpoint)).collect();
        Ok(Self { calls, hosts, latency: latency.unwrap_or_default(), queue: queue.unwrap_or_default() })
    }

    /// The URLs of these endpoints, given by their positions in `calls`.
    pub(crate) fn urls(&self, endpoints: &[usize]) -> Vec<&str> {
        endpoints.iter().map(|index| self.calls[*index].endpoint.as_str()).collect()
    }

    /// The calls to these endpoints, and to the others of their hosts.
    pub(crate) fn traffic(&self, endpoints: &[usize], period: ObservedPeriod) -> ReplayTraffic<'_> {
        let members: HashSet<usize> = endpoints.iter().copied().collect();
        let hosts: HashSet<&str> = endpoints.iter().map(|index| self.hosts[*index].as_str()).collect();
        let is_other = |index: &usize| !members.contains(index) && hosts.contains(self.hosts[*index].as_str());
        let others = (0..self.calls.len()).filter(is_other);
        ReplayTraffic {
            endpoints: endpoints.iter().map(|index| &self.calls[*index]).collect(),
            other_endpoints: others.map(|index| &self.calls[index]).collect(),
            period,
        }
    }

    /// The latency of the slowest of these endpoints, if it was exported.
    pub(crate) fn latency(&self, urls: &[&str]) -> Option<LatencyDistribution> {
        let endpoints = matching(&self.latency, urls);
        let latencies = endpoints.filter_map(ObservedEndpoint::distribution);
        latencies.max_by(|one, other| one.mean().total_cmp(&other.mean()))
    }

    /// The longest p95 of the queue time of these endpoints, in milliseconds, if it was exported.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the maximum is a day")]
    pub(crate) fn p95_queue_ms(&self, urls: &[&str]) -> Option<u64> {
        let endpoints = matching(&self.queue, urls);
        let longest = endpoints.filter_map(ObservedEndpoint::p95_queue_ms).max_by(f64::total_cmp);
        longest.map(|millis| millis.round() as u64)
    }
}

fn read_export(file: &Path) -> Result<(String, ObservedExport), CommandError> {
    let (name, bytes) = read_named_bytes(file, MAX_EXPORT_BYTES)?;
    let export = ObservedExport::parse(&bytes).map_err(|error| CommandError::new(format!("{name}: {error}")))?;
    Ok((name, export))
}

fn seal<T>(mut endpoints: Vec<ObservedEndpoint<T>>, secrets: &SecretValues) -> Vec<ObservedEndpoint<T>> {
    for observed in &mut endpoints {
        observed.endpoint = secrets.seal_literals(&observed.endpoint);
    }
    endpoints
}

/// The endpoints with these URLs.
fn matching<'o, T>(
    endpoints: &'o [ObservedEndpoint<T>],
    urls: &[&str],
) -> impl Iterator<Item = &'o ObservedEndpoint<T>> {
    let urls: HashSet<String> = urls.iter().map(|url| normalize_url_pattern(url)).collect();
    endpoints.iter().filter(move |observed| urls.contains(&normalize_url_pattern(&observed.endpoint)))
}
