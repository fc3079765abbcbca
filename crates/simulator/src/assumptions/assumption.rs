//! A statement about the service, and where it comes from.

use std::fmt;

use serde::Serialize;

/// The label of a statement.
///
/// ```
/// use ajo_simulator::Provenance;
///
/// assert_eq!(format!("{:<11}|", Provenance::Documented), "documented |");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Stated in Adobe's documents.
    Documented,
    /// Suggested by Adobe's documents, but not stated.
    Inferred,
    /// Not published; the simulation needs one of the possible behaviors, and an option selects another.
    Unknown,
    /// A choice of this simulation or of its user: a simplification, or something that the input does not say.
    Chosen,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Unknown => "unknown",
            Self::Chosen => "chosen",
        })
    }
}

/// An assumption behind a report.
///
/// ```
/// use ajo_simulator::{Assumption, ConfiguredLimits, Provenance, Scenario, SimulationMode, simulate};
///
/// let report = simulate(&Scenario::new("10x1".parse()?, ConfiguredLimits::default()), SimulationMode::Exact)?;
/// let cap: &Assumption = &report.assumptions[0];
/// assert_eq!((cap.id, cap.provenance), ("default_cap_per_host", Provenance::Documented));
/// assert_eq!(cap.source, "action/about-custom-action-configuration.md");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// The name in the list of behaviors, `crates/emulator/fidelity.toml`.
    pub id: &'static str,
    pub provenance: Provenance,
    pub statement: &'static str,
    /// A page of Adobe's product documentation, `not published`, or `the input`.
    pub source: &'static str,
}

impl Assumption {
    pub const fn new(provenance: Provenance, id: &'static str, statement: &'static str, source: &'static str) -> Self {
        Self { id, provenance, statement, source }
    }
}
