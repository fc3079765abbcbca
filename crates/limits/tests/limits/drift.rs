//! Drift is clean if and only if the service is exactly as the files describe it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use ajo_core::{Api, Uid};
use ajo_limits::{
    DeployState, DesiredConfig, DesiredLimits, DriftReport, LimitsState, LiveState, ManagedConfig, ObservedConfig,
    ObservedLimits, UnmanagedHandling, UnmanagedReason, detect_drift,
};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

use crate::support::{
    self, any_definition, any_desired_limits, any_limits_state, any_observed_limits, capping, desired_limits,
    observed_config, observed_limits, uid,
};

/// The number of random worlds.
const WORLDS: u32 = 4000;

/// Files, service, and state.
#[derive(Clone)]
struct World {
    desired: DesiredLimits,
    observed: Vec<ObservedConfig>,
    state: LimitsState,
    /// The response to our last request for a definition, if the service normalized it: UID, file, and service.
    normalized: Vec<(Uid, DeployState, DeployState)>,
    /// The number of events, for UIDs that were never used.
    created: usize,
}

/// A counterexample is easier to read as JSON.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let desired = serde_json::json!(self.desired.configs);
        write!(
            f,
            "files: {desired}\nservice: {}\nstate: {}",
            serde_json::json!(self.observed),
            serde_json::json!(self.state)
        )
    }
}

/// What happens after an apply.
#[derive(Clone, Debug)]
enum Event {
    /// Someone creates a configuration.
    Create(DeployState),
    /// Someone copies a configuration, deployed or not.
    Copy(Index, bool),
    /// Someone edits, deploys, undeploys, or redeploys a configuration.
    Change(Index, DeployState),
    Delete(Index),
    /// The service stores a definition differently from what we sent.
    Normalize(Index, DeployState),
    RemoveFromFiles(Index),
    LoseStateEntry(Index),
}

fn any_event() -> impl Strategy<Value = Event> {
    let index = any::<Index>;
    prop_oneof![
        support::any_deploy_state().prop_map(Event::Create),
        (any_definition(), any::<bool>())
            .prop_map(|(definition, deployed)| Event::Create(DeployState::from_desired(definition, deployed))),
        (index(), any::<bool>()).prop_map(|(index, deployed)| Event::Copy(index, deployed)),
        (index(), support::any_deploy_state()).prop_map(|(index, state)| Event::Change(index, state)),
        index().prop_map(Event::Delete),
        (index(), support::any_deploy_state()).prop_map(|(index, state)| Event::Normalize(index, state)),
        index().prop_map(Event::RemoveFromFiles),
        index().prop_map(Event::LoseStateEntry),
    ]
}

impl World {
    /// The world after an apply.
    fn applied(desired: DesiredLimits) -> Self {
        let found = desired.configs.iter().enumerate();
        let observed: Vec<_> = found.map(|(number, wanted)| observed_config(number, wanted.deploy_state())).collect();
        Self { state: support::limits_state(&observed), desired, observed, normalized: Vec::new(), created: 0 }
    }

    fn happen(&mut self, event: Event) {
        self.created += 1;
        let free = self.created + 100;
        match event {
            Event::Create(state) if state.saved.api() == Api::Throttling && self.has_throttling() => {}
            Event::Create(state) => self.observed.push(observed_config(free, state)),
            Event::Copy(index, deployed) => {
                let found = self.observed.get(index.index(self.observed.len().max(1)));
                let definition = found.map(|found| found.deploy_state.saved.clone());
                if let Some(definition) = definition.filter(|definition| definition.api() == Api::Capping) {
                    self.observed.push(observed_config(free, DeployState::from_desired(definition, deployed)));
                }
            }
            Event::Change(index, state) => {
                let index = index.index(self.observed.len().max(1));
                let found = self.observed.get_mut(index);
                if let Some(found) = found.filter(|found| found.deploy_state.saved.api() == state.saved.api()) {
                    found.deploy_state = state;
                }
            }
            Event::Normalize(index, state) => self.normalize(index, &state),
            Event::Delete(index) if !self.observed.is_empty() => {
                self.observed.remove(index.index(self.observed.len()));
            }
            Event::RemoveFromFiles(index) if !self.desired.configs.is_empty() => {
                self.desired.configs.remove(index.index(self.desired.configs.len()));
            }
            Event::LoseStateEntry(index) if !self.state.configs.is_empty() => {
                let lost = self.state.configs.remove(index.index(self.state.configs.len()));
                self.normalized.retain(|(uid, ..)| *uid != lost.uid);
            }
            Event::Delete(_) | Event::RemoveFromFiles(_) | Event::LoseStateEntry(_) => {}
        }
    }

