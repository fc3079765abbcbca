//! What at the service is not as the files say.

use crate::change::edits;
use crate::{Deployed, Desired, Drift, Found, InForce, Ledger, Observed, Wanted, meant};

/// How each configuration of the files differs from what the service has; those that do not are left out. Two things are told
/// apart: the file against what is saved, and what is saved against what limits.
pub fn drift(desired: &Desired, observed: &Observed, ledger: &Ledger) -> Vec<Drift> {
    let meant = meant(desired, observed, ledger);
    desired.configs.iter().zip(meant).filter_map(|(wanted, found)| Drift::of(wanted, found)).collect()
}

impl Drift {
    /// One that stands as a file wants it.
    pub fn none(wanted: &Wanted, found: &Found) -> Self {
        Self {
            key: wanted.key(),
            uid: Some(found.uid.clone()),
            present: true,
            saved: Vec::new(),
            in_force: Vec::new(),
            deployed: None,
            verdict: Vec::new(),
            last_modified_by: found.last_modified_by.clone(),
            last_modified_at: found.last_modified_at.clone(),
            place: wanted.place.clone(),
        }
    }

    /// How this one differs from what a file wants.
    pub fn of(wanted: &Wanted, found: Option<&Found>) -> Option<Self> {
        let (standing, is) =
            (found.map(|found| &found.standing), found.is_some_and(|found| found.standing.is_deployed()));
        let in_force = match standing.map(|standing| &standing.in_force) {
            Some(InForce::Other(definition)) => edits(standing.map(|standing| &standing.saved), Some(definition)),
            _ => Vec::new(),
        };
        let unknown = standing.is_some_and(|standing| standing.in_force == InForce::Unknown);
        let drift = Self {
            key: wanted.key(),
            uid: found.map(|found| found.uid.clone()),
            present: found.is_some(),
            saved: standing.map_or_else(Vec::new, |standing| edits(Some(&wanted.definition), Some(&standing.saved))),
            in_force,
            deployed: (wanted.deployed != is).then_some(Deployed { wanted: wanted.deployed, is }),
            verdict: if unknown { vec!["the service does not say what limits".to_owned()] } else { Vec::new() },
            last_modified_by: found.and_then(|found| found.last_modified_by.clone()),
            last_modified_at: found.and_then(|found| found.last_modified_at.clone()),
            place: wanted.place.clone(),
        };
        let differs = !drift.present || drift.deployed.is_some();
        let differs = differs || !drift.saved.is_empty() || !drift.in_force.is_empty() || !drift.verdict.is_empty();
        differs.then_some(drift)
    }
}
