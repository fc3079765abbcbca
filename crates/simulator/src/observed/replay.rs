//! Observed traffic, replayed under limits.

use serde::Serialize;

use crate::limits::connections::Connections;
use crate::limits::limit::Limit;
use crate::observed::endpoint::ObservedEndpoint;
use crate::observed::minute::Minute;
use crate::observed::period::ObservedPeriod;
use crate::observed::values::ObservedCalls;
use crate::report::adobe_metrics::AdobeMetrics;
use crate::report::call_counts::CallCounts;
use crate::report::percentiles::Percentiles;
use crate::report::simulation_report::{QueueUse, SimulationReport};
use crate::scenario::Scenario;
use crate::simulation_mode::SimulationMode;
use crate::traffic::arrivals::Journey;

#[cfg(test)]
mod tests;

/// The calls to endpoints that share their limits.
///
/// ```
/// use ajo_simulator::{
///     ConfiguredLimits, ObservedExport, ObservedPeriod, ReplayTraffic, Scenario, SimulationMode, TrafficReplay, simulate,
/// };
///
/// let csv = "ENDPOINT,SPAN,TOTAL_CALLS,SUCCESSFUL_CALLS,4xx_ERRORS,5xx_ERRORS,TIMEOUTS,CAPPED_CALLS\n\
///     https://a.example/,2026/11/29 08:15,250000,240000,0,0,0,10000\n\
///     https://a.example/,2026/11/29 08:16,250000,250000,0,0,0,0\n";
/// let ObservedExport::Calls(endpoints) = ObservedExport::parse(csv.as_bytes())? else { panic!() };
/// let period = ObservedPeriod::select(&endpoints, None, None)?;
/// let traffic = ReplayTraffic { endpoints: vec![&endpoints[0]], other_endpoints: vec![], period };
/// let base = Scenario::new("0x1".parse()?, ConfiguredLimits::default());
/// let simulate = |burst| simulate(&traffic.scenario(&base, burst), SimulationMode::Exact);
/// let replay = TrafficReplay::new(&traffic, &simulate(1)?, &simulate(2)?);
/// // The default cap of 300,000 calls in any minute rejects calls only if they come in bursts.
/// assert_eq!((replay.lower.totals.rejected, replay.upper.totals.rejected), (0, 200_000));
/// assert_eq!(replay.observed.capped, 10_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ReplayTraffic<'e> {
    /// Their calls are one journey.
    pub endpoints: Vec<&'e ObservedEndpoint<ObservedCalls>>,
    /// The other endpoints of the host. Their calls use the default cap.
    pub other_endpoints: Vec<&'e ObservedEndpoint<ObservedCalls>>,
    pub period: ObservedPeriod,
}

impl ReplayTraffic<'_> {
    /// A scenario with these calls, and the rest of `base`. See [`ObservedPeriod::traffic`] for `burst`.
    pub fn scenario(&self, base: &Scenario, burst: u32) -> Scenario {
        let others = Some(&self.other_endpoints).filter(|others| !others.is_empty());
        Scenario {
            journeys: vec![Journey {
                name: "observed".to_owned(),
                pattern: self.period.traffic(&self.endpoints, burst),
            }],
            other_calls: others.map(|others| self.period.traffic(others, burst)).or_else(|| base.other_calls.clone()),
            ..base.clone()
        }
    }

    /// The sums of each minute in the period that has rows.
    fn observed_minutes(&self) -> Vec<(Minute, ObservedCalls)> {
        let mut sums = std::collections::BTreeMap::new();
        for (minute, calls) in self.endpoints.iter().flat_map(|endpoint| endpoint.minutes_in(self.period)) {
            *sums.entry(*minute).or_insert_with(ObservedCalls::default) += *calls;
        }
        sums.into_iter().collect()
    }
}

