//! Properties of every plan.

use ajo_core::Verb;
use ajo_limits::{DeployState, Plan, PlanOptions, plan};
use proptest::prelude::*;

use crate::support::{
    self, any_desired_limits, any_limits_state, any_observed_limits, apply_plan, config, desired_config, limits_state,
    observed_limits, sandbox,
};

fn any_options() -> impl Strategy<Value = PlanOptions> {
    (any::<bool>(), any::<bool>(), proptest::option::of(0..9usize))
        .prop_map(|(prune, force_delete, max_deletes)| PlanOptions { prune, force_delete, max_deletes })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn applied_plan_leaves_no_changes(
        desired in any_desired_limits(),
        (observed, state) in any_observed_limits().prop_flat_map(any_limits_state),
        options in any_options(),
    ) {
        let first = plan(&desired, &observed, &state, options);
        prop_assume!(first.blockers.is_empty());
        let (observed, state) = apply_plan(&first, &observed, &state);
        let second = plan(&desired, &observed, &state, options);
        prop_assert!(second.is_empty(), "{:#?} and {:#?}", second.changes, second.blockers);
    }

    #[test]
    fn unmanaged_configs_are_never_touched(
        desired in any_desired_limits(),
        (observed, state) in any_observed_limits().prop_flat_map(any_limits_state),
        options in any_options(),
    ) {
        let plan = plan(&desired, &observed, &state, options);
        let keys: Vec<_> = desired.configs.iter().map(ajo_limits::DesiredConfig::key).collect();
        for change in &plan.changes {
            if let Some(uid) = &change.uid {
                prop_assert!(state.configs.iter().any(|managed| managed.uid == *uid), "{uid} is not managed");
            }
            if change.steps.contains(&Verb::Delete) {
                prop_assert!(options.prune && !keys.contains(&change.key));
            } else {
                prop_assert!(keys.contains(&change.key));
            }
        }
        let deletes = plan.changes.iter().filter(|change| change.after.is_none()).count();
        let managed_count = state.for_sandbox(&sandbox()).count();
        prop_assert!(deletes <= options.max_allowed_deletes(managed_count) || !plan.blockers.is_empty());
    }

    #[test]
    fn every_config_is_planned_once(
        desired in any_desired_limits(),
        (observed, state) in any_observed_limits().prop_flat_map(any_limits_state),
        options in any_options(),
    ) {
        let plan = plan(&desired, &observed, &state, options);
        let about_a_file = |change: &&ajo_limits::ConfigChange| change.after.is_some();
        let decided = plan.blockers.iter().filter(|blocker| {
            blocker.key.as_ref().is_some_and(|key| desired.configs.iter().any(|wanted| wanted.key() == *key))
        });
        prop_assert_eq!(
            plan.changes.iter().filter(about_a_file).count() + plan.unchanged + decided.count(),
            desired.configs.len()
        );
        let mut seen = std::collections::BTreeSet::new();
        for uid in plan.changes.iter().filter_map(|change| change.uid.as_ref()) {
            prop_assert!(seen.insert(uid), "{} is changed twice", uid);
        }
    }

    #[test]
    fn plan_ignores_list_order(
        desired in any_desired_limits(),
        (observed, state) in any_observed_limits().prop_flat_map(any_limits_state),
        options in any_options(),
    ) {
        let first = plan(&desired, &observed, &state, options);
        let reversed = support::observed_limits(observed.configs.iter().rev().cloned().collect());
        let reversed = support::read_missing(&reversed, &[], &state);
        prop_assert_eq!(&plan(&desired, &reversed, &state, options), &first);
        let read: Plan = serde_json::from_str(&serde_json::to_string(&first).expect("JSON")).expect("a plan");
        prop_assert_eq!(read, first);
    }

    #[test]
    fn remote_edit_changes_digest(
        desired in any_desired_limits(),
        observed in any_observed_limits(),
        which in any::<prop::sample::Index>(),
    ) {
        let known = limits_state(&observed.configs);
        let first = plan(&desired, &observed, &known, PlanOptions::default());
        let changed: Vec<_> = first.changes.iter().filter_map(|change| change.uid.clone()).collect();
        prop_assume!(!changed.is_empty());
        let uid = which.get(&changed);
        let mut edited = observed.clone();
        for found in edited.configs.iter_mut().filter(|found| found.uid == *uid) {
            found.last_modified_at = Some("2026-11-27T00:00:00Z".to_owned());
        }
        prop_assert_ne!(plan(&desired, &edited, &known, PlanOptions::default()).digest, first.digest.clone());
    }

    #[test]
    fn unchanged_configs_need_no_changes(observed in any_observed_limits()) {
        // Each key once, and no saved definition that differs from the live one.
        let mut keys = std::collections::BTreeSet::new();
        let unique: Vec<_> = observed.configs.into_iter().filter(|found| {
            keys.insert(found.key()) && found.deploy_state == DeployState::from_desired(found.deploy_state.saved.clone(), found.deploy_state.is_deployed())
        }).collect();
        let desired = support::desired_limits(
            unique.iter().map(|found| desired_config(found.deploy_state.saved.clone(), found.deploy_state.is_deployed())).collect(),
        );
        let known = limits_state(&unique);
        let now = support::observed_limits(unique);
        for state in [known, ajo_limits::LimitsState::default()] {
            let plan = plan(&desired, &now, &state, PlanOptions::default());
            prop_assert!(plan.is_empty());
            prop_assert_eq!(plan.unchanged, desired.configs.len());
        }
    }
}

#[test]
fn empty_input_needs_no_changes() {
    let plan = plan(
        &support::desired_limits(Vec::new()),
        &observed_limits(Vec::new()),
        &limits_state(&[]),
        PlanOptions::default(),
    );
    assert!(plan.is_empty());
}
