//! Simulates the calls of an export.

use std::cell::RefCell;

use ajo_limits::url_form::normalize_url_pattern;
use ajo_simulator::{
    Assumption, MAX_CALLS_PER_SECOND, ObservedPeriod, Provenance, Scenario, SimulationMode, SimulationReport,
    TrafficReplay,
};

use super::endpoint_limits::{EndpointGroup, EndpointLimits};
use crate::arguments::SimulateArgs;
use crate::command_error::CommandError;
use crate::commands::simulate::scenario;
use crate::observed_files::ObservedFiles;
use crate::run_simulation::RunSimulation;

/// Maximum number of endpoints that an error lists.
const MAX_LISTED: usize = 20;

/// Simulates groups of endpoints in one period.
pub(super) struct Replayer<'r> {
    args: &'r SimulateArgs,
    files: &'r ObservedFiles,
    selected: Option<usize>,
    run: RunSimulation<'r>,
    /// The URLs of the endpoints in the order of the export.
    pub(super) urls: Vec<String>,
    pub(super) period: ObservedPeriod,
    /// The period of the export.
    pub(super) export: ObservedPeriod,
    assumptions: RefCell<Vec<Assumption>>,
}

impl<'r> Replayer<'r> {
    /// The period has calls to the selected endpoint.
    pub(super) fn new(
        args: &'r SimulateArgs,
        files: &'r ObservedFiles,
        selected: Option<&str>,
        run: RunSimulation<'r>,
    ) -> Result<Self, CommandError> {
        let urls: Vec<String> = files.calls.iter().map(|endpoint| endpoint.endpoint.clone()).collect();
        let selected = selected.map(|url| find_endpoint(&urls, url)).transpose()?;
        let endpoints = selected.map_or(&files.calls[..], |index| &files.calls[index..=index]);
        let period = ObservedPeriod::select(endpoints, args.observed.from, args.observed.to)
            .map_err(|error| CommandError::new(error.to_string()))?;
        let export = ObservedPeriod::from_endpoints(&files.calls).unwrap_or(period);
        Ok(Self { args, files, selected, run, urls, period, export, assumptions: RefCell::new(replay_assumptions()) })
    }

    /// The groups with the selected endpoint; without one, all that have calls in the period.
    pub(super) fn group(&self, limits: &EndpointLimits) -> Vec<EndpointGroup> {
        let mut groups = limits.group(&self.urls, self.args.unknown.default_cap_scope);
        groups.retain(|group| match self.selected {
            Some(endpoint) => group.endpoints.contains(&endpoint),
            None => group.endpoints.iter().any(|endpoint| self.has_calls(*endpoint)),
        });
        groups
    }

    fn has_calls(&self, endpoint: usize) -> bool {
        self.files.calls[endpoint].minutes_in(self.period).iter().any(|(_, calls)| calls.total > 0)
    }

    /// The URLs of a group.
    pub(super) fn urls(&self, group: &EndpointGroup) -> Vec<&str> {
        self.files.urls(&group.endpoints)
    }

    /// Simulates both bounds. The report is of the upper one.
    pub(super) fn replay(&self, group: &EndpointGroup) -> Result<(TrafficReplay, SimulationReport), CommandError> {
        let traffic = self.files.traffic(&group.endpoints, self.period);
        let mut simulated = scenario::read_endpoint(&self.args.endpoint)?;
        if let Some(latency) = self.files.latency(&self.urls(group)) {
            simulated.latency = latency;
        }
        let base = scenario::with_options(self.args, Vec::new(), group.configured_limits()?, simulated);
        let lower = self.simulate(&traffic.scenario(&base, 1))?;
        let bursts = traffic.scenario(&base, self.args.observed.burst);
        if bursts.offered_calls() < lower.totals.offered {
            let problem = format!("more than {MAX_CALLS_PER_SECOND} calls in a second cannot be simulated");
            return Err(CommandError::new(problem).with_hint("pass a lower --burst"));
        }
        let upper = self.simulate(&bursts)?;
        Ok((TrafficReplay::new(&traffic, &lower, &upper), upper))
    }

    fn simulate(&self, scenario: &Scenario) -> Result<SimulationReport, CommandError> {
        let mode = self.args.result.mode.unwrap_or_else(|| SimulationMode::for_scenario(scenario));
        let report = (self.run)(scenario, mode)?;
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

/// The position of an endpoint in the export.
fn find_endpoint(urls: &[String], url: &str) -> Result<usize, CommandError> {
    let wanted = normalize_url_pattern(url);
    urls.iter().position(|known| normalize_url_pattern(known) == wanted).ok_or_else(|| {
        let listed: String = urls.iter().take(MAX_LISTED).map(|url| format!("\n  {url}")).collect();
        let more = urls.len().saturating_sub(MAX_LISTED);
        let rest = if more > 0 { format!("\n  and {more} more") } else { String::new() };
        CommandError::new(format!("the export has no endpoint {url}")).with_hint(format!("it has:{listed}{rest}"))
    })
}

/// The assumptions about exports.
fn replay_assumptions() -> Vec<Assumption> {
    use Provenance::{Chosen, Inferred};
    let (input, queries) = ("the input", "reports/query-examples.md");
    vec![
        Assumption::new(
            Chosen,
            "observed_bounds",
            "the calls of a minute are spread evenly, or come in one burst; the bursts of neighboring minutes meet",
            input,
        ),
        Assumption::new(
            Inferred,
            "observed_calls",
            "TOTAL_CALLS counts each call of a journey once, in the minute in which it was made",
            queries,
        ),
        Assumption::new(Chosen, "observed_methods", "a limit applies to all methods: exports have none", input),
    ]
}
