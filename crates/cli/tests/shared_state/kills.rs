//! Kills an apply (SIGKILL) at each request, and resumes it on another machine with an empty disk.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use ajo_shared_state_tests::history::{count_verb, find_second_create};
use ajo_shared_state_tests::recording::{Exchange, RequestLog, Stage, Target};
use ajo_shared_state_tests::{Limit, SandboxLimits, Store};
use futures_util::stream::{self, StreamExt as _};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::sample_size;
use crate::world::{World, wait_for};

/// The number of kills at the same time. They mostly wait for the lease to expire.
const CONCURRENCY: usize = 4;

/// Short, because the other machine waits for it, and longer than a busy machine delays a renewal.
const LEASE_SECONDS: u32 = 2;

const APPLY: [&str; 5] = ["apply", "prod.yaml", "--prune", "--max-deletes=100", "--yes"];

/// An apply that is killed.
struct KillCase {
    name: &'static str,
    before: SandboxLimits,
    after: SandboxLimits,
    /// How the service treats the deploy of a changed configuration.
    redeploy: &'static str,
}

fn limits(capping: &[(&str, u32, bool)], throttling: Option<(u32, bool)>) -> SandboxLimits {
    let limit = |calls, deployed| Limit { calls, deployed };
    let capping = capping.iter().map(|(host, calls, deployed)| ((*host).to_owned(), limit(*calls, *deployed)));
    let throttling = throttling.map(|(calls, deployed)| limit(calls, deployed));
    SandboxLimits { capping: capping.collect(), throttling, ..SandboxLimits::empty("prod") }
}

fn cases() -> [KillCase; 4] {
    [
        KillCase {
            name: "create",
            before: SandboxLimits::empty("prod"),
            after: limits(&[("c1", 1, true), ("c2", 2, true), ("c3", 3, false)], None),
            redeploy: "direct",
        },
        KillCase {
            name: "update",
            before: limits(&[("c1", 1, true), ("c2", 2, true), ("c3", 3, true)], None),
            after: limits(&[("c1", 10, true), ("c2", 20, true), ("c3", 3, true)], None),
            redeploy: "refused",
        },
        KillCase {
            name: "delete",
            before: limits(&[("c1", 1, true), ("c2", 2, true), ("c3", 3, false)], None),
            after: limits(&[("c1", 1, true), ("c4", 4, true)], None),
            redeploy: "direct",
        },
        KillCase {
            name: "throttling",
            before: limits(&[("c1", 1, true)], Some((300, true))),
            after: limits(&[("c1", 1, true), ("c2", 2, true)], Some((400, true))),
            redeploy: "direct",
        },
    ]
}

/// Kills this process of machine 1 at its request number `request`, before or after it is processed. It gets no response.
fn kill_at(log: &RequestLog, (target, stage, request): (Target, Stage, usize)) -> Arc<OnceLock<Pid>> {
    let (process, seen, is_killed) = (Arc::new(OnceLock::<Pid>::new()), AtomicUsize::new(0), AtomicBool::new(false));
    let victim = process.clone();
    log.set_hook(move |exchange: &Exchange, at| {
        if exchange.runner != 1 || is_token(exchange) {
            return true;
        }
        let is_counted = exchange.target == target && at == stage && !is_killed.load(Ordering::SeqCst);
        if is_counted && seen.fetch_add(1, Ordering::SeqCst) + 1 == request {
            is_killed.store(true, Ordering::SeqCst);
            kill_process(*victim.wait(), Signal::KILL).expect("killed");
        }
        !is_killed.load(Ordering::SeqCst)
    });
    process
}

/// Whether the request is for an access token.
fn is_token(exchange: &Exchange) -> bool {
    exchange.path.starts_with("/ims/")
}

/// Kills the apply of machine 1 at its request number `request`, before or after it is processed, and lets machine 2 finish.
/// Returns false if the apply finished earlier.
async fn kill_and_resume(
    store: &Arc<Store>,
    case: &KillCase,
    (target, stage, request): (Target, Stage, usize),
) -> Result<bool, String> {
    let world = World::with_recorded_bucket(store);
    world.service.emulator().quirks_mut().set("redeploy", case.redeploy).expect("a variant");
    if !case.before.capping.is_empty() {
        let machine = world.add_machine(0).await;
        machine.write(&case.before);
        machine.expect(&APPLY, 0).await?;
    }
    let applied = world.log.exchanges();

    let mut machine = world.add_machine(1).await;
    machine.set_lease_seconds(LEASE_SECONDS);
    machine.write(&case.after);
    let process = kill_at(&world.log, (target, stage, request));
    let child = machine.start(&APPLY);
    process.set(Pid::from_child(&child)).expect("set once");
    let output = wait_for(child).await;
    world.log.remove_hook();
    match output.exit_code {
        None => {}
        Some(0) => return Ok(false),
        Some(code) => return Err(format!("exit code {code}: {}\n{}", output.stdout, output.stderr)),
    }

    let machine = world.add_machine(2).await;
    machine.write(&case.after);
    let resumed = machine.run(&["apply", "--resume", "prod.yaml", "--yes", "--lock-timeout=60"]).await;
    let outputs = format!("{}\n{}", resumed.stdout, resumed.stderr);
    if resumed.exit_code == Some(1) && resumed.stderr.contains("nothing to resume") {
        // The apply had not started, or had ended.
        machine.expect(&[&APPLY[..], &["--lock-timeout=60"]].concat(), 0).await?;
    } else if resumed.exit_code != Some(0) {
        return Err(format!("exit code {:?}: {outputs}", resumed.exit_code));
    }
    check(&world, case, &world.log.exchanges()[applied.len()..]).map_err(|error| format!("{error}\n{outputs}"))?;
    machine.expect_agreement(&case.after).await?;
    Ok(true)
}

fn check(world: &World, case: &KillCase, exchanges: &[Exchange]) -> Result<(), String> {
    if let Some(problem) = find_second_create(&world.log.exchanges()) {
        return Err(problem);
    }
    let now = world.service.read("prod")?;
    if now != case.after {
        return Err(format!("the service has {now:?}"));
    }
    // A configuration that was deleted and created again would be lost for a moment.
    let added = case.after.capping.keys().filter(|host| !case.before.capping.contains_key(*host)).count();
    let removed = case.before.capping.keys().filter(|host| !case.after.capping.contains_key(*host)).count();
    let counts = (count_verb(exchanges, "create"), count_verb(exchanges, "delete"));
    if counts != (added, removed) {
        return Err(format!("{} creates and {} deletes", counts.0, counts.1));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resume_elsewhere_after_each_kill() {
    let Some(store) = Store::start_moto().map(Arc::new) else { return };
    let step = sample_size(6, 1);
    for case in cases() {
        for target in [Target::Service, Target::Bucket] {
            for (stage, first) in [(Stage::Processed, 1), (Stage::Received, 1 + step / 2)] {
                let kills = stream::iter((first..).step_by(step)).map(|request| {
                    let (store, case) = (&store, &case);
                    async move { (request, kill_and_resume(store, case, (target, stage, request)).await) }
                });
                let mut kills = kills.buffered(CONCURRENCY);
                let mut last = 0;
                while let Some((request, result)) = kills.next().await {
                    match result {
                        Ok(true) => last = request,
                        Ok(false) => break,
                        Err(problem) => {
                            panic!("{}, killed at request {request} to {target:?}, {stage:?}: {problem}", case.name)
                        }
                    }
                }
                assert!(last + step > 12, "{}: only {last} requests to {target:?}", case.name);
            }
        }
    }
}
