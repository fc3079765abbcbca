//! What an apply calls, and in which order.

use ajo_limits::{Cause, Kind, Options, StepState};

use serde_json::json;

use crate::limits::support::{StopAfter, World, capping, desired, never, throttling};

#[tokio::test]
async fn what_the_files_say_is_there_afterwards_and_the_next_plan_is_empty() {
    let mut world = World::start().await;
    let wanted = desired(&[(capping("a", 1), true), (capping("b", 2), false), (throttling("t", 300), true)]);
    let results = world.apply(&wanted).await;
    assert!(results.iter().all(|result| result.state == StepState::Done), "{results:#?}");
    let plan = world.plan(&wanted).await;
    assert!(plan.is_empty() && plan.unchanged == 3, "{plan:#?}");
    assert_eq!((plan.settled, plan.unowned), (vec![], vec![]), "the ledger holds all of it");
}

#[tokio::test]
async fn a_deployed_capping_configuration_is_updated_and_redeployed_as_adobe_documents_and_throttling_only_updated() {
    let mut world = World::start().await;
    world.apply(&desired(&[(capping("a", 1), true), (throttling("t", 300), true)])).await;
    world.forget_calls();
    world.apply(&desired(&[(capping("a", 2), true), (throttling("t", 400), true)])).await;
    let of = |api: &str| -> Vec<String> {
        let world = world.emulator.world();
        let calls = world.calls();
        let names = calls.iter().filter_map(|call| call.operation.clone()).filter(|name| name.starts_with(api));
        names.filter(|name| !name.contains(".list") && !name.contains(".get")).collect()
    };
    assert_eq!(
        of("capping"),
        ["capping.update", "capping.can_deploy", "capping.undeploy", "capping.can_deploy", "capping.deploy"]
    );
    assert_eq!(of("throttling"), ["throttling.update"]);
}

#[tokio::test]
async fn the_order_is_undeploy_delete_update_create_can_deploy_deploy() {
    let mut world = World::start().await;
    let before = [("gone", 1), ("off", 1), ("changed", 1), ("kept", 1)];
    world.apply(&desired(&before.map(|(name, calls)| (capping(name, calls), true)))).await;
    world.forget_calls();
    world.options = Options { prune: true, force_delete: false, max_deletes: None };
    let wanted = [
        (capping("new", 1), true),
        (capping("off", 1), false),
        (capping("changed", 2), false),
        (capping("kept", 1), true),
    ];
    world.apply(&desired(&wanted)).await;
    let calls = world.mutating();
    let calls: Vec<_> = calls.iter().map(|call| call.trim_start_matches("capping.")).collect();
    assert_eq!(calls, ["undeploy", "undeploy", "undeploy", "delete", "update", "create", "deploy"]);
    assert!(world.plan(&desired(&wanted)).await.is_empty());
}

#[tokio::test]
async fn forced_deletes_are_not_undeployed_first() {
    let mut world = World::start().await;
    world.apply(&desired(&[(capping("a", 1), true), (capping("b", 1), true)])).await;
    world.forget_calls();
    world.options = Options { prune: true, force_delete: true, max_deletes: None };
    world.apply(&desired(&[(capping("a", 1), true)])).await;
    assert_eq!(world.mutating(), ["capping.delete"]);
    assert_eq!(world.observe().await.configs.len(), 1);
}

#[tokio::test]
async fn what_somebody_else_did_is_put_back_and_they_are_named() {
    let mut world = World::start().await;
    let wanted = desired(&[(capping("a", 1), true), (capping("b", 1), true)]);
    world.apply(&wanted).await;
    let observed = world.observe().await;
    let theirs = |found: &ajo_limits::Found| found.key().url.contains("//a.");
    let uid = &observed.configs.iter().find(|found| theirs(found)).expect("a").uid;
    world.client.capping().undeploy(uid).await.expect("undeployed");
    let gone = &observed.configs.iter().find(|found| !theirs(found)).expect("b").uid;
    world.client.capping().delete(gone, ajo_core::DeleteOptions { force: true }).await.expect("deleted");

    let plan = world.plan(&wanted).await;
    let kinds: Vec<_> = plan.changes.iter().map(|change| (change.kind, &change.cause)).collect();
    assert!(matches!(kinds[0], (Kind::Deploy, Cause::Others { .. })), "{kinds:?}");
    assert!(matches!(kinds[1], (Kind::Create, Cause::Gone)), "{kinds:?}");
    world.apply_plan(&plan, &never()).await;
    assert!(world.plan(&wanted).await.is_empty());
}

