//! Computes the effect of the changes of a plan on observed traffic.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use ajo_limits::{
    AffectedTraffic, CallerLimits, EndpointEffect, LimitEffect, ObservedLimits, ObservedTraffic, Plan, Policy,
    TrafficEffect, ValueRange, affected_traffic,
};
use ajo_simulator::{
    ConfiguredLimits, ObservedCalls, ObservedEndpoint, ObservedPeriod, ReplayBound, ReplayTraffic, Scenario,
    SimulationMode, TrafficReplay,
};

use super::input::LimitsInput;
use crate::arguments::EffectArgs;
use crate::command_error::CommandError;
use crate::observed_files::ObservedFiles;
use crate::progress_bar::Activity;
use crate::run_simulation::RunSimulation;

/// The traffic of the exports that the arguments or the policy name.
pub(crate) struct EffectTraffic {
    files: Vec<PathBuf>,
    exports: ObservedFiles,
    period: ObservedPeriod,
    burst: u32,
}

/// A simulation: the indexes of the endpoints, and their limits.
type SimulationKey = (Vec<usize>, CallerLimits);

/// Simulates traffic, each combination of endpoints and limits once.
struct EffectSimulator<'t> {
    traffic: &'t EffectTraffic,
    run: RunSimulation<'t>,
    effects: HashMap<SimulationKey, LimitEffect>,
}

impl EffectTraffic {
    /// `None` if neither the arguments nor a policy names an export.
    pub(crate) fn read(args: &EffectArgs, input: &LimitsInput) -> Result<Option<Self>, CommandError> {
        let mut files = args.observed.clone();
        if files.is_empty() {
            let named: BTreeSet<_> = input.policies.iter().flat_map(Policy::observed).collect();
            files.extend(named.into_iter().map(PathBuf::from));
        }
        if files.is_empty() {
            return Ok(None);
        }
        let exports = ObservedFiles::read(&files, &input.secrets)?;
        let period =
            ObservedPeriod::select(&exports.calls, None, None).map_err(|error| CommandError::new(error.to_string()))?;
        Ok(Some(Self { files, exports, period, burst: args.burst }))
    }

    /// Adds the effects to the changes of a plan.
    pub(crate) fn add_effects(
        &self,
        plan: &mut Plan,
        observed: &ObservedLimits,
        run: RunSimulation<'_>,
    ) -> Result<(), CommandError> {
        let urls: Vec<_> = self.exports.calls.iter().map(|observed| observed.endpoint.as_str()).collect();
        let mut simulator = EffectSimulator { traffic: self, run, effects: HashMap::new() };
        let affected = affected_traffic(plan, observed, &urls);
        let bar = Activity::start_bar("{spinner} {bar:24} effect of change {pos} of {len}");
        let changes = plan.changes.len() as u64;
        for (position, (change, affected)) in (1..).zip(plan.changes.iter_mut().zip(affected)) {
            bar.set_position(position, changes);
            change.traffic_effect = affected.map(|affected| simulator.effect(affected)).transpose()?;
        }
        let rows = self.exports.calls.iter().flat_map(|endpoint| endpoint.minutes_in(self.period));
        plan.observed_traffic = Some(ObservedTraffic {
            files: self.files.iter().map(|file| file.display().to_string()).collect(),
            from: self.period.first.to_string(),
            to: self.period.last.to_string(),
            calls: rows.map(|(_, calls)| calls.total).sum(),
            burst: self.burst,
        });
        Ok(())
    }
}

impl EffectSimulator<'_> {
    fn effect(&mut self, AffectedTraffic { groups, caveats }: AffectedTraffic) -> Result<TrafficEffect, CommandError> {
        let mut endpoints = Vec::new();
        for group in groups {
            let mut effect = |limits: Option<CallerLimits>| {
                limits.map(|limits| self.limit_effect((group.endpoints.clone(), limits))).transpose()
            };
            let (before, after) = (effect(group.before)?, effect(group.after)?);
            let urls = self.traffic.exports.urls(&group.endpoints).into_iter().map(str::to_owned).collect();
            endpoints.push(EndpointEffect { urls, before, after });
        }
        Ok(TrafficEffect { endpoints, caveats })
    }

    fn limit_effect(&mut self, key: SimulationKey) -> Result<LimitEffect, CommandError> {
        if let Some(known) = self.effects.get(&key) {
            return Ok(*known);
        }
        let (endpoints, limits) = &key;
        let EffectTraffic { exports, period, burst, .. } = self.traffic;
        let traffic = exports.traffic(endpoints, *period);
        let sum = sum_endpoints(&traffic.endpoints);
        let traffic = ReplayTraffic { endpoints: vec![&sum], ..traffic };
        let mut base = Scenario::new(period.traffic(&[], 1), configured_limits(*limits));
        base.endpoint.latency = exports.latency(&exports.urls(endpoints)).unwrap_or(base.endpoint.latency);
        let [even, bursts] = [1, *burst].map(|burst| {
            let scenario = traffic.scenario(&base, burst);
            (self.run)(&scenario, SimulationMode::for_scenario(&scenario))
        });
        let TrafficReplay { lower, upper, .. } = TrafficReplay::new(&traffic, &even?, &bursts?);
        let range = |value: fn(&ReplayBound) -> u64| ValueRange::between(value(&lower), value(&upper));
        let effect = LimitEffect {
            rejected_per_minute: range(|bound| bound.rejected_per_minute),
            p95_wait_ms: range(|bound| whole_millis(bound.throttling_wait.p95)),
            dropped: range(|bound| bound.totals.dropped),
            timed_out: range(|bound| bound.totals.timed_out),
        };
        self.effects.insert(key, effect);
        Ok(effect)
    }
}

/// One endpoint with the calls of these, because a pattern for each takes much memory.
fn sum_endpoints(endpoints: &[&ObservedEndpoint<ObservedCalls>]) -> ObservedEndpoint<ObservedCalls> {
    let mut minutes: BTreeMap<_, ObservedCalls> = BTreeMap::new();
    for (minute, calls) in endpoints.iter().flat_map(|endpoint| &endpoint.minutes) {
        *minutes.entry(*minute).or_default() += *calls;
    }
    ObservedEndpoint { endpoint: String::new(), whole_period: None, minutes: minutes.into_iter().collect() }
}

fn configured_limits(limits: CallerLimits) -> ConfiguredLimits {
    // The service accepts no negative number.
    let number = |value: i64| u64::try_from(value).unwrap_or_default();
    let connections = limits.capping.and_then(|cap| cap.max_http_connections);
    ConfiguredLimits::for_actions(
        limits.capping.map(|cap| (number(cap.calls), number(cap.period_in_ms))),
        connections.map(|count| u32::try_from(number(count)).unwrap_or(u32::MAX)),
        limits.throttling.map(number),
    )
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a wait is at most 6 hours")]
fn whole_millis(millis: f64) -> u64 {
    millis.ceil() as u64
}
