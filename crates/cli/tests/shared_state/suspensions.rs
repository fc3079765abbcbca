//! Suspends an apply (SIGSTOP) at random points until another machine took over, and continues it (SIGCONT).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ajo_shared_state_tests::history::find_second_create;
use ajo_shared_state_tests::recording::{Exchange, RequestLog, Stage, Target};
use ajo_shared_state_tests::{Limit, RandomRun, SandboxLimits, Store, run_seeds};
use fastrand::Rng;
use rustix::process::{Pid, Signal, kill_process};

use crate::world::{World, print_figure, wait_for};

/// The number of suspensions at the same time. They mostly wait for the lease to expire.
const CONCURRENCY: usize = 4;

const SUSPENSIONS: u64 = 12;
const FULL_SUSPENSIONS: u64 = 200;

/// The number of configurations that an apply changes at the same time.
const APPLY_CONCURRENCY: usize = 4;

/// Short, because the other machine waits for it, and longer than a busy machine delays a renewal.
const LEASE_SECONDS: u32 = 2;

const APPLY: [&str; 6] = ["apply", "prod.yaml", "--prune", "--max-deletes=100", "--yes", "--concurrency=4"];

/// The sets of objects, each with its lease: the sandbox and the organization's throttling.
const SETS: [&str; 2] = ["/sandboxes/prod/", "/throttling/"];

/// Why an apply ended. The second one is possible if it was suspended before it took the lease of throttling.
const REASONS: [&str; 2] = ["the lease was lost", "another command is changing the limits"];

/// The requests of suspended applies that arrived after the other machine had taken over.
static LATE_REQUESTS: AtomicUsize = AtomicUsize::new(0);

/// The sandbox before, and the files of the first machine: it creates, updates, deletes, and redeploys.
fn first_files() -> [SandboxLimits; 2] {
    let limits = |capping: &[(&str, u32)], throttling| SandboxLimits {
        sandbox: "prod".to_owned(),
        capping: capping
            .iter()
            .map(|(host, calls)| ((*host).to_owned(), Limit { calls: *calls, deployed: true }))
            .collect(),
        throttling: Some(Limit { calls: throttling, deployed: true }),
    };
    [
        limits(&[("c1", 1), ("c2", 2), ("c3", 3)], 300),
        limits(&[("c1", 10), ("c3", 3), ("c4", 4), ("c5", 5), ("c6", 6), ("c7", 7)], 400),
    ]
}

/// Suspends this process a little after its request number `request`. Returns whether it did so.
fn suspend_at(log: &RequestLog, request: usize, delay: Duration) -> (Arc<OnceLock<Pid>>, Arc<AtomicBool>) {
    let (process, is_suspended) = (Arc::new(OnceLock::<Pid>::new()), Arc::new(AtomicBool::new(false)));
    let (seen, own_process, own_suspended) = (AtomicUsize::new(0), process.clone(), is_suspended.clone());
    log.set_hook(move |exchange: &Exchange, stage| {
        if exchange.runner == 1 && stage == Stage::Received && seen.fetch_add(1, Ordering::SeqCst) + 1 == request {
            let (process, is_suspended) = (own_process.clone(), own_suspended.clone());
            // On another thread, because the request is processed meanwhile.
            std::thread::spawn(move || {
                std::thread::sleep(delay);
                kill_process(*process.wait(), Signal::STOP).expect("suspended");
                is_suspended.store(true, Ordering::SeqCst);
            });
        }
        true
    });
    (process, is_suspended)
}

/// The accepted writes of a machine to the bucket.
fn writes(exchanges: &[Exchange], runner: usize) -> impl Iterator<Item = &Exchange> {
    exchanges.iter().filter(move |exchange| {
        exchange.runner == runner
            && exchange.target == Target::Bucket
            && exchange.method == "PUT"
            && exchange.is_success()
    })
}

/// When the second machine took over the lease of a set of objects.
fn takeover(exchanges: &[Exchange], set: &str) -> Option<u64> {
    writes(exchanges, 2).filter(|write| write.path.contains(set)).filter_map(|write| write.processed_at).min()
}

/// A write of the first machine that the store accepted after the takeover, although the machine held the lease before.
fn find_late_write<'e>(exchanges: &'e [Exchange], set: &str) -> Option<&'e Exchange> {
    let taken_over_at = takeover(exchanges, set)?;
    let own: Vec<_> = writes(exchanges, 1).filter(|write| write.path.contains(set)).collect();
    let was_held = own.iter().any(|write| write.received_at < taken_over_at);
    own.into_iter().find(|write| was_held && write.received_at > taken_over_at)
}

/// The objects that the first machine deleted after the takeover. Closed journals are deleted without a condition, so such a
/// request can be late, too. It is harmless: nobody reads a closed journal.
fn late_deletes(exchanges: &[Exchange], taken_over_at: u64) -> impl Iterator<Item = &Exchange> {
    exchanges.iter().filter(move |exchange| {
        exchange.runner == 1
            && exchange.method == "DELETE"
            && exchange.target == Target::Bucket
            && exchange.received_at > taken_over_at
    })
}

fn service_changes(exchanges: &[Exchange], runner: usize) -> impl Iterator<Item = &Exchange> {
    exchanges.iter().filter(move |exchange| {
        exchange.runner == runner && exchange.target == Target::Service && exchange.is_mutating()
    })
}

