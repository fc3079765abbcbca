//! Applies whose lease is renewed or lost while they run.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ajo_apply::{ApplyObserver, ApplyOutcome};
use ajo_core::{Uid, Verb};
use ajo_limits::StepState::{Done, Failed};
use ajo_limits::{ConfigChange, DesiredLimits, StepState};
use ajo_state::StateError;

use crate::limits::fixture::{capping, desired, never_cancelled, sandbox, step_states};
use crate::limits::machines::{LEASE, Machine, SharedWorld, SlowWrite, TestClock};

/// Advances the clock once, when this number of calls of a kind has finished.
struct ClockAdvance {
    clock: TestClock,
    time: Duration,
    verb: Verb,
    after: usize,
    finished: AtomicUsize,
}

impl ApplyObserver for ClockAdvance {
    fn step_finished(&self, _: &ConfigChange, step: Verb, _: StepState) {
        if step == self.verb && self.finished.fetch_add(1, Ordering::Relaxed) + 1 == self.after {
            self.clock.advance(self.time);
        }
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

fn new_configs(count: i64) -> DesiredLimits {
    let configs: Vec<_> = (0..count).map(|number| (capping(&format!("c{number:02}"), 1), true)).collect();
    desired(&configs)
}

/// Plans and applies. Advances the clock of the lease after so many calls of this kind.
async fn apply(
    machine: &Machine<'_>,
    wanted: &DesiredLimits,
    time: Duration,
    (verb, after): (Verb, usize),
) -> ApplyOutcome {
    let planned = machine.plan(wanted).await;
    let observer = ClockAdvance { clock: machine.clock.clone(), time, verb, after, finished: AtomicUsize::new(0) };
    machine.run(&planned, &observer).await
}

fn calls(world: &SharedWorld, operation: &str) -> usize {
    world.emulator.state().calls().for_operation(operation).len()
}

#[tokio::test]
async fn lost_lease_stops_apply() {
    let world = SharedWorld::start().await;
    let machine = world.machine("a", &sandbox());
    let outcome = apply(&machine, &new_configs(10), LEASE, (Verb::Create, 3)).await;
    assert!(matches!(outcome.error, Some(StateError::LeaseLost { .. })), "{:?}", outcome.error);
    let created = calls(&world, "capping.create");
    assert!((3..=4).contains(&created), "{created} calls: three, and one in flight");
    assert_eq!(calls(&world, "capping.deploy"), 0);
    let results = outcome.journal.results();
    let done = results.iter().filter(|result| result.state == Done).count();
    let refused = results.iter().filter(|result| result.state == Failed);
    assert_eq!(done, created);
    for result in refused {
        let error = result.error.as_ref().expect("a reason");
        assert!(error.message.starts_with("the lease was lost"), "{error:?}");
        assert!(error.hint.as_ref().is_some_and(|hint| hint.starts_with("this call was not made")), "{error:?}");
    }
}

#[tokio::test]
async fn started_redeploy_needs_the_lease() {
    let world = SharedWorld::start().await;
    world.set_quirk("redeploy", "refused");
    world.machine("setup", &sandbox()).apply(&desired(&[(capping("a", 1), true)])).await;
    let machine = world.machine("a", &sandbox());
    let wanted = desired(&[(capping("a", 2), true)]);
    let outcome = apply(&machine, &wanted, LEASE, (Verb::Undeploy, 1)).await;
    let results = outcome.journal.results();
    let expected = [("update", Done), ("can_deploy", Done), ("undeploy", Done), ("deploy", Failed)];
    assert_eq!(step_states(&results), expected);
    assert_eq!(calls(&world, "capping.undeploy"), 1);
    assert_eq!(calls(&world, "capping.deploy"), 2, "the one of the setup, and the refused one");
    // Another machine finishes it.
    let resumed = world.machine("b", &sandbox());
    resumed.apply(&wanted).await;
    assert!(resumed.observe().await.configs[0].is_live_as_saved());
}

#[tokio::test]
async fn late_responses_are_reported() {
    let world = SharedWorld::start().await;
    let machine = world.machine("a", &sandbox());
    let planned = machine.plan(&new_configs(3)).await;
    world.add_fault("capping.create=delay:400");
    let watch = never_cancelled();
    let suspended = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        machine.clock.advance(LEASE);
    };
    let (outcome, ()) = tokio::join!(machine.run(&planned, &watch), suspended);
    assert!(matches!(outcome.error, Some(StateError::LeaseLost { .. })), "{:?}", outcome.error);
    let found: BTreeSet<Uid> = machine.observe().await.configs.into_iter().map(|found| found.uid).collect();
    let late: BTreeSet<_> = outcome.late_requests.iter().filter_map(|late| late.uid.clone()).collect();
    assert_eq!((late.len(), late), (2, found), "as many as the concurrency");
    assert!(outcome.late_requests.iter().all(|late| late.step == Verb::Create && late.state == Done));
}

#[tokio::test]
async fn apply_lists_again_after_renewal() {
    // The plan lists too.
    for (time, lists) in [(Duration::ZERO, 2), (LEASE / 4, 3)] {
        let world = SharedWorld::start().await;
        let machine = world.machine("a", &sandbox());
        let before = calls(&world, "capping.list");
        let outcome = apply(&machine, &new_configs(12), time, (Verb::Create, 2)).await;
        assert!(outcome.journal.results().iter().all(|result| result.state == Done));
        assert_eq!(calls(&world, "capping.list") - before, lists, "{time:?}");
    }
}

#[tokio::test]
async fn renewal_before_the_create_lists_again() {
    let world = SharedWorld::start().await;
    let machine = world.machine("a", &sandbox());
    let planned = machine.plan(&new_configs(1)).await;
    let before = calls(&world, "capping.list");
    // The second batch has the entry of the create call, and the configuration was listed before.
    machine.delay_write(SlowWrite("/1", LEASE / 4));
    machine.run(&planned, &never_cancelled()).await;
    assert_eq!(calls(&world, "capping.list") - before, 2);
}

#[tokio::test]
async fn create_after_renewal_is_not_duplicated() {
    let world = SharedWorld::start().await;
    let machine = world.machine("a", &sandbox());
    let wanted = new_configs(12);
    let planned = machine.plan(&wanted).await;
    world.add_fault("capping.create=delay:60");
    let watch = never_cancelled();
    let someone_else = async {
        while calls(&world, "capping.create") == 0 {
            tokio::task::yield_now().await;
        }
        let body = wanted.configs[11].definition.to_request_body().expect("complete");
        machine.client.create_raw(ajo_core::Api::Capping, body).await.expect("created");
        machine.clock.advance(LEASE / 4);
    };
    let (outcome, ()) = tokio::join!(machine.run(&planned, &watch), someone_else);
    let results = outcome.journal.results();
    let failed: Vec<_> = results.iter().filter_map(|result| result.error.as_ref()).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].message.starts_with("someone else created it"), "{failed:?}");
    assert_eq!(machine.observe().await.configs.len(), 12);
}
