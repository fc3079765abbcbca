//! Calls that fail and calls whose outcome is unknown.

use ajo_limits::StepState::{Done, Failed, NotStarted, Unknown};

use crate::limits::fixture::{ApplyFixture, capping, desired, step_states, throttling};

#[tokio::test]
async fn failed_call_stops_own_config_only() {
    let mut fixture = ApplyFixture::start().await;
    fixture.add_fault("capping.create@first:1=service:4000");
    let wanted = desired(&[(capping("a", 1), true), (capping("b", 1), true)]);
    let results = fixture.apply(&wanted).await;
    let mut states = step_states(&results);
    states.sort_by_key(|(_, state)| *state == Done);
    assert_eq!(states[..3], [("create", Failed), ("can_deploy", NotStarted), ("deploy", NotStarted)]);
    assert!(states[3..].iter().all(|(_, state)| *state == Done), "{states:?}");
    let error = results.iter().find_map(|result| result.error.as_ref()).expect("an error");
    assert_eq!((error.status, error.code.as_deref()), (Some(500), Some("4000")));
    assert!(error.request_id.is_some(), "{error:?}");

    fixture.clear_faults();
    fixture.apply(&wanted).await;
    assert!(fixture.plan(&wanted).await.is_empty());
}

#[tokio::test]
async fn lost_response_is_reconciled() {
    for effect in ["drop_after", "lost:504", "half_body", "garbage"] {
        let mut fixture = ApplyFixture::start().await;
        fixture.add_fault(&format!("capping.create={effect}"));
        let wanted = desired(&[(capping("a", 1), true)]);
        let results = fixture.apply(&wanted).await;
        assert_eq!(
            step_states(&results),
            [("create", Unknown), ("can_deploy", NotStarted), ("deploy", NotStarted)],
            "{effect}"
        );
        fixture.clear_faults();
        let plan = fixture.plan(&wanted).await;
        let actions: Vec<_> = plan.changes.iter().map(|change| change.action.as_str()).collect();
        assert_eq!(actions, ["deploy"], "{effect}: it exists and is managed");
        fixture.apply(&wanted).await;
        assert_eq!(fixture.observe().await.configs.len(), 1, "{effect}");
        assert!(fixture.plan(&wanted).await.is_empty(), "{effect}");
    }
}

#[tokio::test]
async fn undeployable_update_keeps_live_limit() {
    let mut fixture = ApplyFixture::start().await;
    fixture.apply(&desired(&[(capping("a", 1), true)])).await;
    // The service saves this definition but refuses to deploy it.
    let results = fixture.apply(&desired(&[(capping("a", 0), true)])).await;
    let expected = [("update", Done), ("can_deploy", Failed), ("deploy", NotStarted)];
    assert_eq!(step_states(&results), expected);
    let error = results[1].error.as_ref().expect("an error");
    assert!(error.message.contains("cannot be deployed") && error.code.is_some(), "{error:?}");
    assert_eq!(results[1].live, Some(ajo_core::LiveLimit::Old));
    // A second apply does not undeploy it either.
    let results = fixture.apply(&desired(&[(capping("a", 0), true)])).await;
    assert_eq!(step_states(&results), expected[1..]);
    let found = fixture.observe().await.configs.remove(0);
    assert!(found.deploy_state.is_deployed(), "the old definition is still live");
}

#[tokio::test]
async fn authentication_error_stops_apply() {
    let mut fixture = ApplyFixture::start().await;
    let configs: Vec<_> = (0..30).map(|number| (capping(&format!("c{number}"), 1), true)).collect();
    fixture.add_fault("capping.create=gateway:403025");
    let results = fixture.apply(&desired(&configs)).await;
    let failed = results.iter().filter(|result| result.state == Failed).count();
    assert!((1..=4).contains(&failed), "{failed} calls failed");
    assert!(fixture.observe().await.configs.is_empty());
}

#[tokio::test]
async fn second_throttling_is_blocked() {
    let mut fixture = ApplyFixture::start().await;
    fixture.apply(&desired(&[(throttling("first", 300), true)])).await;
    fixture.state = ajo_limits::LimitsState::default();
    let plan = fixture.plan(&desired(&[(throttling("second", 300), true)])).await;
    assert_eq!(plan.blockers.len(), 1);
    assert_eq!(plan.blockers[0].reason, ajo_limits::BlockReason::MultipleThrottling);
    assert!(plan.blockers[0].candidates[0].key.url.contains("first"));
}
