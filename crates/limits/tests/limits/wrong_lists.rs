//! Lists that are empty, cut, duplicated, or outdated.

use ajo_limits::{Action, BlockReason, DeployState, ObservedConfig, ObservedLimits, PlanOptions, plan};
use proptest::prelude::*;

use crate::support::{
    any_desired_limits, apply_plan, capping, config, desired_config, desired_limits, limits_state, observed_config,
    observed_limits, read_missing,
};

/// How the list is wrong.
#[derive(Clone, Copy, Debug)]
enum ListFault {
    Empty,
    FirstPage,
    Duplicated,
    /// As before the last apply.
    Stale,
    None,
}

fn any_fault() -> impl Strategy<Value = ListFault> {
    use ListFault::{Duplicated, Empty, FirstPage, None, Stale};
    prop::sample::select(vec![Empty, FirstPage, Duplicated, Stale, None])
}

fn list(fault: ListFault, service: &ObservedLimits, before: &ObservedLimits) -> ObservedLimits {
    let configs = &service.configs;
    let listed: Vec<ObservedConfig> = match fault {
        ListFault::Empty => Vec::new(),
        ListFault::FirstPage => configs[..configs.len() / 2].to_vec(),
        ListFault::Duplicated => [&configs[..], &configs[..]].concat(),
        ListFault::Stale => before.configs.clone(),
        ListFault::None => configs.clone(),
    };
    ObservedLimits::from_list(listed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: config().cases.max(1000), ..config() })]

    #[test]
    fn existing_configs_are_not_created_again(
        files in prop::collection::vec(any_desired_limits(), 1..5),
        faults in prop::collection::vec(any_fault(), 5),
        prune in any::<bool>(),
    ) {
        let options = PlanOptions { prune, force_delete: false, max_deletes: Some(9) };
        let (mut service, mut before, mut state) = (ObservedLimits::default(), ObservedLimits::default(), limits_state(&[]));
        for (desired, fault) in files.iter().zip(faults) {
            let observed = read_missing(&list(fault, &service, &before), &service.configs, &state);
            let planned = plan(desired, &observed, &state, options);
            for change in planned.changes.iter().filter(|change| change.action == Action::Create) {
                let exists = state.configs.iter().find(|managed| {
                    managed.key == change.key && service.get(&managed.uid).is_some()
                });
                prop_assert!(exists.is_none(), "{:?}: {} exists as {:?}", fault, change.key, exists);
            }
            let is_incomplete = |reason| reason == BlockReason::IncompleteList;
            if !observed.unlisted.is_empty() {
                prop_assert!(planned.blockers.iter().all(|blocker| is_incomplete(blocker.reason)));
                prop_assert!(!planned.blockers.is_empty() && planned.changes.is_empty() && planned.missing.is_empty());
                continue;
            }
            prop_assert!(!planned.blockers.iter().any(|blocker| is_incomplete(blocker.reason)), "{:?}", fault);
            // The apply reads each configuration before it changes it, so it uses the real service.
            let real = plan(desired, &read_missing(&service, &[], &state), &state, options);
            if real.blockers.is_empty() && real.changes == planned.changes {
                let applied = apply_plan(&real, &service, &state);
                before = std::mem::replace(&mut service, observed_limits(applied.0.configs));
                state = applied.1;
            }
        }
    }
}

#[test]
fn unread_absence_blocks_plan() {
    let found = observed_config(1, DeployState::from_desired(capping("https://a.example/*", 1), true));
    let state = limits_state(std::slice::from_ref(&found));
    let desired = desired_limits(vec![desired_config(found.deploy_state.saved.clone(), true)]);
    let reasons = |observed: &ObservedLimits| {
        let plan = plan(&desired, observed, &state, PlanOptions::default());
        let reasons: Vec<_> = plan.blockers.iter().map(|blocker| blocker.reason).collect();
        (reasons, plan.changes.len(), plan.unchanged)
    };
    let mut observed = ObservedLimits::default();
    assert_eq!(reasons(&observed), (vec![BlockReason::IncompleteList], 0, 0), "nobody read it");
    observed.insert_read(&found.uid, Some(found.clone()));
    assert_eq!(reasons(&observed), (vec![BlockReason::IncompleteList], 0, 0), "the list is incomplete");
    observed = ObservedLimits::default();
    observed.insert_read(&found.uid, None);
    assert_eq!(reasons(&observed), (vec![], 1, 0), "it is gone");
    assert_eq!(reasons(&ObservedLimits::from_list(vec![found.clone(), found.clone()])), (vec![], 0, 1));
    let edited = ObservedConfig { last_modified_at: None, ..found.clone() };
    let contradictory = ObservedLimits::from_list(vec![found, edited]);
    assert_eq!(reasons(&contradictory), (vec![BlockReason::IncompleteList], 0, 0));
}

#[test]
fn many_missing_configs_block_plan() {
    let configs: Vec<_> = (0..10)
        .map(|number| {
            let definition = capping(&format!("https://{number}.example/*"), 1);
            observed_config(number, DeployState::from_desired(definition, true))
        })
        .collect();
    let state = limits_state(&configs);
    let desired =
        desired_limits(configs.iter().map(|found| desired_config(found.deploy_state.saved.clone(), true)).collect());
    let blockers = |missing: usize, max_deletes| {
        let observed = read_missing(&observed_limits(configs[missing..].to_vec()), &[], &state);
        let options = PlanOptions { max_deletes, ..PlanOptions::default() };
        plan(&desired, &observed, &state, options).blockers
    };
    assert_eq!(blockers(2, None), []);
    assert_eq!(blockers(3, None)[0].reason, BlockReason::TooManyMissing);
    assert_eq!(blockers(3, Some(3)), []);
    assert_eq!(blockers(1, Some(0))[0].reason, BlockReason::TooManyMissing);
}
