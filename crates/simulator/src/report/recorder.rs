//! Collects the events of a simulation into a report. Both modes use it.

use crate::assumptions::list::assumptions;
use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::limits::effective_limits::effective_limits;
use crate::limits::limit::Limit;
use crate::report::adobe_metrics::AdobeMetrics;
use crate::report::call_counts::{CallCounts, CallOutcome};
use crate::report::percentiles::DurationHistogram;
use crate::report::simulation_report::{ConnectionUse, JourneyCounts, LimitUse, QueueUse, ReportRow, SimulationReport};
use crate::scenario::Scenario;
use crate::simulation_mode::SimulationMode;
use crate::time::{MILLISECOND, Micros, SECOND};

/// Collects events. Their times need not be in order.
pub(crate) struct Recorder {
    rows: Vec<CallCounts>,
    /// Changes of the number of waiting calls, per second.
    waiting: Vec<i64>,
    journeys: Vec<CallCounts>,
    /// Calls over each limit, and slots taken.
    limits: Vec<(Limit, u64, u64)>,
    throttling_wait: DurationHistogram,
    /// Without calls that did not wait.
    queue_times: DurationHistogram,
    connection_wait: DurationHistogram,
    latency: DurationHistogram,
    connections_exceeded: u64,
    connections_busy: u128,
    endpoint_busy: u128,
    first_drop: Option<Micros>,
    empty: Option<Micros>,
    last: Micros,
    lost: u64,
}

