//! What at the service is not as the files say.

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::change::edits;
use crate::{Desired, Edit, Found, InForce, Key, Ledger, Observed, Place, Standing, Wanted, meant};

/// How a configuration is not as it should be: two things, shown apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// What it is known by.
    pub key: Key,
    /// Its identifier, if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub uid: Option<Uid>,
    /// Whether it is there at all.
    pub present: bool,
    /// The file against what is saved: `before` is the file.
    #[serde(default)]
    pub saved: Vec<Edit>,
    /// What is saved against what limits: `before` is what is saved.
    #[serde(default)]
    pub in_force: Vec<Edit>,
    /// Whether it shall limit, and whether it does, where these differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<Deployed>,
    /// What the service says against its deployment.
    #[serde(default)]
    pub verdict: Vec<String>,
    /// Who edited it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
    /// Where the file speaks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Whether a configuration limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployed {
    /// It shall.
    pub wanted: bool,
    /// It does.
    pub is: bool,
}

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
        let in_force = standing.map_or_else(Vec::new, Standing::live_edits);
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
