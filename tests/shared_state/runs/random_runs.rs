//! Applies by two to eight runners at the same time.

use std::sync::Arc;
use std::time::Duration;

use ajo_core::{Client, Credentials};
use ajo_shared_state_tests::recording::{Endpoint, RequestLog};
use ajo_shared_state_tests::{RandomRun, RunnerPlan, TestService, run_seeds};
use ajo_state::{Bucket, MemoryBucket, SharedState, StateBackend};
use fastrand::Rng;

use crate::faulty_bucket::{FaultRates, FaultyBucket};
use crate::in_process_runner::InProcessRunner;

/// The runners of a run start within this time.
const START_TIME: Duration = Duration::from_millis(200);

/// Other runners wait for it after a crash, and a busy machine does not delay a renewal for so long.
const LEASE_TIME: Duration = Duration::from_secs(3);

/// The number of runs at the same time. They wait most of the time.
const CONCURRENCY: usize = 8;

/// The faults that runners survive without an error.
const FAULTS: FaultRates = FaultRates {
    lost_request: 10,
    lost_response: 20,
    late_write: 5,
    stale_read: 0,
    unavailable: 10,
    false_conflict: 10,
    max_delay: Duration::from_millis(3),
    max_lateness: Duration::from_millis(100),
};

/// The same with stale reads. A stale read after a write that did not arrive looks like another writer, and ends the lease.
const FAULTS_WITH_STALE_READS: FaultRates =
    FaultRates { lost_request: 0, late_write: 0, stale_read: 20, false_conflict: 0, ..FAULTS };

/// The service and the bucket of a run.
struct World {
    service: TestService,
    log: RequestLog,
    bucket: Arc<MemoryBucket>,
}

impl World {
    fn new(seed: u64) -> Self {
        let log = RequestLog::default();
        let service = TestService::new(&log, seed);
        service.set_latency(Duration::from_millis(seed % 4));
        Self { service, log, bucket: Arc::default() }
    }

    /// A runner that uses this view of the bucket.
    async fn connect(&self, runner: &RunnerPlan, bucket: Arc<dyn Bucket>) -> (InProcessRunner, Endpoint) {
        let endpoint = self.service.start_endpoint(runner.number).await;
        let credentials = {
            let emulator = self.service.emulator();
            let client = &emulator.settings().clients[0];
            let (id, secret) = (&client.client_id, client.secrets[0].clone());
            Credentials::new(id, secret, client.org_id.as_str(), &client.scopes.to_string()).expect("credentials")
        };
        let organization = credentials.org_id().to_string();
        let client = Client::builder()
            .credentials(credentials)
            .sandbox(&runner.file.sandbox)
            .base_url(&format!("{}/journey/orchestration", endpoint.url()))
            .ims_url(&endpoint.url())
            .build();
        let shared = SharedState::new(bucket).with_lease_time(LEASE_TIME);
        let backend = StateBackend::Shared(shared);
        (InProcessRunner { backend, client: client.expect("a client"), organization }, endpoint)
    }

    /// Applies the files that the sandboxes have before the run.
    async fn prepare(&self, run: &mut RandomRun) -> Result<(), String> {
        for before in run.before.iter().filter(|before| !before.capping.is_empty()) {
            let runner = RunnerPlan::alone(before.clone());
            let (connected, _endpoint) = self.connect(&runner, self.bucket.clone()).await;
            let result = connected.apply(&runner).await;
            if result.exit_code != 0 {
                return Err(format!("before the run: {result:?}"));
            }
        }
        for before in &mut run.before {
            let now = self.service.read(&before.sandbox)?;
            assert_eq!(now.capping, before.capping, "before the run");
            *before = now;
        }
        Ok(())
    }
}

/// The runner that crashes, and when: in one of four runs.
fn choose_crash(run: &RandomRun) -> Option<(usize, Duration)> {
    let random = &mut Rng::with_seed(run.seed);
    let runner = &run.runners[random.usize(..run.runners.len())];
    let time = runner.starts_after + Duration::from_millis(random.u64(0..400));
    (random.u32(0..4) == 0).then_some((runner.number, time))
}

/// Runs the applies of this seed and checks the result.
async fn run_applies(seed: u64) -> Result<(), String> {
    let world = Arc::new(World::new(seed));
    let mut run = RandomRun::new(seed, START_TIME);
    world.prepare(&mut run).await?;
    let crash = choose_crash(&run);
    let mut applies = Vec::new();
    for runner in run.runners.clone() {
        let view_seed = seed * 100 + runner.number as u64;
        let faults = if view_seed.is_multiple_of(2) { FAULTS } else { FAULTS_WITH_STALE_READS };
        let view = Arc::new(FaultyBucket::new(world.bucket.clone(), view_seed, faults));
        let world = world.clone();
        applies.push(async move {
            let (connected, _endpoint) = world.connect(&runner, view).await;
            let apply = async {
                tokio::time::sleep(runner.starts_after).await;
                connected.apply(&runner).await
            };
            match crash {
                Some((crashing, time)) if crashing == runner.number => tokio::time::timeout(time, apply).await.ok(),
                _ => Some(apply.await),
            }
        });
    }
    let results = futures_util::future::join_all(applies).await;
    let mut results: Vec<_> = results.into_iter().flatten().collect();
    if let Some((crashed, _)) = crash.filter(|_| results.len() < run.runners.len()) {
        // Someone finishes its work.
        let file = run.runners[crashed - 1].file.clone();
        let number = run.runners.len() + 1;
        let runner = RunnerPlan { number, lock_timeout: Duration::from_secs(60), ..RunnerPlan::alone(file) };
        let (connected, _endpoint) = world.connect(&runner, world.bucket.clone()).await;
        results.push(connected.apply(&runner).await);
        run.runners.push(runner);
    }
    let failed = |error: String| format!("{error}\n{results:#?}");
    let equal = run.check(&results, &world.service, &world.log).map_err(failed)?;
    for file in equal.into_iter().filter(|file| !file.capping.is_empty()) {
        let runner = RunnerPlan::alone(file);
        let (connected, _endpoint) = world.connect(&runner, world.bucket.clone()).await;
        connected.find_difference(&runner).await.map_err(failed)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_runs_agree_in_memory() {
    run_seeds(40, 1000, CONCURRENCY, run_applies).await;
}
