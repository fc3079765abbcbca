//! Calls that fail, and calls whose end is not known.

use ajo_limits::StepState::{Done, Failed, NotStarted, Unknown};

use crate::limits::support::{World, capping, desired, states, throttling};

#[tokio::test]
async fn what_fails_keeps_its_own_configuration_back_and_no_other() {
    let mut world = World::start().await;
    world.fault("capping.create@first:1=service:4000");
    let wanted = desired(&[(capping("a", 1), true), (capping("b", 1), true)]);
    let results = world.apply(&wanted).await;
    let mut states = states(&results);
    states.sort_by_key(|(_, state)| *state == Done);
    assert_eq!(states[..3], [("create", Failed), ("can_deploy", NotStarted), ("deploy", NotStarted)]);
    assert!(states[3..].iter().all(|(_, state)| *state == Done), "{states:?}");
    let error = results.iter().find_map(|result| result.error.as_ref()).expect("why");
    assert_eq!((error.status, error.code.as_deref()), (Some(500), Some("4000")));
    assert!(error.request_id.is_some(), "{error:?}");

    world.clear_faults();
    world.apply(&wanted).await;
    assert!(world.plan(&wanted).await.is_empty());
}

#[tokio::test]
async fn a_call_whose_answer_is_lost_is_unknown_and_read_back_rather_than_made_again() {
    for effect in ["drop_after", "lost:504", "half_body", "garbage"] {
        let mut world = World::start().await;
        world.fault(&format!("capping.create={effect}"));
        let wanted = desired(&[(capping("a", 1), true)]);
        let results = world.apply(&wanted).await;
        assert_eq!(
            states(&results),
            [("create", Unknown), ("can_deploy", NotStarted), ("deploy", NotStarted)],
            "{effect}"
        );
        world.clear_faults();
        let plan = world.plan(&wanted).await;
        let kinds: Vec<_> = plan.changes.iter().map(|change| change.kind.as_str()).collect();
        assert_eq!(kinds, ["deploy"], "{effect}: it is there, and ours");
        world.apply(&wanted).await;
        assert_eq!(world.observe().await.configs.len(), 1, "{effect}");
        assert!(world.plan(&wanted).await.is_empty(), "{effect}");
    }
}

#[tokio::test]
async fn what_cannot_be_deployed_is_not_deployed_and_what_limits_is_not_taken_away_for_it() {
    let mut world = World::start().await;
    world.apply(&desired(&[(capping("a", 1), true)])).await;
    // A definition that is stored and cannot be deployed.
    let results = world.apply(&desired(&[(capping("a", 0), true)])).await;
    let kept = [("update", Done), ("undeploy", Failed), ("can_deploy", NotStarted), ("deploy", NotStarted)];
    assert_eq!(states(&results), kept);
    let error = results[1].error.as_ref().expect("why");
    assert!(error.message.contains("cannot be deployed") && error.code.is_some(), "{error:?}");
    // Going on with it does not take it away either.
    let results = world.apply(&desired(&[(capping("a", 0), true)])).await;
    assert_eq!(states(&results), kept[1..]);
    let found = world.observe().await.configs.remove(0);
    assert!(found.standing.is_deployed(), "the old definition still limits");
}

#[tokio::test]
async fn a_caller_who_is_no_longer_accepted_begins_nothing_further() {
    let mut world = World::start().await;
    let configs: Vec<_> = (0..30).map(|number| (capping(&format!("c{number}"), 1), true)).collect();
    world.fault("capping.create=gateway:403025");
    let results = world.apply(&desired(&configs)).await;
    let failed = results.iter().filter(|result| result.state == Failed).count();
    assert!((1..=4).contains(&failed), "{failed} were tried");
    assert!(world.observe().await.configs.is_empty());
}

#[tokio::test]
async fn a_second_throttling_configuration_is_a_refusal_that_names_the_first() {
    let mut world = World::start().await;
    world.apply(&desired(&[(throttling("first", 300), true)])).await;
    world.ledger = ajo_limits::Ledger::default();
    let plan = world.plan(&desired(&[(throttling("second", 300), true)])).await;
    assert_eq!(plan.refusals.len(), 1);
    assert_eq!(plan.refusals[0].why, ajo_limits::Why::OneThrottling);
    assert!(plan.refusals[0].candidates[0].key.url.contains("first"));
}

#[tokio::test]
async fn an_exchange_that_was_begun_is_finished_although_somebody_asks_to_stop() {
    use std::sync::atomic::AtomicUsize;

    use crate::limits::support::StopAfter;

    let mut world = World::start().await;
    world.apply(&desired(&[(capping("a", 1), true), (capping("b", 1), true)])).await;
    let plan = world.plan(&desired(&[(capping("a", 2), true), (capping("b", 2), true)])).await;
    // Two updates and one undeploy.
    let results = world.apply_plan(&plan, &StopAfter(3, AtomicUsize::new(0))).await;
    for change in &plan.changes {
        let of_it = results.iter().filter(|result| result.key == change.key);
        let states: Vec<_> = of_it.map(|result| (result.step.as_str(), result.state)).collect();
        let undeployed = states.contains(&("undeploy", Done));
        assert_eq!(states.contains(&("deploy", Done)), undeployed, "{states:?}");
    }
    assert!(
        world.observe().await.configs.iter().all(|found| found.standing.is_deployed()),
        "nothing is left without a limit"
    );
}
