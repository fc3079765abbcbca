//! Runs the simulations of a sizing.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, RangeInclusive};

use crate::progress::SimulationError;
use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::simulate::simulate_with_progress;
use crate::simulation_mode::SimulationMode;
use crate::sizing::search::find_largest;
use crate::sizing::sizing_progress::SizingProgress;
use crate::sizing::sizing_report::{LimitOption, SizingOutcome, StepOutcomes};
use crate::sizing::sizing_request::{SizingError, SizingRequest};
use crate::traffic::arrivals::Arrivals;

/// Larger traffic is simulated in cohort mode: exact mode would take more than a second.
const MAX_EXACT_CALLS: u64 = 5_000_000;

/// Runs simulations and counts them.
pub(super) struct Runner<'r> {
    pub(super) request: &'r SizingRequest,
    pub(super) simulations: u64,
    progress: &'r mut dyn FnMut(SizingProgress) -> ControlFlow<()>,
}

/// The largest value that loses nothing, and the outcomes of the values that were simulated to the end.
pub(super) struct TippingPoint {
    pub(super) value: u64,
    pub(super) outcomes: BTreeMap<u64, SizingOutcome>,
}

impl<'r> Runner<'r> {
    pub(super) fn new(
        request: &'r SizingRequest,
        progress: &'r mut dyn FnMut(SizingProgress) -> ControlFlow<()>,
    ) -> Self {
        Self { request, simulations: 0, progress }
    }

    /// The calls that exceed the timeout although nothing waits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "counts are below 2^52"
    )]
    pub(super) fn unavoidable_timeouts(&self, calls: u64) -> u64 {
        let expected = self.request.slow_share() * calls as f64;
        if expected < 0.01 { 0 } else { expected.ceil() as u64 }
    }

    /// The timeouts that do not count as lost.
    fn allowed_timeouts(&self, calls: u64) -> u64 {
        match self.unavoidable_timeouts(calls) {
            0 => 0,
            unavoidable => 2 * unavoidable + 5,
        }
    }

    /// Simulates a load that measures a value. It meets the goals if no call is lost.
    pub(super) fn run_load(&mut self, value: u64, scenario: &Scenario) -> Result<SizingOutcome, SizingError> {
        let report = self.run(scenario)?;
        Ok(self.outcome(value, &report))
    }

    /// Like [`Self::run_load`], but stops as soon as too many calls are lost. `None`: the load does not meet the goals.
    pub(super) fn test_load(&mut self, value: u64, scenario: &Scenario) -> Result<Option<SizingOutcome>, SizingError> {
        let report = self.run_until_lost(scenario, self.allowed_timeouts(scenario.offered_calls()))?;
        let outcome = report.map(|report| self.outcome(value, &report));
        Ok(outcome.filter(|outcome| outcome.meets_goals))
    }

    fn outcome(&self, value: u64, report: &SimulationReport) -> SizingOutcome {
        let totals = report.totals;
        let mut outcome = SizingOutcome {
            value,
            mode: report.mode,
            offered: totals.offered,
            succeeded: totals.succeeded,
            failed: totals.failed,
            rejected: totals.rejected,
            dropped: totals.dropped,
            timed_out: totals.timed_out,
            seconds: (report.rows.len() * report.interval_seconds) as u64,
            max_throttling_wait_ms: report.throttling_wait.max,
            max_connection_wait_ms: report.connection_wait.max,
            meets_goals: false,
        };
        let timed_out = totals.timed_out.saturating_sub(self.allowed_timeouts(totals.offered));
        outcome.meets_goals = totals.rejected + totals.dropped + timed_out == 0;
        outcome
    }

    /// Simulates the traffic itself. It meets the goals if no call is lost and all end in time.
    pub(super) fn run_traffic(&mut self, value: u64, scenario: &Scenario) -> Result<SizingOutcome, SizingError> {
        let report = self.run(scenario)?;
        Ok(self.traffic_outcome(value, &report))
    }

    /// Simulates the traffic, and once more with random arrivals. Adds the results to the option.
    pub(super) fn confirm_traffic(
        &mut self,
        value: u64,
        scenario: &Scenario,
        option: &mut LimitOption,
    ) -> Result<SizingOutcome, SizingError> {
        let report = self.run(scenario)?;
        let outcome = self.traffic_outcome(value, &report);
        option.outcome = Some(outcome);
        if report.mode == SimulationMode::Exact && scenario.arrivals == Arrivals::Even {
            let random = Scenario { arrivals: Arrivals::Poisson, ..scenario.clone() };
            option.random_outcome = Some(self.run_traffic(value, &random)?);
        }
        option.assumptions = report.assumptions;
        Ok(outcome)
    }

    fn traffic_outcome(&self, value: u64, report: &SimulationReport) -> SizingOutcome {
        let mut outcome = self.outcome(value, report);
        outcome.meets_goals &= self.request.goals.within_seconds.is_none_or(|within| outcome.seconds <= within);
        outcome
    }

    /// The largest value that loses no call. `None` if even the smallest value loses calls.
    pub(super) fn find_tipping_point(
        &mut self,
        range: &RangeInclusive<u64>,
        guess: u64,
        scenario: impl Fn(u64) -> Scenario,
    ) -> Result<Option<TippingPoint>, SizingError> {
        search(range, guess, |value| self.run_load(value, &scenario(value)).map(Some))
    }

    /// Like [`Self::find_tipping_point`], but stops simulations that lose calls, so their outcomes are not known.
    pub(super) fn find_tipping_point_fast(
        &mut self,
        range: &RangeInclusive<u64>,
        guess: u64,
        scenario: impl Fn(u64) -> Scenario,
    ) -> Result<Option<TippingPoint>, SizingError> {
        search(range, guess, |value| self.test_load(value, &scenario(value)))
    }

    /// The outcomes at a value, and one step below and above it.
    pub(super) fn run_steps(
        &mut self,
        (value, step, min): (u64, u64, u64),
        mut run: impl FnMut(&mut Self, u64) -> Result<Option<SizingOutcome>, SizingError>,
    ) -> Result<StepOutcomes, SizingError> {
        let below = if value >= min + step { run(self, value - step)? } else { None };
        let (at, above) = (run(self, value)?, run(self, value + step)?);
        Ok(StepOutcomes { below, at, above, above_tipping_point: None })
    }

    fn run(&mut self, scenario: &Scenario) -> Result<SimulationReport, SizingError> {
        Ok(self.run_until_lost(scenario, u64::MAX)?.expect("no limit of lost calls"))
    }

    /// `None` if more calls are lost than allowed.
    fn run_until_lost(&mut self, scenario: &Scenario, allowed: u64) -> Result<Option<SimulationReport>, SizingError> {
        self.simulations += 1;
        let (simulations, progress) = (self.simulations, &mut *self.progress);
        let mut is_lost = false;
        let result = simulate_with_progress(scenario, mode(scenario), &mut |it| {
            is_lost = it.lost > allowed;
            let canceled = progress(SizingProgress { simulations, second: it.second, seconds: it.seconds });
            if is_lost { ControlFlow::Break(()) } else { canceled }
        });
        match result {
            Err(SimulationError::Canceled) if is_lost => Ok(None),
            result => Ok(Some(result?)),
        }
    }
}

