//! Applies by two to eight machines at the same time.

use std::sync::Arc;
use std::time::Duration;

use ajo_shared_state_tests::{RandomRun, RunnerPlan, RunnerResult, Store, run_seeds};

use crate::world::{World, wait_for};

/// The machines of a run start within this time.
const START_TIME: Duration = Duration::from_millis(1500);

/// The number of runs at the same time.
const CONCURRENCY: usize = 2;

/// Number of runs on each store.
const RUNS: u64 = 8;
const FULL_RUNS: u64 = 50;

fn apply_arguments(runner: &RunnerPlan) -> Vec<String> {
    let RunnerPlan { file, lock_timeout, concurrency, .. } = runner;
    let options = ["--prune", "--max-deletes=100", "--yes"].map(str::to_owned);
    let own = [
        format!("{}.yaml", file.sandbox),
        format!("--lock-timeout={}", lock_timeout.as_secs()),
        format!("--concurrency={concurrency}"),
    ];
    ["apply".to_owned()].into_iter().chain(own).chain(options).collect()
}

/// Applies a file on a machine of its own.
async fn apply(world: &World, runner: &RunnerPlan) -> RunnerResult {
    let machine = world.add_machine(runner.number).await;
    machine.write(&runner.file);
    tokio::time::sleep(runner.starts_after).await;
    let arguments = apply_arguments(runner);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = wait_for(machine.start(&arguments)).await;
    let message = format!("{}\n{}", output.stdout, output.stderr);
    RunnerResult { number: runner.number, exit_code: output.exit_code.unwrap_or(-1), message }
}

async fn run_applies(store: Arc<Store>, seed: u64) -> Result<(), String> {
    let world = World::new(&store, seed);
    world.service.set_latency(Duration::from_millis(seed % 8));
    let mut run = RandomRun::new(seed, START_TIME);
    for before in run.before.iter().filter(|before| !before.capping.is_empty()) {
        let result = apply(&world, &RunnerPlan::alone(before.clone())).await;
        if result.exit_code != 0 {
            return Err(format!("before the run: {result:?}"));
        }
    }
    for before in &mut run.before {
        *before = world.service.read(&before.sandbox)?;
    }
    let results = futures_util::future::join_all(run.runners.iter().map(|runner| apply(&world, runner))).await;
    let equal = run.check(&results, &world.service, &world.log).map_err(|error| format!("{error}\n{results:#?}"))?;
    let machine = world.add_machine(0).await;
    for file in equal.iter().filter(|file| !file.capping.is_empty()) {
        machine.expect_agreement(file).await.map_err(|error| format!("{error}\n{results:#?}"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_runs_agree_on_moto() {
    let Some(store) = Store::start_moto().map(Arc::new) else { return };
    run_seeds(RUNS, FULL_RUNS, CONCURRENCY, |seed| run_applies(store.clone(), seed)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_runs_agree_on_azurite() {
    let Some(store) = Store::start_azurite().map(Arc::new) else { return };
    run_seeds(RUNS, FULL_RUNS, CONCURRENCY, |seed| run_applies(store.clone(), seed)).await;
}
