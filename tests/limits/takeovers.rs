//! A second machine, with nothing but the bucket, finishes an apply that was killed after any of its requests.

use ajo_core::{Api, SandboxName, Uid};
use ajo_limits::{ChangeReason, ConfigDefinition, DesiredLimits, StepState};
use ajo_tests::sample_count;

use crate::limits::fixture::{capping, desired, never_cancelled, sandbox, throttling};
use crate::limits::machines::SharedWorld;

/// What else goes wrong.
#[derive(Clone, Copy, Debug)]
struct Scenario<'s> {
    /// How the service treats the deploy of a deployed configuration.
    redeploy: &'s str,
    fault: Option<&'s str>,
    /// Whether a machine with another sandbox takes over the throttling first.
    with_other_sandbox: bool,
}

fn before() -> DesiredLimits {
    desired(&[(capping("changed", 1), true), (capping("deleted", 1), true), (throttling("t", 100), true)])
}

fn after() -> DesiredLimits {
    desired(&[
        (capping("changed", 2), true),
        (capping("new", 1), true),
        (capping("undeployed", 1), false),
        (throttling("t", 200), true),
    ])
}

/// The configurations that the service must have.
fn expected(wanted: &DesiredLimits) -> Vec<(String, bool)> {
    let mut all: Vec<_> = wanted.configs.iter().map(|wanted| describe(&wanted.definition, wanted.deployed)).collect();
    all.sort();
    all
}

fn describe(definition: &ConfigDefinition, deployed: bool) -> (String, bool) {
    (serde_json::Value::from(definition.to_request_body().expect("complete")).to_string(), deployed)
}

/// Kills the first machine after so many requests. Returns false if it needs fewer.
async fn converges_after(scenario: Scenario<'_>, requests: usize) -> bool {
    let case = format!("{scenario:?}, killed after {requests} requests");
    let world = SharedWorld::start().await;
    world.set_quirk("redeploy", scenario.redeploy);
    world.machine("setup", &sandbox()).apply(&before()).await;
    if let Some(fault) = scenario.fault {
        world.add_fault(fault);
    }
    let killed = world.machine("killed", &sandbox()).apply_until_killed(&after(), requests).await;
    world.emulator.state().clear_faults();
    let other: SandboxName = "other".parse().expect("a name");
    let of_other =
        DesiredLimits { sandbox: other.clone(), ..desired(&[(capping("o", 1), true), (throttling("t", 200), true)]) };
    if scenario.with_other_sandbox {
        world.machine("other", &other).apply(&of_other).await;
    }
    let resumed = world.machine("resumed", &sandbox());
    resumed.apply(&after()).await;
    let found = resumed.observe().await;
    let mut all: Vec<_> = found
        .configs
        .iter()
        .map(|found| {
            assert!(!found.deploy_state.is_deployed() || found.is_live_as_saved(), "{case}: an old definition is live");
            describe(&found.deploy_state.saved, found.deploy_state.is_deployed())
        })
        .collect();
    all.sort();
    assert_eq!(all, expected(&after()), "{case}");
    assert!(resumed.apply(&after()).await.is_none(), "{case}: a second apply has nothing to do");
    if scenario.with_other_sandbox {
        assert!(world.machine("other", &other).apply(&of_other).await.is_none(), "{case}: the other sandbox is done");
    }
    killed
}

async fn converges_after_any_request(scenario: Scenario<'_>) {
    let step = sample_count(11, 1);
    // The first ones are those of a lock.
    let mut requests = 1;
    while converges_after(scenario, requests).await {
        requests += step;
    }
    assert!(requests > 60, "{requests} requests: every phase must be interrupted");
}

#[tokio::test]
async fn killed_apply_is_finished() {
    for redeploy in ["direct", "refused"] {
        converges_after_any_request(Scenario { redeploy, fault: None, with_other_sandbox: false }).await;
    }
}

#[tokio::test]
async fn killed_apply_with_lost_responses_is_finished() {
    let last = sample_count(2, 5);
    for verb in ["create", "deploy", "undeploy", "delete", "update"].iter().take(last) {
        let fault = format!("*.{verb}@first:1=drop_after");
        let scenario = Scenario { redeploy: "refused", fault: Some(&fault), with_other_sandbox: false };
        converges_after_any_request(scenario).await;
    }
}