async fn prepare(store: &Arc<Store>) -> Result<World, String> {
    let world = World::with_recorded_bucket(store);
    let machine = world.add_machine(0).await;
    machine.write(&first_files()[0]);
    machine.expect(&APPLY, 0).await?;
    world.service.set_latency(Duration::from_millis(20));
    Ok(world)
}

/// The number of requests of an apply that is not suspended.
async fn count_requests(store: &Arc<Store>) -> Result<usize, String> {
    let world = prepare(store).await?;
    let before = world.log.exchanges().len();
    let machine = world.add_machine(1).await;
    machine.write(&first_files()[1]);
    machine.expect(&APPLY, 0).await?;
    Ok(world.log.exchanges().len() - before)
}

async fn suspend_and_take_over(store: Arc<Store>, requests: usize, seed: u64) -> Result<(), String> {
    let random = &mut Rng::with_seed(seed);
    let [_, first] = first_files();
    let second = if random.bool() { first.clone() } else { first.edited(random) };
    let (continues_early, request) = (random.bool(), random.usize(1..=requests));

    let world = prepare(&store).await?;
    let mut machine = world.add_machine(1).await;
    machine.set_lease_seconds(LEASE_SECONDS);
    machine.write(&first);
    let (process, is_suspended) = suspend_at(&world.log, request, Duration::from_micros(random.u64(0..5000)));
    let mut suspended = machine.start(&APPLY);
    let pid = Pid::from_child(&suspended);
    process.set(pid).expect("set once");
    while !is_suspended.load(Ordering::SeqCst) {
        if suspended.try_wait().expect("a status").is_some() {
            // This time, it made fewer requests.
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.log.remove_hook();
    let had_lease = writes(&world.log.exchanges(), 1).next().is_some();

    let other = world.add_machine(2).await;
    other.write(&second);
    let taking_over = tokio::spawn(wait_for(other.start(&[&APPLY[..], &["--lock-timeout=60"]].concat())));
    let has_changed = || service_changes(&world.log.exchanges(), 2).next().is_some();
    while !(taking_over.is_finished() || continues_early && has_changed()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let is_other_running = !taking_over.is_finished();
    kill_process(pid, Signal::CONT).expect("it exists");
    let (ended, other_ended) = (wait_for(suspended).await, taking_over.await.expect("it ended"));
    let outputs =
        format!("first: {}{}\nsecond: {}{}", ended.stdout, ended.stderr, other_ended.stdout, other_ended.stderr);
    let failed = |problem: String| Err(format!("suspended at request {request} of {requests}: {problem}\n{outputs}"));
    if other_ended.exit_code != Some(0) {
        return failed(format!("the second machine exits with {:?}", other_ended.exit_code));
    }

    let exchanges = world.log.exchanges();
    let Some(taken_over_at) = takeover(&exchanges, SETS[0]) else {
        return failed("the second machine wrote nothing".to_owned());
    };
    let late = service_changes(&exchanges, 1).filter(|change| change.received_at > taken_over_at).count();
    if had_lease {
        for set in SETS {
            if let Some(write) = find_late_write(&exchanges, set) {
                return failed(format!("the store accepted PUT {} of the first machine", write.path));
            }
        }
        let is_journal = |delete: &Exchange| delete.path.contains("/journal/");
        if let Some(delete) = late_deletes(&exchanges, taken_over_at).find(|delete| !is_journal(delete)) {
            return failed(format!("the store accepted a delete of {}", delete.path));
        }
        if late > APPLY_CONCURRENCY {
            return failed(format!("the service received {late} late requests"));
        }
        LATE_REQUESTS.fetch_add(late, Ordering::Relaxed);
        let text = format!("{}{}", ended.stdout, ended.stderr);
        match ended.exit_code {
            // Its state was saved before it was suspended.
            Some(0) if late == 0 && !text.contains("lease") => {}
            Some(4 | 6) if !REASONS.iter().any(|reason| text.contains(reason)) => {
                return failed("it does not say why".to_owned());
            }
            Some(4 | 6) if is_other_running && !text.contains(&RandomRun::run_url(2)) => {
                return failed("it does not name the new holder".to_owned());
            }
            Some(4 | 6) => {}
            code => return failed(format!("the first machine exits with {code:?}")),
        }
    }
    if late == 0
        && let Some(problem) = find_second_create(&exchanges)
    {
        return failed(problem);
    }
    let machine = world.add_machine(3).await;
    machine.write(&second);
    // The first machine may have taken the other lease before it noticed that the first one was lost. It expires.
    let repair = machine.expect(&[&APPLY[..], &["--lock-timeout=60"]].concat(), 0).await;
    let repaired = async {
        repair?;
        machine.expect_agreement(&second).await
    };
    repaired.await.or_else(failed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspended_apply_changes_nothing_more() {
    let Some(store) = Store::start_moto().map(Arc::new) else { return };
    let requests = count_requests(&store).await.expect("an apply");
    assert!(requests > 40, "only {requests} requests");
    run_seeds(SUSPENSIONS, FULL_SUSPENSIONS, CONCURRENCY, |seed| suspend_and_take_over(store.clone(), requests, seed))
        .await;
    // At most the requests that had passed their check.
    print_figure(&format!("{} requests arrived after the takeover", LATE_REQUESTS.load(Ordering::Relaxed)));
}
