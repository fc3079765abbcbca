//! Planning reads and never writes.

use ajo_limits::{Options, plan};
use ajo_tests::sample;

use crate::limits::support::{World, capping, desired, throttling};

#[tokio::test]
async fn planning_makes_no_mutating_call_in_thousands_of_random_worlds() {
    let mut world = World::start().await;
    let mut random = 7_u64;
    let mut next = |below: u64| {
        // Numbers that are the same in every run (a linear congruential generator, with Knuth's constants).
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
        (desired(&configs), Options { prune: next(2) > 0, force_delete: next(2) > 0, max_deletes: None })
    };
    let mut worked = 0;
    let worlds = sample(8, 40);
    for _ in 0..worlds {
        let (there, _) = any(true);
        world.apply(&there).await;
        world.forget_calls();
        // Planning is pure: of one world, many plans with many ledgers.
        for _ in 0..50 {
            let (desired, options) = any(true);
            let observed = world.observe().await;
            for ledger in [&world.ledger, &ajo_limits::Ledger::default()] {
                worked += usize::from(!plan(&desired, &observed, ledger, options).is_empty());
            }
        }
        assert_eq!(world.mutating(), Vec::<String>::new());
        world.emulator.world().first_mut().reset();
        world.ledger = ajo_limits::Ledger::default();
    }
    assert!(worked > 25 * worlds, "only {worked} of these plans had something to do");
}

#[tokio::test]
async fn planning_makes_one_list_call_of_each_api() {
    let mut world = World::start().await;
    world.apply(&desired(&[(capping("a", 1), true), (throttling("t", 300), true)])).await;
    world.forget_calls();
    world.plan(&desired(&[(capping("a", 2), true)])).await;
    let emulated = world.emulator.world();
    let mut calls: Vec<_> = emulated.calls().iter().filter_map(|call| call.operation.clone()).collect();
    calls.sort();
    assert_eq!(calls, ["capping.list", "throttling.list"]);
}

#[tokio::test]
async fn a_sandbox_that_is_not_for_production_has_no_throttling_and_that_is_no_error_unless_some_is_wanted() {
    let world = World::start().await;
    let development = ajo_apply::Reader::new(&ajo_tests::emulated(&world.emulator, "dev"));
    assert_eq!(development.observe(false).await.expect("nothing is there").configs, []);
    let error = development.observe(true).await.expect_err("throttling is wanted");
    assert_eq!(error.code().map(ToString::to_string).as_deref(), Some("1463"));
}
