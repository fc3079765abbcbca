//! The calls of an apply and their order.

use ajo_limits::{Action, ChangeReason, PlanOptions, StepState};

use serde_json::json;

use crate::limits::fixture::{ApplyFixture, CallLimitWatch, capping, desired, never_cancelled, throttling};

#[tokio::test]
async fn apply_leaves_no_changes() {
    let mut fixture = ApplyFixture::start().await;
    let wanted = desired(&[(capping("a", 1), true), (capping("b", 2), false), (throttling("t", 300), true)]);
    let results = fixture.apply(&wanted).await;
    assert!(results.iter().all(|result| result.state == StepState::Done), "{results:#?}");
    let plan = fixture.plan(&wanted).await;
    assert!(plan.is_empty() && plan.unchanged == 3, "{plan:#?}");
    assert_eq!((plan.stale, plan.importable), (vec![], vec![]), "the state contains all configurations");
}

#[tokio::test]
async fn throttling_update_needs_no_deploy() {
    let mut fixture = ApplyFixture::start().await;
    fixture.apply(&desired(&[(throttling("t", 300), true)])).await;
    fixture.clear_calls();
    fixture.apply(&desired(&[(throttling("t", 400), true)])).await;
    assert_eq!(fixture.mutating_calls(), ["throttling.update"]);
}

#[tokio::test]
async fn normalized_value_is_not_a_remote_edit() {
    let mut fixture = ApplyFixture::start().await;
    // The service returns OPTIONS for OPTION.
    fixture.set_quirk("method_name", "options");
    let mut json = serde_json::to_value(capping("a", 1)).expect("JSON");
    json["methods"] = json!(["OPTION"]);
    let definition = ajo_limits::ConfigDefinition::from_json(ajo_core::Api::Capping, &json).expect("a definition");
    let results = fixture.apply(&desired(&[(definition, true)])).await;
    assert!(results.iter().all(|result| result.state == StepState::Done), "{results:#?}");
}

#[tokio::test]
async fn calls_are_made_in_phase_order() {
    let mut fixture = ApplyFixture::start().await;
    let before = [("removed", 3), ("off", 1), ("changed", 1), ("unchanged", 1)];
    fixture.apply(&desired(&before.map(|(name, calls)| (capping(name, calls), true)))).await;
    fixture.clear_calls();
    fixture.options = PlanOptions { prune: true, force_delete: false, max_deletes: None };
    let wanted = [
        (capping("new", 1), true),
        (capping("off", 1), false),
        (capping("changed", 2), false),
        (capping("unchanged", 1), true),
    ];
    fixture.apply(&desired(&wanted)).await;
    let calls = fixture.mutating_calls();
    let calls: Vec<_> = calls.iter().map(|call| call.trim_start_matches("capping.")).collect();
    assert_eq!(calls, ["undeploy", "undeploy", "undeploy", "delete", "update", "create", "deploy"]);
    assert!(fixture.plan(&desired(&wanted)).await.is_empty());
}

#[tokio::test]
async fn forced_deletes_skip_undeploy() {
    let mut fixture = ApplyFixture::start().await;
    fixture.apply(&desired(&[(capping("a", 1), true), (capping("b", 1), true)])).await;
    fixture.clear_calls();
    fixture.options = PlanOptions { prune: true, force_delete: true, max_deletes: None };
    fixture.apply(&desired(&[(capping("a", 1), true)])).await;
    assert_eq!(fixture.mutating_calls(), ["capping.delete"]);
    assert_eq!(fixture.observe().await.configs.len(), 1);
}

#[tokio::test]
async fn remote_changes_are_reverted() {
    let mut fixture = ApplyFixture::start().await;
    let wanted = desired(&[(capping("a", 1), true), (capping("b", 1), true)]);
    fixture.apply(&wanted).await;
    let observed = fixture.observe().await;
    let is_a = |found: &ajo_limits::ObservedConfig| found.key().url.contains("//a.");
    let undeployed = &observed.configs.iter().find(|found| is_a(found)).expect("a").uid;
    fixture.client.capping().undeploy(undeployed).await.expect("undeployed");
    let deleted = &observed.configs.iter().find(|found| !is_a(found)).expect("b").uid;
    fixture.client.capping().delete(deleted, ajo_core::DeleteOptions { force: true }).await.expect("deleted");

    let plan = fixture.plan(&wanted).await;
    let actions: Vec<_> = plan.changes.iter().map(|change| (change.action, &change.reason)).collect();
    assert!(matches!(actions[0], (Action::Deploy, ChangeReason::ChangedRemotely { .. })), "{actions:?}");
    assert!(matches!(actions[1], (Action::Create, ChangeReason::DeletedRemotely)), "{actions:?}");
    fixture.apply_plan(&plan, &never_cancelled()).await;
    assert!(fixture.plan(&wanted).await.is_empty());
}