    fn normalize(&mut self, index: Index, state: &DeployState) {
        let Some(wanted) = self.desired.configs.get(index.index(self.desired.configs.len().max(1))).cloned() else {
            return;
        };
        let uid = self.configuration_of(&wanted).map(|found| found.uid.clone());
        let found = self.observed.iter_mut().find(|found| Some(&found.uid) == uid.as_ref());
        if let Some(found) = found.filter(|found| found.deploy_state.saved.api() == state.saved.api()) {
            found.deploy_state = state.clone();
            self.state.record(ManagedConfig::settled(&support::sandbox(), &wanted, found));
            self.normalized.retain(|(uid, ..)| *uid != found.uid);
            self.normalized.push((found.uid.clone(), wanted.deploy_state(), state.clone()));
        }
    }

    fn has_throttling(&self) -> bool {
        self.observed.iter().any(|found| found.deploy_state.saved.api() == Api::Throttling)
    }

    /// The configuration of the service that belongs to one in the files: the managed one, otherwise the only one with its key.
    fn configuration_of(&self, wanted: &DesiredConfig) -> Option<&ObservedConfig> {
        let key = wanted.key();
        let in_files: BTreeSet<_> = self.desired.configs.iter().map(DesiredConfig::key).collect();
        let managed_key =
            |uid: &Uid| self.state.configs.iter().find(|managed| managed.uid == *uid).map(|managed| &managed.key);
        let is_managed = |found: &&ObservedConfig| {
            managed_key(&found.uid)
                .is_some_and(|managed| *managed == key || (found.key() == key && !in_files.contains(managed)))
        };
        let is_unmanaged = |found: &&ObservedConfig| managed_key(&found.uid).is_none() && found.key() == key;
        let managed: Vec<_> = self.observed.iter().filter(is_managed).collect();
        let unmanaged: Vec<_> = self.observed.iter().filter(is_unmanaged).collect();
        match (&managed[..], &unmanaged[..]) {
            ([found], _) | ([], [found]) => Some(found),
            _ => None,
        }
    }

    /// Whether a configuration is as its file describes it, or as the service normalized this definition.
    fn is_as_expected(&self, wanted: &DesiredConfig, found: &ObservedConfig) -> bool {
        let normalized = (found.uid.clone(), wanted.deploy_state(), found.deploy_state.clone());
        let live = if wanted.deployed { LiveState::SameAsSaved } else { LiveState::NotDeployed };
        found.deploy_state == wanted.deploy_state()
            || (found.deploy_state.live == live && self.normalized.contains(&normalized))
    }

    /// The definition of "no drift".
    fn is_clean(&self) -> bool {
        let of_files: Vec<_> = self.desired.configs.iter().map(|wanted| self.configuration_of(wanted)).collect();
        let mut pairs = self.desired.configs.iter().zip(&of_files);
        let are_equal = pairs.all(|(wanted, found)| found.is_some_and(|found| self.is_as_expected(wanted, found)));
        let uids: BTreeSet<_> = of_files.iter().flatten().map(|found| &found.uid).collect();
        let mut others = self.observed.iter().filter(|found| !uids.contains(&found.uid));
        are_equal && !others.any(|found| found.deploy_state.is_deployed())
    }

    fn drift(&self, handling: UnmanagedHandling) -> DriftReport {
        detect_drift(&self.desired, &observed_limits(self.observed.clone()), &self.state, handling)
    }

    /// Deployed configurations that are in no file, duplicated, or different. A copy that belongs to another configuration of
    /// the files makes no duplicate: it differs from its own file.
    fn deployed_and_wrong(&self) -> Vec<&ObservedConfig> {
        let of_files: Vec<_> = self.desired.configs.iter().map(|wanted| self.configuration_of(wanted)).collect();
        let belongs_to_file = |found: &ObservedConfig| of_files.iter().flatten().any(|other| other.uid == found.uid);
        let is_right = |found: &&ObservedConfig| {
            let mut pairs = self.desired.configs.iter().zip(&of_files);
            pairs.any(|(wanted, of_file)| {
                let is_copy = |other: &ObservedConfig| {
                    other.key() == wanted.key() && other.uid != found.uid && !belongs_to_file(other)
                };
                of_file.is_some_and(|of_file| of_file.uid == found.uid)
                    && self.is_as_expected(wanted, found)
                    && !self.observed.iter().any(is_copy)
            })
        };
        self.observed.iter().filter(|found| found.deploy_state.is_deployed() && !is_right(found)).collect()
    }
}

fn any_world() -> impl Strategy<Value = World> {
    let after_events =
        (any_desired_limits(), proptest::collection::vec(any_event(), 0..4)).prop_map(|(desired, events)| {
            let mut world = World::applied(desired);
            for event in events {
                world.happen(event);
            }
            world
        });
    let unrelated = (any_desired_limits(), any_observed_limits().prop_flat_map(any_limits_state)).prop_map(
        |(desired, (ObservedLimits { configs: observed, .. }, state))| World {
            desired,
            observed,
            state,
            normalized: Vec::new(),
            created: 0,
        },
    );
    prop_oneof![3 => after_events, 1 => unrelated]
}

