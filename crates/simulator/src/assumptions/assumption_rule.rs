//! An assumption, and when it applies.

use crate::assumptions::assumption::{Assumption, Provenance};
use crate::assumptions::conditions::SimulationConditions;

/// The source of an assumption that no document mentions.
pub(super) const NOT_PUBLISHED: &str = "not published";
/// The source of an assumption about something that the input does not say, or that it does say.
pub(super) const INPUT: &str = "the input";

// Pages of Adobe's product documentation.
pub(super) const ACTIONS: &str = "action/about-custom-action-configuration.md";
pub(super) const GUARDRAILS: &str = "start/guardrails.md";
pub(super) const QUERIES: &str = "reports/query-examples.md";
pub(super) const SYSTEMS: &str = "configuration/external-systems.md";
pub(super) const THROTTLING: &str = "configuration/throttling.md";

/// An assumption, and whether it applies to a simulation.
pub(super) struct AssumptionRule {
    pub(super) assumption: Assumption,
    pub(super) applies: fn(&SimulationConditions<'_>) -> bool,
}

pub(super) const fn rule(
    provenance: Provenance,
    id: &'static str,
    statement: &'static str,
    source: &'static str,
    applies: fn(&SimulationConditions<'_>) -> bool,
) -> AssumptionRule {
    AssumptionRule { assumption: Assumption::new(provenance, id, statement, source), applies }
}
