//! Runs the simulations of a sizing.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, RangeInclusive};

use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::simulate::simulate_with_progress;
use crate::simulation_mode::SimulationMode;
use crate::sizing::search::find_largest;
use crate::sizing::sizing_progress::SizingProgress;
use crate::sizing::sizing_report::{LimitOption, SizingOutcome, StepOutcomes};
use crate::sizing::sizing_request::{SizingError, SizingRequest};
use crate::traffic::arrivals::Arrivals;

/// Larger traffic is confirmed in cohort mode: exact mode would take more than a second.
const MAX_CONFIRMED_CALLS: u64 = 5_000_000;

/// Runs simulations and counts them.
pub(super) struct Runner<'r> {
    pub(super) request: &'r SizingRequest,
    pub(super) simulations: u64,
    progress: &'r mut dyn FnMut(SizingProgress) -> ControlFlow<()>,
}

/// The largest value that loses nothing, and the outcomes of the values that were confirmed.
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

    /// Simulates a load that measures a value. It meets the goals if no call is lost.
    pub(super) fn run_load(&mut self, value: u64, scenario: &Scenario) -> Result<SizingOutcome, SizingError> {
        let report = self.run(scenario, SimulationMode::for_scenario(scenario))?;
        Ok(self.outcome(value, &report))
    }

    /// Like [`Self::run_load`], in exact mode.
    pub(super) fn confirm_load(&mut self, value: u64, scenario: &Scenario) -> Result<SizingOutcome, SizingError> {
        let report = self.run(scenario, confirming_mode(scenario))?;
        Ok(self.outcome(value, &report))
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
        let unavoidable = self.unavoidable_timeouts(totals.offered);
        let allowed = if unavoidable == 0 { 0 } else { 2 * unavoidable + 5 };
        let timed_out = totals.timed_out.saturating_sub(allowed);
        outcome.meets_goals = totals.rejected + totals.dropped + timed_out == 0;
        outcome
    }

    /// Simulates the traffic itself. It meets the goals if no call is lost and all end in time.
    pub(super) fn run_traffic(&mut self, value: u64, scenario: &Scenario) -> Result<SizingOutcome, SizingError> {
        let report = self.run(scenario, SimulationMode::for_scenario(scenario))?;
        Ok(self.traffic_outcome(value, &report))
    }

    /// Simulates the traffic in exact mode, and once more with random arrivals. Adds the results to the option.
    pub(super) fn confirm_traffic(
        &mut self,
        value: u64,
        scenario: &Scenario,
        option: &mut LimitOption,
    ) -> Result<SizingOutcome, SizingError> {
        let mode = confirming_mode(scenario);
        let report = self.run(scenario, mode)?;
        let outcome = self.traffic_outcome(value, &report);
        option.outcome = Some(outcome);
        option.assumptions = report.assumptions;
        if mode == SimulationMode::Exact && scenario.arrivals == Arrivals::Even {
            let random = Scenario { arrivals: Arrivals::Poisson, ..scenario.clone() };
            let report = self.run(&random, mode)?;
            option.random_outcome = Some(self.traffic_outcome(value, &report));
        }
        Ok(outcome)
    }

    fn traffic_outcome(&self, value: u64, report: &SimulationReport) -> SizingOutcome {
        let mut outcome = self.outcome(value, report);
        outcome.meets_goals &= self.request.goals.within_seconds.is_none_or(|within| outcome.seconds <= within);
        outcome
    }

    /// The largest value that loses no call, and the outcomes of all that were tested.
    pub(super) fn bisect(
        &mut self,
        range: &RangeInclusive<u64>,
        guess: u64,
        scenario: impl Fn(u64) -> Scenario,
    ) -> Result<(Option<u64>, BTreeMap<u64, SizingOutcome>), SizingError> {
        let mut outcomes = BTreeMap::new();
        let found = find_largest(range, guess, |value| {
            let outcome = self.run_load(value, &scenario(value))?;
            outcomes.insert(value, outcome);
            Ok::<_, SizingError>(outcome.meets_goals)
        })?;
        Ok((found, outcomes))
    }

    /// Bisects, and confirms the result in exact mode. `None` if even the smallest value loses calls.
    pub(super) fn find_tipping_point(
        &mut self,
        range: &RangeInclusive<u64>,
        guess: u64,
        scenario: impl Fn(u64) -> Scenario,
    ) -> Result<Option<TippingPoint>, SizingError> {
        let (bisected, mut outcomes) = self.bisect(range, guess, &scenario)?;
        let confirmed = find_largest(range, bisected.unwrap_or(*range.start()), |value| {
            let scenario = scenario(value);
            let mode = confirming_mode(&scenario);
            let outcome = match outcomes.get(&value) {
                Some(outcome) if outcome.mode == mode => *outcome,
                _ => self.confirm_load(value, &scenario)?,
            };
            outcomes.insert(value, outcome);
            Ok::<_, SizingError>(outcome.meets_goals)
        })?;
        Ok(confirmed.map(|value| TippingPoint { value, outcomes }))
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

    fn run(&mut self, scenario: &Scenario, mode: SimulationMode) -> Result<SimulationReport, SizingError> {
        self.simulations += 1;
        let (simulations, progress) = (self.simulations, &mut *self.progress);
        let report = simulate_with_progress(scenario, mode, &mut |it| {
            progress(SizingProgress { simulations, second: it.second, seconds: it.seconds })
        })?;
        Ok(report)
    }
}

/// The mode that confirms a result.
fn confirming_mode(scenario: &Scenario) -> SimulationMode {
    if scenario.offered_calls() <= MAX_CONFIRMED_CALLS { SimulationMode::Exact } else { SimulationMode::Cohort }
}
