//! What holds for every plan.

use ajo_core::Verb;
use ajo_limits::{Options, Plan, Standing, plan};
use proptest::prelude::*;

use crate::support::{
    self, any_desired, any_ledger, any_observed, carried_out, config, ledger, observed, sandbox, wanted,
};

fn any_options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>(), proptest::option::of(0..9usize))
        .prop_map(|(prune, force_delete, max_deletes)| Options { prune, force_delete, max_deletes })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn after_an_apply_there_is_nothing_to_do(
        desired in any_desired(),
        (observed, ledger) in any_observed().prop_flat_map(any_ledger),
        options in any_options(),
    ) {
        let first = plan(&desired, &observed, &ledger, options);
        prop_assume!(first.refusals.is_empty());
        let (observed, ledger) = carried_out(&first, &observed, &ledger);
        let second = plan(&desired, &observed, &ledger, options);
        prop_assert!(second.is_empty(), "{:#?} and {:#?}", second.changes, second.refusals);
    }

    #[test]
    fn what_is_neither_wanted_nor_ours_is_never_touched(
        desired in any_desired(),
        (observed, ledger) in any_observed().prop_flat_map(any_ledger),
        options in any_options(),
    ) {
        let plan = plan(&desired, &observed, &ledger, options);
        let keys: Vec<_> = desired.configs.iter().map(ajo_limits::Wanted::key).collect();
        for change in &plan.changes {
            if let Some(uid) = &change.uid {
                prop_assert!(ledger.configurations.iter().any(|owned| owned.uid == *uid), "{uid} is not ours");
            }
            if change.steps.contains(&Verb::Delete) {
                prop_assert!(options.prune && !keys.contains(&change.key));
            } else {
                prop_assert!(keys.contains(&change.key));
            }
        }
        let deletes = plan.changes.iter().filter(|change| change.after.is_none()).count();
        let ours = ledger.of(&sandbox()).count();
        prop_assert!(deletes <= options.allowed_deletes(ours) || !plan.refusals.is_empty());
    }

    #[test]
    fn every_configuration_is_accounted_for_once(
        desired in any_desired(),
        (observed, ledger) in any_observed().prop_flat_map(any_ledger),
        options in any_options(),
    ) {
        let plan = plan(&desired, &observed, &ledger, options);
        let about_a_file = |change: &&ajo_limits::Change| change.after.is_some();
        let decided = plan.refusals.iter().filter(|refusal| {
            refusal.key.as_ref().is_some_and(|key| desired.configs.iter().any(|wanted| wanted.key() == *key))
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
    fn a_plan_is_the_same_however_the_service_orders_its_lists_and_survives_json(
        desired in any_desired(),
        (observed, ledger) in any_observed().prop_flat_map(any_ledger),
        options in any_options(),
    ) {
        let first = plan(&desired, &observed, &ledger, options);
        let turned = support::observed(observed.configs.iter().rev().cloned().collect());
        prop_assert_eq!(&plan(&desired, &turned, &ledger, options), &first);
        let read: Plan = serde_json::from_str(&serde_json::to_string(&first).expect("JSON")).expect("a plan");
        prop_assert_eq!(read, first);
    }

    #[test]
    fn any_edit_of_what_a_plan_is_about_changes_its_digest(
        desired in any_desired(),
        observed in any_observed(),
        which in any::<prop::sample::Index>(),
    ) {
        let known = ledger(&observed.configs);
        let first = plan(&desired, &observed, &known, Options::default());
        let changed: Vec<_> = first.changes.iter().filter_map(|change| change.uid.clone()).collect();
        prop_assume!(!changed.is_empty());
        let uid = which.get(&changed);
        let mut edited = observed.clone();
        for found in edited.configs.iter_mut().filter(|found| found.uid == *uid) {
            found.last_modified_at = Some("2026-11-27T00:00:00Z".to_owned());
        }
        prop_assert_ne!(plan(&desired, &edited, &known, Options::default()).digest, first.digest.clone());
    }

    #[test]
    fn what_stands_as_wanted_needs_nothing(observed in any_observed()) {
        // Each key once, and nothing that is saved and not in force.
        let mut keys = std::collections::BTreeSet::new();
        let kept: Vec<_> = observed.configs.into_iter().filter(|found| {
            keys.insert(found.key()) && found.standing == Standing::wanted(found.standing.saved.clone(), found.standing.is_deployed())
        }).collect();
        let desired = support::desired(
            kept.iter().map(|found| wanted(found.standing.saved.clone(), found.standing.is_deployed())).collect(),
        );
        let known = ledger(&kept);
        let now = support::observed(kept);
        for ledger in [known, ajo_limits::Ledger::default()] {
            let plan = plan(&desired, &now, &ledger, Options::default());
            prop_assert!(plan.is_empty());
            prop_assert_eq!(plan.unchanged, desired.configs.len());
        }
    }
}

#[test]
fn an_empty_world_needs_nothing() {
    let plan = plan(&support::desired(Vec::new()), &observed(Vec::new()), &ledger(&[]), Options::default());
    assert!(plan.is_empty());
}