/// The UIDs in a report, without overlaps.
fn named_uids(report: &DriftReport) -> BTreeSet<&Uid> {
    let duplicates = report.duplicates.iter().flat_map(|duplicate| &duplicate.configs);
    let others = report.unmanaged.iter().map(|unmanaged| &unmanaged.config).chain(duplicates).map(|config| &config.uid);
    report.configs.iter().filter_map(|drift| drift.uid.as_ref()).chain(others).collect()
}

#[test]
fn clean_drift_means_nothing_differs() {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: WORLDS, failure_persistence: None, ..ProptestConfig::default() });
    let clean = Cell::new(0);
    runner
        .run(&any_world(), |world| {
            let report = world.drift(UnmanagedHandling::default());
            prop_assert_eq!(!report.has_errors(), world.is_clean(), "{:#?}", report);
            clean.set(clean.get() + u32::from(world.is_clean()));
            for found in world.deployed_and_wrong() {
                prop_assert!(named_uids(&report).contains(&found.uid), "{} is not in {:#?}", found.uid, report);
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert!((WORLDS / 10..WORLDS * 9 / 10).contains(&clean.get()), "{} clean worlds", clean.get());
}

#[test]
fn handling_decides_severity() {
    use UnmanagedHandling::{ByDeployment, Error, Ignore, Warn};

    for (deployed, handling, listed, has_errors) in [
        (true, ByDeployment, true, true),
        (false, ByDeployment, true, false),
        (true, Error, true, true),
        (false, Error, true, true),
        (true, Warn, true, false),
        (true, Ignore, false, false),
    ] {
        let mut world = World::applied(desired_limits(Vec::new()));
        let state = DeployState::from_desired(capping("https://0.example.org/*", 1), deployed);
        world.happen(Event::Create(state.clone()));
        let report = world.drift(handling);
        assert_eq!((report.unmanaged.len(), report.has_errors()), (usize::from(listed), has_errors), "{handling:?}");

        // `ignore` is for the limits of others, not for duplicates of ours or limits that were removed from the files.
        world.state = support::limits_state(&world.observed);
        assert_eq!(world.drift(handling).has_errors(), has_errors || handling == Ignore, "removed: {handling:?}");
        let wanted = support::desired_config(capping("https://0.example.org/*", 1), true);
        let mut world = World::applied(desired_limits(vec![wanted]));
        world.happen(Event::Create(state));
        let report = world.drift(handling);
        assert_eq!((report.duplicates.len(), report.has_errors()), (1, deployed), "duplicate: {handling:?}");
    }
}

#[test]
fn duplicate_suggests_which_to_keep() {
    let wanted = support::desired_config(capping("https://0.example.org/*", 1), true);
    let mut world = World::applied(desired_limits(vec![wanted.clone()]));
    world.happen(Event::Create(DeployState::from_desired(capping("https://0.example.org/*", 9), true)));
    let keep = |world: &World| {
        let report = world.drift(UnmanagedHandling::default());
        let duplicate = report.duplicates[0].clone();
        let copies: Vec<_> = duplicate.copies().map(|copy| copy.uid.clone()).collect();
        assert!(report.configs.is_empty() && report.unmanaged.is_empty(), "{report:#?}");
        (duplicate.is_managed, duplicate.keep, copies)
    };
    assert_eq!(keep(&world), (true, uid(0), vec![uid(101)]));
    // Without state, the one that is as the file describes it; otherwise the first.
    world.state = LimitsState::default();
    assert_eq!(keep(&world), (false, uid(0), vec![uid(101)]));
    world.desired.configs[0].definition = capping("https://0.example.org/*", 9);
    assert_eq!(keep(&world), (false, uid(101), vec![uid(0)]));
    world.desired.configs[0].definition = capping("https://0.example.org/*", 5);
    assert_eq!(keep(&world), (false, uid(0), vec![uid(101)]));
}

#[test]
fn live_url_makes_a_duplicate() {
    // Someone changed the saved URL, but the live one is still ours.
    let wanted = support::desired_config(capping("https://0.example.org/*", 1), true);
    let mut world = World::applied(desired_limits(vec![wanted]));
    let moved = DeployState::new(capping("https://1.example.org/*", 9), Some(capping("https://0.example.org/*", 9)));
    world.happen(Event::Create(moved));
    let report = world.drift(UnmanagedHandling::default());
    assert_eq!((report.duplicates.len(), report.duplicates[0].configs.len()), (1, 2), "{report:#?}");
}

#[test]
fn limit_of_other_file_is_a_note() {
    let mut world =
        World::applied(desired_limits(vec![support::desired_config(capping("https://0.example.org/*", 1), true)]));
    world.desired.configs.clear();
    assert!(world.drift(UnmanagedHandling::default()).has_errors());
    for managed in &mut world.state.configs {
        managed.file = Some("other.yaml".to_owned());
    }
    let report = world.drift(UnmanagedHandling::Error);
    assert_eq!((report.unmanaged[0].reason, report.has_errors()), (UnmanagedReason::OtherFiles, false));
}
