//! Simulates the calls of an export.

use std::cell::RefCell;

use ajo_limits::url_form::{normalize_url_pattern, normalized_host};
use ajo_simulator::{
    Assumption, Minute, ObservedPeriod, Provenance, ReplayTraffic, Scenario, SimulationMode, SimulationReport,
    TrafficReplay,
};

use super::endpoint_limits::EndpointGroup;
use super::exports::Exports;
use crate::arguments::SimulateArgs;
use crate::command_error::CommandError;
use crate::commands::simulate::progress_bar::simulate_with_bar;
use crate::commands::simulate::scenario;

/// Simulates groups of endpoints in one period.
pub(super) struct Replayer<'r> {
    args: &'r SimulateArgs,
    exports: &'r Exports,
    /// The URLs of the endpoints in the order of the export.
    pub(super) urls: Vec<String>,
    hosts: Vec<String>,
    pub(super) period: ObservedPeriod,
    /// The period of the export.
    pub(super) export: ObservedPeriod,
    assumptions: RefCell<Vec<Assumption>>,
}

impl<'r> Replayer<'r> {
    pub(super) fn new(args: &'r SimulateArgs, exports: &'r Exports) -> Result<Self, CommandError> {
        let (from, to): (Option<Minute>, Option<Minute>) = (args.observed.from, args.observed.to);
        let failed = |error: ajo_simulator::ObservedPeriodError| CommandError::new(error.to_string());
        let period = ObservedPeriod::select(&exports.calls, from, to).map_err(failed)?;
        let urls: Vec<String> = exports.calls.iter().map(|endpoint| endpoint.endpoint.clone()).collect();
        let hosts = urls.iter().map(|url| normalized_host(&normalize_url_pattern(url)).to_owned()).collect();
        let export = ObservedPeriod::of_export(&exports.calls).unwrap_or(period);
        Ok(Self { args, exports, urls, hosts, period, export, assumptions: RefCell::new(replay_assumptions()) })
    }

    /// Whether an endpoint has calls in the period.
    pub(super) fn has_calls(&self, endpoint: usize) -> bool {
        self.exports.calls[endpoint].minutes_in(self.period).iter().any(|(_, calls)| calls.total > 0)
    }

    /// Simulates both bounds. The report is of the upper one.
    pub(super) fn replay(&self, group: &EndpointGroup) -> Result<(TrafficReplay, SimulationReport), CommandError> {
        let endpoint = |index: &usize| &self.exports.calls[*index];
        let hosts: Vec<&String> = group.endpoints.iter().map(|index| &self.hosts[*index]).collect();
        let is_other = |index: &usize| !group.endpoints.contains(index) && hosts.contains(&&self.hosts[*index]);
        let others: Vec<usize> = (0..self.urls.len()).filter(is_other).collect();
        let traffic = ReplayTraffic {
            endpoints: group.endpoints.iter().map(endpoint).collect(),
            other_endpoints: others.iter().map(endpoint).collect(),
            period: self.period,
        };
        let urls: Vec<String> = group.endpoints.iter().map(|index| self.urls[*index].clone()).collect();
        let mut simulated = scenario::read_endpoint(&self.args.endpoint)?;
        if let Some(latency) = self.exports.latency(&urls) {
            simulated.latency = latency;
        }
        let base = scenario::with_options(self.args, Vec::new(), group.configured_limits()?, simulated);
        let lower = self.simulate(&traffic.scenario(&base, 1))?;
        let upper = self.simulate(&traffic.scenario(&base, self.args.observed.burst))?;
        Ok((TrafficReplay::new(&traffic, &lower, &upper), upper))
    }

    fn simulate(&self, scenario: &Scenario) -> Result<SimulationReport, CommandError> {
        let mode = self.args.result.mode.unwrap_or_else(|| SimulationMode::for_scenario(scenario));
        let report = simulate_with_bar(scenario, mode)?;
        let mut assumptions = self.assumptions.borrow_mut();
        for assumption in &report.assumptions {
            if !assumptions.contains(assumption) {
                assumptions.push(*assumption);
            }
        }
        Ok(report)
    }

    /// The assumptions of all simulations.
    pub(super) fn assumptions(&self) -> Vec<Assumption> {
        self.assumptions.borrow().clone()
    }
}

/// The assumptions about exports.
fn replay_assumptions() -> Vec<Assumption> {
    use Provenance::{Chosen, Inferred};
    let statements = [
        (
            Chosen,
            "observed_bounds",
            "the calls of a minute are spread evenly, or come in one burst; bursts of neighboring minutes meet",
        ),
        (
            Inferred,
            "observed_calls",
            "TOTAL_CALLS counts each call of a journey once, in the minute in which it was made",
        ),
        (Chosen, "observed_methods", "a limit applies to all calls whose URL it matches: exports have no methods"),
    ];
    statements.map(|(provenance, id, statement)| Assumption { id, provenance, statement }).to_vec()
}
