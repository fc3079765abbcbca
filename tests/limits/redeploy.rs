//! Changes of live capping configurations, at services that accept, refuse, or ignore a deploy of a deployed configuration.

use std::sync::atomic::AtomicUsize;

use ajo_core::LiveLimit;
use ajo_limits::StepState::{Done, Failed, NotStarted, Unknown};
use ajo_limits::{Action, LiveState, Plan, StepResult};

use crate::limits::fixture::{ApplyFixture, CallLimitWatch, capping, desired, step_states};

const VARIANTS: [&str; 3] = ["direct", "refused", "ignored"];

/// Two live configurations and a plan that changes both.
async fn changed_fixture(variant: &str) -> (ApplyFixture, Plan) {
    let mut fixture = ApplyFixture::start().await;
    fixture.set_quirk("redeploy", variant);
    fixture.apply(&desired(&[(capping("a", 1), true), (capping("b", 1), true)])).await;
    fixture.clear_calls();
    let plan = fixture.plan(&desired(&[(capping("a", 2), true), (capping("b", 2), true)])).await;
    (fixture, plan)
}

/// The live limit that the results report for each configuration, and the one that is really live.
async fn live_limits(fixture: &ApplyFixture, results: &[StepResult]) -> Vec<(LiveLimit, LiveLimit)> {
    let found = fixture.observe().await;
    let limits = found.configs.iter().map(|config| {
        let of_config = || results.iter().filter(|result| result.uid.as_ref() == Some(&config.uid));
        let reported = of_config().find_map(|result| result.live).unwrap_or(LiveLimit::New);
        let live = match &config.deploy_state.live {
            LiveState::NotDeployed => LiveLimit::None,
            LiveState::Unknown => LiveLimit::Unknown,
            LiveState::SameAsSaved
                if of_config().any(|result| result.step.as_str() == "update" && result.state != Done) =>
            {
                LiveLimit::Old
            }
            LiveState::SameAsSaved => LiveLimit::New,
            LiveState::Differs(_) => LiveLimit::Old,
        };
        (reported, live)
    });
    limits.collect()
}

#[tokio::test]
async fn live_capping_is_changed_without_gap() {
    for variant in VARIANTS {
        let mut fixture = ApplyFixture::start().await;
        fixture.set_quirk("redeploy", variant);
        fixture.apply(&desired(&[(capping("a", 1), true)])).await;
        fixture.clear_calls();
        let wanted = desired(&[(capping("a", 2), true)]);
        let results = fixture.apply(&wanted).await;
        let planned = [("update", Done), ("can_deploy", Done), ("deploy", Done)];
        let fallback = [("update", Done), ("can_deploy", Done), ("undeploy", Done), ("deploy", Done)];
        let (steps, calls): (&[_], &[_]) = match variant {
            "direct" => (&planned, &["update", "deploy"]),
            _ => (&fallback, &["update", "deploy", "undeploy", "deploy"]),
        };
        assert_eq!(step_states(&results), steps, "{variant}");
        assert!(results.iter().all(|result| result.live.is_none()), "{results:#?}");
        assert_eq!(fixture.mutating_calls(), calls.iter().map(|call| format!("capping.{call}")).collect::<Vec<_>>());
        assert!(fixture.plan(&wanted).await.is_empty(), "{variant}");
    }
}

#[tokio::test]
async fn failed_redeploy_reports_live_limit() {
    let cases = [
        ("direct", "capping.can_deploy=gateway:403025", "can_deploy", Failed, LiveLimit::Old),
        ("direct", "capping.deploy=service:4000", "deploy", Failed, LiveLimit::Old),
        ("direct", "capping.deploy=drop_before", "deploy", Failed, LiveLimit::Old),
        ("refused", "capping.undeploy=service:1459", "undeploy", Failed, LiveLimit::Old),
        ("ignored", "capping.undeploy=gateway:403025", "undeploy", Failed, LiveLimit::Old),
        ("refused", "capping.deploy@every:2=service:1458", "deploy", Failed, LiveLimit::None),
        ("ignored", "capping.deploy@every:2=service:1458", "deploy", Failed, LiveLimit::None),
    ];
    for (variant, fault, step, state, live) in cases {
        let mut fixture = ApplyFixture::start().await;
        fixture.set_quirk("redeploy", variant);
        fixture.apply(&desired(&[(capping("a", 1), true)])).await;
        let wanted = desired(&[(capping("a", 2), true)]);
        fixture.add_fault(fault);
        let results = fixture.apply(&wanted).await;
        fixture.clear_faults();
        let case = format!("{variant}, {fault}");
        let ended = results.iter().find(|result| result.live.is_some()).expect(&case);
        assert_eq!((ended.step.as_str(), ended.state, ended.live), (step, state, Some(live)), "{case}");
        assert!(ended.error.is_some(), "{case}");
        assert_eq!(live_limits(&fixture, &results).await, [(live, live)], "{case}");
        let action = if live == LiveLimit::Old { Action::Redeploy } else { Action::Deploy };
        assert_eq!(fixture.plan(&wanted).await.changes[0].action, action, "{case}");
        let results = fixture.apply(&wanted).await;
        assert!(results.iter().all(|result| result.state == Done), "{case}: {results:#?}");
        assert!(fixture.plan(&wanted).await.is_empty(), "{case}");
    }
}

#[tokio::test]
async fn unreadable_result_is_unknown() {
    let mut fixture = ApplyFixture::start().await;
    fixture.apply(&desired(&[(capping("a", 1), true)])).await;
    let wanted = desired(&[(capping("a", 2), true)]);
    // The read before the update, the one before the redeploy, and the one after the deploy.
    fixture.add_fault("capping.get@every:3=gateway:403025");
    let results = fixture.apply(&wanted).await;
    assert_eq!(step_states(&results)[2], ("deploy", Unknown));
    assert_eq!(results[2].live, Some(LiveLimit::Unknown));
    fixture.clear_faults();
    assert!(fixture.plan(&wanted).await.is_empty(), "the deploy was processed");
}

#[tokio::test]
async fn cancel_leaves_no_limit_undeployed() {
    for variant in VARIANTS {
        for calls in 0..10 {
            let (mut fixture, plan) = changed_fixture(variant).await;
            let results = fixture.apply_plan(&plan, &CallLimitWatch(calls, AtomicUsize::new(0))).await;
            for (reported, live) in live_limits(&fixture, &results).await {
                assert!(live != LiveLimit::None && live != LiveLimit::Unknown, "{variant}, {calls} calls");
                let untouched = results.iter().all(|result| result.state == NotStarted);
                assert!(
                    reported == live || untouched,
                    "{variant}, {calls} calls: {reported:?}, {live:?}: {results:#?}"
                );
            }
            let wanted = desired(&[(capping("a", 2), true), (capping("b", 2), true)]);
            fixture.apply(&wanted).await;
            assert!(fixture.plan(&wanted).await.is_empty(), "{variant}, {calls} calls");
        }
    }
}
