//! Planning reads and never writes.

use ajo_limits::{PlanOptions, plan};
use ajo_tests::sample_count;

use crate::limits::fixture::{ApplyFixture, capping, desired, throttling};

#[tokio::test]
async fn planning_makes_no_mutating_calls() {
    let mut fixture = ApplyFixture::start().await;
    let mut random = 7_u64;
    let mut next = |below: u64| {
        // A reproducible linear congruential generator with Knuth's constants.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let mut any = |throttled: bool| {
        let mut configs = Vec::new();
        for name in ["a", "b", "c"] {
            if next(3) > 0 {
                configs.push((capping(name, 1 + i64::try_from(next(2)).expect("small")), next(2) > 0));
            }
        }
        if throttled && next(2) > 0 {
            configs.push((throttling("t", 200 + i64::try_from(next(2)).expect("small")), next(2) > 0));
        }
        (desired(&configs), PlanOptions { prune: next(2) > 0, force_delete: next(2) > 0, max_deletes: None })
    };
    let mut nonempty = 0;
    let rounds = sample_count(8, 40);
    for _ in 0..rounds {
        let (existing, _) = any(true);
        fixture.apply(&existing).await;
        fixture.clear_calls();
        // Planning is pure, so one fixture serves many plans.
        for _ in 0..50 {
            let (desired, options) = any(true);
            let observed = fixture.observe().await;
            for state in [&fixture.state, &ajo_limits::LimitsState::default()] {
                nonempty += usize::from(!plan(&desired, &observed, state, options).is_empty());
            }
        }
        assert_eq!(fixture.mutating_calls(), Vec::<String>::new());
        fixture.emulator.state().default_organization_mut().reset();
        fixture.state = ajo_limits::LimitsState::default();
    }
    assert!(nonempty > 25 * rounds, "only {nonempty} plans had changes");
}

#[tokio::test]
async fn planning_lists_each_api_once() {
    let mut fixture = ApplyFixture::start().await;
    fixture.apply(&desired(&[(capping("a", 1), true), (throttling("t", 300), true)])).await;
    fixture.clear_calls();
    fixture.plan(&desired(&[(capping("a", 2), true)])).await;
    let emulated = fixture.emulator.state();
    let mut calls: Vec<_> = emulated.calls().iter().filter_map(|call| call.operation.clone()).collect();
    calls.sort();
    assert_eq!(calls, ["capping.list", "throttling.list"]);
}

#[tokio::test]
async fn development_sandbox_has_no_throttling() {
    let fixture = ApplyFixture::start().await;
    let development = ajo_apply::ServiceReader::new(&ajo_tests::emulator_client(&fixture.emulator, "dev"));
    assert_eq!(development.observe(false, &[]).await.expect("an empty list").configs, []);
    let error = development.observe(true, &[]).await.expect_err("throttling is wanted");
    assert_eq!(error.code().map(ToString::to_string).as_deref(), Some("1463"));
}