/// What observed traffic meets under limits. Its calls per minute are known, and not their times, so there are two bounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficReplay {
    pub endpoints: Vec<String>,
    pub mode: SimulationMode,
    /// The limits that applied, in order.
    pub limits: Vec<Limit>,
    /// `None`: no limit.
    pub connections: Option<Connections>,
    /// The sums of the export.
    pub observed: ObservedCalls,
    /// The result if the calls of each minute are spread evenly.
    pub lower: ReplayBound,
    /// The result if the calls of each minute come in bursts.
    pub upper: ReplayBound,
    /// The minutes with calls, also those after the period in which calls end.
    pub minutes: Vec<ReplayMinute>,
}

/// The result for one arrival of the calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayBound {
    pub totals: CallCounts,
    pub adobe: AdobeMetrics,
    /// Rejected calls in the minute with the most.
    pub rejected_per_minute: u64,
    pub throttling_wait: Percentiles,
    pub queue: QueueUse,
}

/// The counts of one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReplayMinute {
    pub minute: Minute,
    pub observed: ObservedCalls,
    pub lower: MinuteCounts,
    pub upper: MinuteCounts,
}

/// The predicted counts of one minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MinuteCounts {
    pub rejected: u64,
    pub dropped: u64,
    pub timed_out: u64,
    /// Calls in the throttling queue at the end of the minute.
    pub waiting: u64,
}

impl TrafficReplay {
    /// The reports are of the scenarios of `traffic`, the lower bound first.
    pub fn new(traffic: &ReplayTraffic<'_>, lower: &SimulationReport, upper: &SimulationReport) -> Self {
        let mut minutes: std::collections::BTreeMap<Minute, ReplayMinute> = std::collections::BTreeMap::new();
        let empty = |minute| ReplayMinute {
            minute,
            observed: ObservedCalls::default(),
            lower: MinuteCounts::default(),
            upper: MinuteCounts::default(),
        };
        let mut observed = ObservedCalls::default();
        for (minute, calls) in traffic.observed_minutes() {
            observed += calls;
            minutes.entry(minute).or_insert_with(|| empty(minute)).observed = calls;
        }
        for (report, is_lower) in [(lower, true), (upper, false)] {
            for (minute, counts) in minute_counts(report, traffic.period.first) {
                let row = minutes.entry(minute).or_insert_with(|| empty(minute));
                *(if is_lower { &mut row.lower } else { &mut row.upper }) = counts;
            }
        }
        let minutes: Vec<ReplayMinute> = minutes.into_values().collect();
        let most = |rejected: fn(&ReplayMinute) -> u64| minutes.iter().map(rejected).max().unwrap_or(0);
        Self {
            endpoints: traffic.endpoints.iter().map(|endpoint| endpoint.endpoint.clone()).collect(),
            mode: upper.mode,
            limits: upper.limits.iter().map(|used| used.limit.clone()).collect(),
            connections: upper.connections.map(|used| used.connections),
            observed,
            lower: ReplayBound::new(lower, most(|minute| minute.lower.rejected)),
            upper: ReplayBound::new(upper, most(|minute| minute.upper.rejected)),
            minutes,
        }
    }
}

impl ReplayBound {
    fn new(report: &SimulationReport, rejected_per_minute: u64) -> Self {
        let SimulationReport { totals, adobe, throttling_wait, queue, .. } = *report;
        Self { totals, adobe, rejected_per_minute, throttling_wait, queue }
    }
}

/// The minutes of a report in which a count is not zero.
fn minute_counts(report: &SimulationReport, first: Minute) -> Vec<(Minute, MinuteCounts)> {
    let mut minutes: Vec<(Minute, MinuteCounts)> = Vec::new();
    for row in &report.rows {
        let minute = first.plus(u32::try_from(row.second / 60).unwrap_or(u32::MAX));
        if minutes.last().is_none_or(|(last, _)| *last != minute) {
            minutes.push((minute, MinuteCounts::default()));
        }
        if let Some((_, counts)) = minutes.last_mut() {
            counts.rejected += row.counts.rejected;
            counts.dropped += row.counts.dropped;
            counts.timed_out += row.counts.timed_out;
            counts.waiting = row.waiting;
        }
    }
    minutes.retain(|(_, counts)| *counts != MinuteCounts::default());
    minutes
}