#[tokio::test]
async fn change_after_plan_is_not_overwritten() {
    let mut fixture = ApplyFixture::start().await;
    fixture.apply(&desired(&[(capping("a", 1), true), (capping("b", 1), true)])).await;
    let plan = fixture.plan(&desired(&[(capping("a", 2), true), (capping("b", 2), true)])).await;
    let uid = plan.changes[0].uid.clone().expect("an existing configuration");
    fixture.client.capping().undeploy(&uid).await.expect("undeployed by someone else");
    fixture.clear_calls();
    let results = fixture.apply_plan(&plan, &never_cancelled()).await;
    let changed: Vec<_> = results.iter().filter(|result| result.uid.as_ref() == Some(&uid)).collect();
    assert_eq!(changed[0].state, StepState::Failed);
    assert!(changed[0].error.as_ref().expect("an error").message.contains("after the plan was made"), "{changed:?}");
    assert!(changed[1..].iter().all(|result| result.state == StepState::NotStarted));
    let others = results.iter().filter(|result| result.uid.as_ref() != Some(&uid));
    assert!(others.into_iter().all(|result| result.state == StepState::Done), "the other one is not affected");
}

#[tokio::test]
async fn remote_create_is_not_duplicated() {
    let mut fixture = ApplyFixture::start().await;
    let wanted = desired(&[(capping("a", 1), true)]);
    let plan = fixture.plan(&wanted).await;
    let body = capping("a", 9).to_request_body().expect("complete");
    let remote = serde_json::from_value(body.into()).expect("a definition");
    fixture.client.capping().create(&remote).await.expect("created by someone else");
    let results = fixture.apply_plan(&plan, &never_cancelled()).await;
    assert_eq!(results[0].state, StepState::Failed);
    assert_eq!(fixture.observe().await.configs.len(), 1);
}

#[tokio::test]
async fn concurrency_limit_is_respected() {
    let mut fixture = ApplyFixture::start().await;
    fixture.add_fault("capping.*=delay:20");
    let configs: Vec<_> = (0..24).map(|number| (capping(&format!("c{number}"), 1), true)).collect();
    let start = std::time::Instant::now();
    let results = fixture.apply(&desired(&configs)).await;
    assert!(results.iter().all(|result| result.state == StepState::Done));
    // 24 configurations with four calls each and four at a time take at least 24 × 20 ms.
    assert!(start.elapsed() >= std::time::Duration::from_millis(480), "{:?}", start.elapsed());
}

#[tokio::test]
async fn cancel_finishes_calls_in_flight() {
    let mut fixture = ApplyFixture::start().await;
    let configs: Vec<_> = (0..10).map(|number| (capping(&format!("c{number}"), 1), true)).collect();
    let wanted = desired(&configs);
    let plan = fixture.plan(&wanted).await;
    let results = fixture.apply_plan(&plan, &CallLimitWatch(3, std::sync::atomic::AtomicUsize::new(0))).await;
    let done = results.iter().filter(|result| result.state == StepState::Done).count();
    assert!((3..=7).contains(&done), "{done} calls were made");
    assert!(results.iter().all(|result| matches!(result.state, StepState::Done | StepState::NotStarted)));
    let results = fixture.apply(&wanted).await;
    assert!(results.iter().all(|result| result.state == StepState::Done));
    assert_eq!(fixture.observe().await.configs.len(), 10);
}

#[tokio::test]
async fn update_preserves_unknown_fields() {
    let mut fixture = ApplyFixture::start().await;
    fixture.apply(&desired(&[(capping("a", 1), true)])).await;
    let found = fixture.observe().await.configs.remove(0);
    let mut remote = found.deploy_state.saved.to_request_body().expect("complete");
    remote["services"]["dataSource"]["rating"]["jitter"] = json!(true);
    fixture.client.update_raw(ajo_core::Api::Capping, &found.uid, remote).await.expect("updated by someone else");
    fixture.client.capping().deploy(&found.uid).await.expect("deployed by someone else");

    // Unknown fields are not a difference from the file.
    let plan = fixture.plan(&desired(&[(capping("a", 1), true)])).await;
    assert!(plan.is_empty(), "{plan:#?}");
    let results = fixture.apply(&desired(&[(capping("a", 2), true)])).await;
    assert!(results.iter().all(|result| result.state == StepState::Done), "{results:#?}");
    let found = fixture.observe().await.configs.remove(0);
    assert_eq!(found.deploy_state.saved, capping("a", 2));
    let unknown = json!({"services": {"dataSource": {"rating": {"jitter": true}}}});
    assert_eq!(serde_json::Value::Object(found.unknown_fields), unknown);
}
