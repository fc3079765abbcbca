//! An assumption, and when it applies.

use crate::assumptions::assumption::{Assumption, Provenance};
use crate::assumptions::conditions::Simulated;

/// The source of an assumption that no document mentions.
pub(super) const NOT_PUBLISHED: &str = "not published";
/// The source of an assumption about something that the input does not say, or that it does say.
pub(super) const INPUT: &str = "the input";

/// An assumption, and whether it applies to a simulation.
pub(super) struct AssumptionRule {
    pub(super) assumption: Assumption,
    pub(super) applies: fn(&Simulated<'_>) -> bool,
}

pub(super) const fn rule(
    provenance: Provenance,
    id: &'static str,
    statement: &'static str,
    source: &'static str,
    applies: fn(&Simulated<'_>) -> bool,
) -> AssumptionRule {
    AssumptionRule { assumption: Assumption { id, provenance, statement, source }, applies }
}