impl Recorder {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            rows: vec![CallCounts::default(); scenario.seconds()],
            waiting: vec![0; scenario.seconds()],
            journeys: vec![CallCounts::default(); scenario.journeys.len()],
            limits: effective_limits(scenario).into_iter().map(|limit| (limit, 0, 0)).collect(),
            throttling_wait: DurationHistogram::new(),
            queue_times: DurationHistogram::new(),
            connection_wait: DurationHistogram::new(),
            latency: DurationHistogram::new(),
            connections_exceeded: 0,
            connections_busy: 0,
            endpoint_busy: 0,
            first_drop: None,
            empty: None,
            last: 0,
            lost: 0,
        }
    }

    /// The calls that were rejected, dropped, or timed out.
    pub(crate) const fn lost(&self) -> u64 {
        self.lost
    }

    fn row(&mut self, at: Micros) -> &mut CallCounts {
        let second = usize::try_from(at / SECOND).expect("a simulation ends");
        if second >= self.rows.len() {
            self.rows.resize(second + 1, CallCounts::default());
        }
        &mut self.rows[second]
    }

    pub(crate) fn offered(&mut self, at: Micros, journey: usize, calls: u64) {
        self.row(at).offered += calls;
        self.journeys[journey].offered += calls;
    }

    /// Requests that take one slot of the limit with this index.
    pub(crate) fn slots_taken(&mut self, limit: usize, requests: u64) {
        self.limits[limit].2 += requests;
    }

    /// Calls rejected or queued by the limit with this index.
    pub(crate) fn exceeded(&mut self, limit: usize, calls: u64) {
        self.limits[limit].1 += calls;
    }

    /// Calls that start to wait in the throttling queue.
    pub(crate) fn enter_queue(&mut self, at: Micros, journey: usize, calls: u64) {
        self.row(at).throttled += calls;
        self.journeys[journey].throttled += calls;
        self.change_waiting(at, i64::try_from(calls).unwrap_or(i64::MAX));
    }

    /// Calls that leave the throttling queue, for the endpoint or because they were dropped.
    pub(crate) fn leave_queue(&mut self, at: Micros, calls: u64) {
        self.change_waiting(at, -i64::try_from(calls).unwrap_or(i64::MAX));
        self.empty = self.empty.max(Some(at));
    }

    fn change_waiting(&mut self, at: Micros, change: i64) {
        let second = usize::try_from(at / SECOND).expect("a simulation ends");
        if second >= self.waiting.len() {
            self.waiting.resize(second + 1, 0);
        }
        self.waiting[second] += change;
    }

    /// The time in the throttling queue of calls that a slot lets through; 0 if they did not wait.
    pub(crate) fn throttling_wait(&mut self, wait: Micros, calls: u64) {
        self.throttling_wait.record(wait, calls);
        if wait > 0 {
            self.queue_times.record(wait, calls);
        }
    }

    /// Requests sent over a connection at this time, after a wait for the connection.
    pub(crate) fn sent(&mut self, at: Micros, journey: usize, is_retry: bool, connection_wait: Micros, requests: u64) {
        let retried = if is_retry { requests } else { 0 };
        let row = self.row(at);
        row.sent += requests;
        row.retried += retried;
        self.journeys[journey].sent += requests;
        self.journeys[journey].retried += retried;
        self.connection_wait.record(connection_wait, requests);
    }

    /// Requests that waited for a connection or were rejected for lack of one.
    pub(crate) const fn connections_exceeded(&mut self, requests: u64) {
        self.connections_exceeded += requests;
    }

    /// Time that connections and the endpoint were busy with a request.
    pub(crate) fn busy(&mut self, connection: Micros, endpoint: Micros, requests: u64) {
        self.connections_busy += u128::from(connection) * u128::from(requests);
        self.endpoint_busy += u128::from(endpoint) * u128::from(requests);
    }

    /// Time from sending to a successful response.
    pub(crate) fn latency(&mut self, latency: Micros, requests: u64) {
        self.latency.record(latency, requests);
    }

    /// Calls that ended.
    pub(crate) fn ended(&mut self, at: Micros, journey: usize, outcome: CallOutcome, calls: u64) {
        *self.row(at).outcome_mut(outcome) += calls;
        *self.journeys[journey].outcome_mut(outcome) += calls;
        self.last = self.last.max(at);
        if matches!(outcome, CallOutcome::Rejected | CallOutcome::Dropped | CallOutcome::TimedOut) {
            self.lost += calls;
        }
        if outcome == CallOutcome::Dropped && self.first_drop.is_none_or(|first| at < first) {
            self.first_drop = Some(at);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "shares need no more")]
    pub(crate) fn into_report(mut self, scenario: &Scenario, mode: SimulationMode) -> SimulationReport {
        let seconds = self.rows.len().max(self.waiting.len());
        self.rows.resize(seconds, CallCounts::default());
        self.waiting.resize(seconds, 0);
        let mut totals = CallCounts::default();
        let mut waiting = 0;
        let mut rows = Vec::with_capacity(seconds);
        for (second, (counts, change)) in self.rows.iter().zip(&self.waiting).enumerate() {
            totals += *counts;
            waiting += change;
            rows.push(ReportRow { second, waiting: u64::try_from(waiting).unwrap_or(0), counts: *counts });
        }
        let traffic_end = scenario.seconds() as u64 * SECOND;
        let end = self.last.max(traffic_end).max(1) as f64;
        let share = |busy: u128, capacity: f64| (busy as f64 / (capacity * end)).min(1.0);
        let limits = self.limits.iter().map(|(limit, exceeded, taken)| LimitUse {
            limit: limit.clone(),
            exceeded: *exceeded,
            utilization: slots_share(limit, *taken, end),
        });
        let connections = scenario.limits.connections(scenario.connections).map(|connections| ConnectionUse {
            connections,
            exceeded: self.connections_exceeded,
            utilization: share(self.connections_busy, f64::from(connections.count)),
        });
        let endpoint_utilization = match scenario.endpoint.capacity {
            EndpointCapacity::Unlimited => None,
            EndpointCapacity::RequestsPerSecond(_) => Some(share(self.endpoint_busy, 1.0)),
            EndpointCapacity::Servers(servers) => Some(share(self.endpoint_busy, f64::from(servers))),
        };
        let limits: Vec<LimitUse> = limits.collect();
        let latency = self.latency.percentiles();
        let queue_times = self.queue_times.percentiles();
        let seconds_with_calls = rows.iter().filter(|row| row.counts.sent > row.counts.retried).count() as u64;
        let journeys = scenario.journeys.iter().zip(&self.journeys);
        let journeys = journeys.map(|(journey, counts)| JourneyCounts { name: journey.name.clone(), counts: *counts });
        SimulationReport {
            version: 1,
            mode,
            service: scenario.limits.service(),
            window: scenario.window,
            arrivals: mode.arrivals(scenario.arrivals),
            endpoint: scenario.endpoint.clone(),
            timeout_seconds: scenario.timeout() / SECOND,
            retry_delay_ms: scenario.retry_delay() / MILLISECOND,
            seed: scenario.seed,
            assumptions: assumptions(scenario, mode, &limits, &totals),
            limits,
            connections,
            endpoint_utilization,
            totals,
            journeys: if scenario.journeys.len() > 1 && mode == SimulationMode::Exact {
                journeys.collect()
            } else {
                Vec::new()
            },
            throttling_wait: self.throttling_wait.percentiles(),
            connection_wait: self.connection_wait.percentiles(),
            adobe: AdobeMetrics::new(&scenario.endpoint, &totals, seconds_with_calls, &latency, &queue_times),
            latency,
            queue: QueueUse {
                longest: rows.iter().map(|row| row.waiting).max().unwrap_or(0),
                first_drop_ms: self.first_drop.map(|at| at / MILLISECOND),
                empty_ms: self.empty.map(|at| at / MILLISECOND),
            },
            peak_per_second: rows.iter().map(|row| row.counts.sent).max().unwrap_or(0),
            interval_seconds: 1,
            rows,
        }
    }
}

/// The used share of a limit's slots until `end`, or in one period if that is longer.
#[expect(clippy::cast_precision_loss, reason = "shares need no more")]
fn slots_share(limit: &Limit, taken: u64, end: f64) -> f64 {
    let period = limit.period_ms as f64 * MILLISECOND as f64;
    (taken as f64 * period / (limit.calls as f64 * end.max(period))).min(1.0)
}
