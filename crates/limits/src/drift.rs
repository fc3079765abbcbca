//! Detects differences between the files and the service, and limits that are in no file.
//!
//! [`config_drift`] compares a configuration with its file, [`unmanaged_config`] lists configurations in no file,
//! [`duplicate_config`] finds several with one key, and [`pattern_overlap`] finds URL patterns that match the same calls.

mod config_drift;
mod duplicate_config;
mod limit_summary;
mod pattern_overlap;
mod unmanaged_config;

use std::collections::{BTreeMap, BTreeSet};

use ajo_core::Uid;
use ajo_core::rules::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use config_drift::{ConfigDrift, DeployMismatch};
pub use duplicate_config::DuplicateConfig;
pub use pattern_overlap::{PatternOverlap, PatternRelation};
pub use unmanaged_config::{UnmanagedConfig, UnmanagedHandling, UnmanagedReason};

use crate::{ConfigKey, DesiredLimits, LimitsState, ManagedConfig, ObservedLimits, match_configs};

/// Everything at the service that the files do not describe. The lists are in file order, then sorted by UID.
///
/// ```
/// use ajo_core::CappingConfig;
/// use ajo_limits::file::{SourceFile, SourceSet, parse_limits};
/// use ajo_limits::{
///     DriftReport, DuplicateConfig, LimitsState, ManagedConfig, ObservedLimits, PatternOverlap, PatternRelation, UnmanagedConfig,
///     UnmanagedHandling, UnmanagedReason, detect_drift,
/// };
///
/// let text = "version: 1
/// sandbox: prod
/// capping:
///   - url: https://api.example.org/v1/*
///     methods: [GET]
///     services: { action: { rating: { maxCallsCount: 100, periodInMs: 1000 } } }
/// ";
/// let source = SourceFile { name: "limits.yaml".to_owned(), content: text.to_owned() };
/// let desired = parse_limits(&SourceSet::new(vec![source]), &|_| None).desired.expect("a valid file");
/// let deployed = |uid: &str, url: &str, calls: i64| {
///     serde_json::from_value::<CappingConfig>(serde_json::json!({
///         "uid": uid, "state": "deployed", "url": url, "methods": ["GET"],
///         "services": {"action": {"rating": {"maxCallsCount": calls, "periodInMs": 1000}}},
///     }))
/// };
/// let ours = deployed("u-1", "https://api.example.org/v1/*", 100)?;
/// let mut state = LimitsState::default();
/// for found in ObservedLimits::new(&[ours.clone()], &[]).configs {
///     state.record(ManagedConfig::settled(&desired.sandbox, &desired.configs[0], &found));
/// }
///
/// // Someone else deployed a second limit for the same calls, and a limit of one call per second for more calls.
/// let copy = deployed("u-2", "https://API.example.org:443/v1/*", 9000)?;
/// let wider = deployed("u-3", "https://api.example.org/*", 1)?;
/// let observed = ObservedLimits::new(&[ours, copy, wider], &[]);
/// let drift: DriftReport = detect_drift(&desired, &observed, &state, UnmanagedHandling::default());
/// assert!(drift.has_errors() && drift.configs.is_empty());
/// let DuplicateConfig { keep, configs, .. } = &drift.duplicates[0];
/// assert_eq!((keep.as_str(), configs.len()), ("u-1", 2));
/// let UnmanagedConfig { reason: UnmanagedReason::NotInState, config, .. } = &drift.unmanaged[0] else { panic!() };
/// assert_eq!(config.deploy_state.limit_summary(), "action 1 calls/1000 ms");
/// let PatternOverlap { relation: PatternRelation::Wider, .. } = &drift.overlaps[0] else { panic!() };
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftReport {
    /// Configurations in the files that differ at the service or do not exist there. Each is an error.
    pub configs: Vec<ConfigDrift>,
    /// Configurations in no file, except duplicates.
    pub unmanaged: Vec<UnmanagedConfig>,
    /// Keys in the files that several configurations have.
    pub duplicates: Vec<DuplicateConfig>,
    /// Configurations with other keys that limit the same calls as one in the files.
    pub overlaps: Vec<PatternOverlap>,
}

/// Compares the service with the files. A pure function.
pub fn detect_drift(
    desired: &DesiredLimits,
    observed: &ObservedLimits,
    state: &LimitsState,
    handling: UnmanagedHandling,
) -> DriftReport {
    let managed: BTreeMap<&Uid, &ManagedConfig> =
        state.for_sandbox(&desired.sandbox).map(|managed| (&managed.uid, managed)).collect();
    let matches = match_configs(desired, observed, state);
    let duplicates = duplicate_config::find_duplicates(desired, &matches, observed, &managed);
    let ambiguous: BTreeSet<_> =
        duplicates.iter().filter(|duplicate| !duplicate.is_managed).map(|duplicate| &duplicate.key).collect();
    let configs = desired.configs.iter().zip(&matches).filter(|(wanted, _)| !ambiguous.contains(&wanted.key()));
    let configs = configs.filter_map(|(wanted, found)| {
        let managed = found.and_then(|found| managed.get(&found.uid).copied());
        ConfigDrift::compare(wanted, *found, managed)
    });
    let configs = configs.collect();
    let known: BTreeSet<_> = matches.iter().flatten().map(|found| &found.uid).collect();
    let copies: BTreeSet<_> =
        duplicates.iter().flat_map(|duplicate| &duplicate.configs).map(|config| &config.uid).collect();
    let others: Vec<_> =
        observed.configs.iter().filter(|found| !known.contains(&found.uid) && !copies.contains(&found.uid)).collect();
    DriftReport {
        configs,
        unmanaged: others
            .iter()
            .filter_map(|found| UnmanagedConfig::classify(found, managed.get(&found.uid).copied(), desired, handling))
            .collect(),
        overlaps: pattern_overlap::find_overlaps(desired, &others),
        duplicates,
    }
}

impl DriftReport {
    /// Whether several configurations have this key and none of them is the managed one.
    pub fn is_ambiguous(&self, key: &ConfigKey) -> bool {
        self.duplicates.iter().any(|duplicate| !duplicate.is_managed && duplicate.key == *key)
    }

    /// Whether there is an error. Warnings and notes are no drift.
    pub fn has_errors(&self) -> bool {
        let is_error = |severity: Severity| severity == Severity::Error;
        !self.configs.is_empty()
            || self.unmanaged.iter().any(|unmanaged| is_error(unmanaged.severity))
            || self.duplicates.iter().any(|duplicate| is_error(duplicate.severity))
    }
}