fn search(
    range: &RangeInclusive<u64>,
    guess: u64,
    mut run: impl FnMut(u64) -> Result<Option<SizingOutcome>, SizingError>,
) -> Result<Option<TippingPoint>, SizingError> {
    let mut outcomes = BTreeMap::new();
    let found = find_largest(range, guess, |value| {
        let outcome = run(value)?;
        outcomes.extend(outcome.map(|outcome| (value, outcome)));
        Ok::<_, SizingError>(outcome.is_some_and(|outcome| outcome.meets_goals))
    })?;
    Ok(found.map(|value| TippingPoint { value, outcomes }))
}

fn mode(scenario: &Scenario) -> SimulationMode {
    if scenario.offered_calls() <= MAX_EXACT_CALLS { SimulationMode::Exact } else { SimulationMode::Cohort }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::simulated_endpoint::{EndpointCapacity, SimulatedEndpoint};
    use crate::sizing::load;
    use crate::sizing::sizing_report::RecommendedLimits;
    use crate::sizing::sizing_request::SizedTraffic;

    /// At twice the capacity, calls are lost after a minute of the hour.
    #[test]
    fn test_of_lossy_load_stops_early() {
        let capacity = EndpointCapacity::RequestsPerSecond(100);
        let endpoint = SimulatedEndpoint { capacity, ..SimulatedEndpoint::default() };
        let request = SizingRequest::new(endpoint, SizedTraffic::Audience { profiles: 1000, reading_rate: None });
        let limits =
            RecommendedLimits { max_calls_count: Some(200), period_in_ms: Some(1000), ..RecommendedLimits::default() };
        let scenario = load::requests(&request, 3600, limits);
        let mut last = 0;
        let mut progress = |it: SizingProgress| {
            last = it.second;
            ControlFlow::Continue(())
        };
        let mut runner = Runner::new(&request, &mut progress);
        assert_eq!(runner.test_load(200, &scenario), Ok(None));
        assert!((60..600).contains(&last), "{last}");
    }
}