#[tokio::test]
async fn other_sandbox_finishes_throttling() {
    converges_after_any_request(Scenario { redeploy: "direct", fault: None, with_other_sandbox: true }).await;
}

/// The UID of a configuration that the service creates after another machine took over and created it, too.
async fn create_late(world: &SharedWorld, wanted: &DesiredLimits) -> Uid {
    // The request is on its way when the machine loses its lease.
    world.add_fault("capping.create=drop_before");
    let former = world.machine("former", &sandbox());
    let planned = former.plan(wanted).await;
    former.run(&planned, &never_cancelled()).await;
    drop(planned);
    world.emulator.state().clear_faults();
    world.machine("new", &sandbox()).apply(wanted).await;
    let body = wanted.configs[0].definition.to_request_body().expect("complete");
    former.client.create_raw(Api::Capping, body).await.expect("created late")
}

#[tokio::test]
async fn late_create_is_deleted() {
    let world = SharedWorld::start().await;
    let wanted = desired(&[(capping("a", 1), true)]);
    let late = create_late(&world, &wanted).await;
    let new = world.machine("new", &sandbox());
    let planned = new.plan(&wanted).await;
    let changes: Vec<_> = planned.plan.changes.iter().map(|it| (&it.reason, it.uid.as_ref())).collect();
    assert_eq!(changes, [(&ChangeReason::LateCreate, Some(&late))]);
    planned.lock.release().await;
    new.apply(&wanted).await.expect("a deletion");
    let left = new.observe().await.configs;
    assert_eq!(left.iter().map(|found| found.uid != late).collect::<Vec<_>>(), [true]);
    let planned = new.plan(&wanted).await;
    assert!(planned.plan.is_empty(), "{:?}", planned.plan.changes);
    assert_eq!(planned.lock.stored().state.late_creates, []);
    planned.lock.release().await;
}

#[tokio::test]
async fn deployed_duplicate_is_not_deleted() {
    let world = SharedWorld::start().await;
    let wanted = desired(&[(capping("a", 1), true)]);
    let late = create_late(&world, &wanted).await;
    let new = world.machine("new", &sandbox());
    let planned = new.plan(&wanted).await;
    new.client.capping().deploy(&late).await.expect("deployed by someone else");
    let outcome = new.run(&planned, &never_cancelled()).await;
    assert_eq!(outcome.journal.results()[0].state, StepState::Failed, "it is not as planned");
    planned.lock.release().await;
    let planned = new.plan(&wanted).await;
    assert!(planned.plan.is_empty(), "{:?}", planned.plan.changes);
    assert_eq!(planned.plan.unmanaged.iter().map(|found| &found.uid).collect::<Vec<_>>(), [&late]);
    planned.lock.release().await;
}

#[tokio::test]
async fn late_create_before_own_is_adopted() {
    let world = SharedWorld::start().await;
    let wanted = desired(&[(capping("a", 1), true)]);
    world.add_fault("capping.create=drop_before");
    let former = world.machine("former", &sandbox());
    let planned = former.plan(&wanted).await;
    former.run(&planned, &never_cancelled()).await;
    drop(planned);
    world.emulator.state().clear_faults();
    let new = world.machine("new", &sandbox());
    let planned = new.plan(&wanted).await;
    let body = wanted.configs[0].definition.to_request_body().expect("complete");
    let late = former.client.create_raw(Api::Capping, body).await.expect("created late");
    let outcome = new.run(&planned, &never_cancelled()).await;
    assert_eq!(outcome.journal.results()[0].state, StepState::Failed, "it exists already");
    planned.lock.release().await;
    new.apply(&wanted).await.expect("a deploy");
    let found = new.observe().await.configs;
    assert_eq!(found.iter().map(|it| (&it.uid, it.deploy_state.is_deployed())).collect::<Vec<_>>(), [(&late, true)]);
    assert!(new.apply(&wanted).await.is_none());
}
