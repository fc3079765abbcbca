//! Worlds to plan in, and a service that is a pure function.

use std::collections::BTreeSet;

use ajo_core::{Api, Sandbox, Uid, Verb};
use ajo_limits::{Definition, Desired, Found, InForce, Ledger, Observed, Plan, Standing, Wanted};
use proptest::prelude::*;
use serde_json::{Map, json};

/// The configuration of the property tests. `PROPTEST_CASES` sets the number of cases; with `AJO_TEST_FULL=1` it is at least 1,500.
pub(crate) fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let full = std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1");
    let cases = if full { default.cases.max(1500) } else { default.cases };
    ProptestConfig { cases, max_global_rejects: cases.saturating_mul(1000), failure_persistence: None, ..default }
}

pub(crate) fn sandbox() -> Sandbox {
    "prod".parse().expect("a name")
}

pub(crate) fn capping(url: &str, calls: i64) -> Definition {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let json = json!({"url": url, "methods": ["GET"], "services": {"dataSource": limit}});
    Definition::from_json(Api::Capping, &json).expect("a definition")
}

pub(crate) fn throttling(url_pattern: &str, calls: i64) -> Definition {
    let json = json!({"name": "partner", "urlPattern": url_pattern, "methods": ["POST"], "maxThroughput": calls});
    Definition::from_json(Api::Throttling, &json).expect("a definition")
}

pub(crate) fn wanted(definition: Definition, deployed: bool) -> Wanted {
    Wanted { definition, deployed, place: None }
}

pub(crate) fn desired(configs: Vec<Wanted>) -> Desired {
    Desired { sandbox: sandbox(), configs }
}

pub(crate) fn uid(number: usize) -> Uid {
    format!("uid-{number:04}").parse().expect("an identifier")
}

pub(crate) fn found(number: usize, standing: Standing) -> Found {
    Found {
        uid: uid(number),
        standing,
        last_modified_by: Some("Somebody".to_owned()),
        last_modified_at: Some(format!("2026-11-26T00:00:{:02}Z", number % 60)),
        unknown_fields: Map::new(),
    }
}

pub(crate) fn observed(mut configs: Vec<Found>) -> Observed {
    configs.sort_by(|one, other| one.uid.cmp(&other.uid));
    Observed { configs }
}

/// A ledger that was written when the service was like this.
pub(crate) fn ledger(of: &[Found]) -> Ledger {
    let mut ledger = Ledger::default();
    for found in of {
        ledger.note(&sandbox(), found.key(), found);
    }
    ledger
}

/// Does what a plan says, as the service would; gives what is there then, with the ledger of it.
pub(crate) fn carried_out(plan: &Plan, observed: &Observed, ledger: &Ledger) -> (Observed, Ledger) {
    let (mut now, mut ledger) = (observed.clone(), ledger.clone());
    let mut next = 5000;
    let mut uids: Vec<Option<Uid>> = plan.changes.iter().map(|change| change.uid.clone()).collect();
    for task in plan.schedule().into_iter().flat_map(|phase| phase.tasks) {
        let change = &plan.changes[task.change];
        for step in task.steps {
            let definition = change.after.as_ref().map(|after| &after.saved);
            if step == Verb::Create {
                next += 1;
                uids[task.change] = Some(uid(next));
                let definition = definition.expect("a definition").clone();
                now.configs.push(found(next, Standing::wanted(definition, false)));
                continue;
            }
            let uid = uids[task.change].clone().expect("it was created");
            let index = now.configs.iter().position(|found| found.uid == uid).expect("it is there");
            let standing = now.configs[index].standing.clone();
            match step {
                Verb::Delete => {
                    assert!(!standing.is_deployed() || plan.options.force_delete, "deleted while it limits");
                    now.configs.remove(index);
                    ledger.forget(&uid);
                }
                Verb::Deploy if change.key.api == Api::Throttling => {
                    assert!(!standing.is_deployed(), "throttling is not deployed twice");
                    now.configs[index].standing = standing.after(step, &standing.saved);
                }
                _ => {
                    let definition = definition.unwrap_or(&standing.saved);
                    now.configs[index].standing = standing.after(step, definition);
                }
            }
        }
    }
    let now = self::observed(now.configs);
    for found in now.configs.iter().filter(|found| uids.contains(&Some(found.uid.clone()))) {
        ledger.note(&sandbox(), found.key(), found);
    }
    (now, ledger)
}

/// Any definition of few, so that worlds meet often.
pub(crate) fn any_definition() -> impl Strategy<Value = Definition> {
    prop_oneof![
        4 => (0..4usize, 1..3i64).prop_map(|(url, calls)| capping(&format!("https://{url}.example.org/*"), calls)),
        1 => (0..2usize, 200..202i64)
            .prop_map(|(url, calls)| throttling(&format!("https://t{url}.example.org/*"), calls)),
    ]
}

fn any_standing() -> impl Strategy<Value = Standing> {
    (any_definition(), any_definition(), 0..4u8).prop_map(|(saved, other, kind)| {
        match (kind, saved.api(), other.api()) {
            (0, ..) => Standing::wanted(saved, false),
            (1, Api::Capping, Api::Capping) => Standing::of(saved, Some(other)),
            (2, Api::Capping, _) => Standing { saved, in_force: InForce::Unknown },
            _ => Standing::wanted(saved, true),
        }
    })
}

/// What a service has: any number of capping configurations, also several with one key, and at most one of throttling.
pub(crate) fn any_observed() -> impl Strategy<Value = Observed> {
    proptest::collection::vec(any_standing(), 0..7).prop_map(|standings| {
        let mut throttled = false;
        let kept = standings
            .into_iter()
            .filter(|standing| standing.saved.api() == Api::Capping || !std::mem::replace(&mut throttled, true));
        observed(kept.enumerate().map(|(number, standing)| found(number, standing)).collect())
    })
}

/// What files want: each key once, and at most one of throttling.
pub(crate) fn any_desired() -> impl Strategy<Value = Desired> {
    proptest::collection::vec((any_definition(), any::<bool>()), 0..5).prop_map(|configs| {
        let (mut keys, mut throttled) = (BTreeSet::new(), false);
        let kept = configs.into_iter().filter(|(definition, _)| {
            keys.insert(definition.key())
                && (definition.api() == Api::Capping || !std::mem::replace(&mut throttled, true))
        });
        desired(kept.map(|(definition, deployed)| wanted(definition, deployed)).collect())
    })
}

/// A ledger that knows some of it, some as it stands and some as it stood before.
pub(crate) fn any_ledger(observed: Observed) -> impl Strategy<Value = (Observed, Ledger)> {
    let count = observed.configs.len();
    (proptest::collection::vec((0..3u8, any_standing()), count), proptest::option::of(any_standing())).prop_map(
        move |(known, gone)| {
            let mut entries = Vec::new();
            for (found, (kind, before)) in observed.configs.iter().zip(known) {
                match kind {
                    0 => {}
                    1 => entries.push(found.clone()),
                    _ if before.saved.api() == found.standing.saved.api() => {
                        entries.push(Found { standing: before, ..found.clone() });
                    }
                    _ => {}
                }
            }
            entries.extend(gone.map(|standing| found(4000, standing)));
            (observed.clone(), ledger(&entries))
        },
    )
}
