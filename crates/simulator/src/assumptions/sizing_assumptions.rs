//! Assumptions of a sizing, in addition to the assumptions of its simulations.

use crate::assumptions::assumption::{Assumption, Provenance};
use crate::assumptions::assumption_rule::INPUT;

pub(crate) const SIZING_ASSUMPTIONS: [Assumption; 3] = [
    Assumption {
        id: "steady_load",
        provenance: Provenance::Chosen,
        statement: "a tipping point is measured with a steady load that uses the limit fully",
        source: INPUT,
    },
    Assumption {
        id: "failures_not_lost",
        provenance: Provenance::Chosen,
        statement: "a call that fails at the endpoint after its retries is not lost by a limit",
        source: INPUT,
    },
    Assumption {
        id: "even_split",
        provenance: Provenance::Inferred,
        statement: "a percentage split has whole percents, and each branch gets its share in every second",
        source: "building-journeys/limit-throughput.md",
    },
];
