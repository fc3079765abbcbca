//! Configurations of the service with the same key.

use std::collections::{BTreeMap, BTreeSet};

use ajo_core::Uid;
use ajo_core::rules::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ConfigDefinition, ConfigKey, DesiredConfig, DesiredLimits, ManagedConfig, ObservedConfig, ObservedLimits,
    SourceLocation,
};

/// Several configurations of the service that have the key of one configuration in the files. How the service combines their
/// limits is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DuplicateConfig {
    /// An error if a copy is deployed, or if `ajo` cannot tell which one is managed.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// The key in the files.
    pub key: ConfigKey,
    /// The configuration to keep: the managed one, otherwise the one that is most like the file.
    #[schemars(with = "String")]
    pub keep: Uid,
    /// Whether exactly this one is managed. If not, it must be imported first.
    pub is_managed: bool,
    /// All of them, including the one to keep.
    pub configs: Vec<ObservedConfig>,
    /// The position in the limits file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

impl DuplicateConfig {
    /// The configurations to delete.
    pub fn copies(&self) -> impl Iterator<Item = &ObservedConfig> {
        self.configs.iter().filter(|config| config.uid != self.keep)
    }
}

/// The duplicates of each desired configuration. `matches` has the matching configuration for each, if there is exactly one.
pub(super) fn find_duplicates(
    desired: &DesiredLimits,
    matches: &[Option<&ObservedConfig>],
    observed: &ObservedLimits,
    managed: &BTreeMap<&Uid, &ManagedConfig>,
) -> Vec<DuplicateConfig> {
    let known: BTreeSet<&Uid> = matches.iter().flatten().map(|found| &found.uid).collect();
    let mut by_key: BTreeMap<ConfigKey, Vec<&ObservedConfig>> = BTreeMap::new();
    for found in observed.configs.iter().filter(|found| !known.contains(&found.uid)) {
        for key in keys_of(found, managed.get(&found.uid).map(|managed| &managed.key)) {
            by_key.entry(key).or_default().push(found);
        }
    }
    let of_config = |(wanted, matched): (&DesiredConfig, Option<&ObservedConfig>)| {
        let key = wanted.key();
        let others = by_key.get(&key)?;
        let configs: Vec<&ObservedConfig> = matched.into_iter().chain(others.iter().copied()).collect();
        // A single one is not a duplicate; the configuration in the file is missing.
        if configs.len() < 2 {
            return None;
        }
        let likeness = |found: &&&ObservedConfig| {
            let state = found.deploy_state_for(&wanted.definition);
            (*state == wanted.deploy_state(), state.saved == wanted.definition, state.is_deployed())
        };
        // The first of the best, so that the suggestion is the same for everyone.
        let best = configs.iter().rev().max_by_key(likeness).copied()?;
        let is_deployed = others.iter().any(|found| found.deploy_state.is_deployed());
        Some(DuplicateConfig {
            severity: if is_deployed || matched.is_none() { Severity::Error } else { Severity::Warning },
            key,
            keep: matched.unwrap_or(best).uid.clone(),
            is_managed: matched.is_some(),
            configs: configs.into_iter().cloned().collect(),
            location: wanted.location.clone(),
        })
    };
    desired.configs.iter().zip(matches.iter().copied()).filter_map(of_config).collect()
}

/// The keys of the saved and the live definition, and the key in the state file.
fn keys_of(found: &ObservedConfig, managed: Option<&ConfigKey>) -> BTreeSet<ConfigKey> {
    let live = found.deploy_state.live_definition().map(ConfigDefinition::key);
    live.into_iter().chain([found.key()]).chain(managed.cloned()).collect()
}