#[tokio::test]
async fn a_change_between_the_plan_and_the_call_is_seen_and_not_overwritten() {
    let mut world = World::start().await;
    world.apply(&desired(&[(capping("a", 1), true), (capping("b", 1), true)])).await;
    let plan = world.plan(&desired(&[(capping("a", 2), true), (capping("b", 2), true)])).await;
    let uid = plan.changes[0].uid.clone().expect("it is there");
    world.client.capping().undeploy(&uid).await.expect("undeployed by somebody");
    world.forget_calls();
    let results = world.apply_plan(&plan, &never()).await;
    let of_a: Vec<_> = results.iter().filter(|result| result.uid.as_ref() == Some(&uid)).collect();
    assert_eq!(of_a[0].state, StepState::Failed);
    assert!(of_a[0].error.as_ref().expect("why").message.contains("since the plan was made"), "{of_a:?}");
    assert!(of_a[1..].iter().all(|result| result.state == StepState::NotStarted));
    let others = results.iter().filter(|result| result.uid.as_ref() != Some(&uid));
    assert!(others.into_iter().all(|result| result.state == StepState::Done), "the other one is not held up");
}

#[tokio::test]
async fn what_somebody_else_creates_between_the_plan_and_the_call_is_not_created_twice() {
    let mut world = World::start().await;
    let wanted = desired(&[(capping("a", 1), true)]);
    let plan = world.plan(&wanted).await;
    let theirs = capping("a", 9).to_send().expect("whole");
    let theirs = serde_json::from_value(theirs.into()).expect("a definition");
    world.client.capping().create(&theirs).await.expect("created by somebody");
    let results = world.apply_plan(&plan, &never()).await;
    assert_eq!(results[0].state, StepState::Failed);
    assert_eq!(world.observe().await.configs.len(), 1);
}

#[tokio::test]
async fn no_more_calls_are_in_flight_than_allowed_and_writes_to_one_configuration_follow_each_other() {
    let mut world = World::start().await;
    world.fault("capping.*=delay:20");
    let configs: Vec<_> = (0..24).map(|number| (capping(&format!("c{number}"), 1), true)).collect();
    let began = std::time::Instant::now();
    let results = world.apply(&desired(&configs)).await;
    assert!(results.iter().all(|result| result.state == StepState::Done));
    // 24 configurations with four calls each, four at a time: never faster than 24 × 20 ms.
    assert!(began.elapsed() >= std::time::Duration::from_millis(480), "{:?}", began.elapsed());
}

#[tokio::test]
async fn after_a_request_to_stop_the_calls_in_flight_end_and_no_other_begins() {
    let mut world = World::start().await;
    let configs: Vec<_> = (0..10).map(|number| (capping(&format!("c{number}"), 1), true)).collect();
    let wanted = desired(&configs);
    let plan = world.plan(&wanted).await;
    let results = world.apply_plan(&plan, &StopAfter(3, std::sync::atomic::AtomicUsize::new(0))).await;
    let done = results.iter().filter(|result| result.state == StepState::Done).count();
    assert!((3..=7).contains(&done), "{done} calls were made");
    assert!(results.iter().all(|result| matches!(result.state, StepState::Done | StepState::NotStarted)));
    let results = world.apply(&wanted).await;
    assert!(results.iter().all(|result| result.state == StepState::Done));
    assert_eq!(world.observe().await.configs.len(), 10);
}

#[tokio::test]
async fn an_update_keeps_fields_that_nobody_knows() {
    let mut world = World::start().await;
    world.apply(&desired(&[(capping("a", 1), true)])).await;
    let found = world.observe().await.configs.remove(0);
    let mut theirs = found.standing.saved.to_send().expect("whole");
    theirs["services"]["dataSource"]["rating"]["jitter"] = json!(true);
    world.client.update_raw(ajo_core::Api::Capping, &found.uid, theirs).await.expect("updated by somebody");
    world.client.capping().deploy(&found.uid).await.expect("deployed by somebody");

    // They are no difference to the file.
    let plan = world.plan(&desired(&[(capping("a", 1), true)])).await;
    assert!(plan.is_empty(), "{plan:#?}");
    let results = world.apply(&desired(&[(capping("a", 2), true)])).await;
    assert!(results.iter().all(|result| result.state == StepState::Done), "{results:#?}");
    let found = world.observe().await.configs.remove(0);
    assert_eq!(found.standing.saved, capping("a", 2));
    let unknown = json!({"services": {"dataSource": {"rating": {"jitter": true}}}});
    assert_eq!(serde_json::Value::Object(found.unknown_fields), unknown);
}
