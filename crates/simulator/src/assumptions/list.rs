//! All assumptions.

use crate::assumptions::assumption::Assumption;
use crate::assumptions::assumption_rule::AssumptionRule;
use crate::assumptions::call_assumptions::CALL_ASSUMPTIONS;
use crate::assumptions::conditions::SimulationConditions;
use crate::assumptions::limit_assumptions::LIMIT_ASSUMPTIONS;
use crate::assumptions::sizing_assumptions::SIZING_ASSUMPTIONS;
use crate::report::call_counts::CallCounts;
use crate::report::simulation_report::LimitUse;
use crate::scenario::Scenario;
use crate::simulation_mode::SimulationMode;

impl Assumption {
    /// All assumptions that a report of a simulation or a sizing can have.
    pub fn all() -> impl Iterator<Item = Self> {
        rules().map(|rule| rule.assumption).chain(SIZING_ASSUMPTIONS)
    }
}

/// The assumptions of one simulation.
pub(crate) fn assumptions(
    scenario: &Scenario,
    mode: SimulationMode,
    limits: &[LimitUse],
    totals: &CallCounts,
) -> Vec<Assumption> {
    let conditions = SimulationConditions { scenario, mode, limits, totals };
    rules().filter(|rule| (rule.applies)(&conditions)).map(|rule| rule.assumption).collect()
}

fn rules() -> impl Iterator<Item = &'static AssumptionRule> {
    const { &LIMIT_ASSUMPTIONS }.iter().chain(const { &CALL_ASSUMPTIONS })
}
