//! Random runs of `ajo apply` by several runners at the same time, and what must be true afterwards.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use fastrand::Rng;
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};

use crate::history::find_second_create;
use crate::limits_files::{Limit, SandboxLimits};
use crate::recording::RequestLog;
use crate::test_service::{SANDBOXES, TestService};

/// The applies of a run.
#[derive(Clone, Debug)]
pub struct RandomRun {
    pub seed: u64,
    /// What each sandbox has before the run.
    pub before: Vec<SandboxLimits>,
    pub runners: Vec<RunnerPlan>,
}

/// One apply of a run.
#[derive(Clone, Debug)]
pub struct RunnerPlan {
    /// Counted from 1.
    pub number: usize,
    pub file: SandboxLimits,
    pub lock_timeout: Duration,
    pub starts_after: Duration,
    pub concurrency: usize,
}

/// How one apply ended.
#[derive(Clone, Debug)]
pub struct RunnerResult {
    /// The number of the runner.
    pub number: usize,
    pub exit_code: i32,
    /// The message that says why it failed.
    pub message: String,
}

impl RunnerPlan {
    /// An apply without concurrent ones.
    pub fn alone(file: SandboxLimits) -> Self {
        Self { number: 0, file, lock_timeout: Duration::ZERO, starts_after: Duration::ZERO, concurrency: 4 }
    }
}

impl RandomRun {
    /// Two to eight applies to one or two sandboxes, within `time`. Half of the files are equal.
    pub fn new(seed: u64, time: Duration) -> Self {
        let random = &mut Rng::with_seed(seed);
        let sandboxes = &SANDBOXES[..random.usize(1..=SANDBOXES.len())];
        let shared: Vec<_> = sandboxes.iter().map(|sandbox| SandboxLimits::random(sandbox, random)).collect();
        let before = if random.bool() {
            shared.iter().map(|file| file.edited(random)).collect()
        } else {
            sandboxes.iter().map(|sandbox| SandboxLimits::empty(sandbox)).collect()
        };
        let runners = (1..=random.usize(2..=8)).map(|number| {
            let file = &shared[random.usize(..shared.len())];
            RunnerPlan {
                number,
                file: if random.bool() { file.clone() } else { file.edited(random) },
                lock_timeout: if random.bool() { Duration::ZERO } else { Duration::from_secs(600) },
                starts_after: time.mul_f64(random.f64()),
                concurrency: random.usize(1..=8),
            }
        });
        Self { seed, before, runners: runners.collect() }
    }

    fn plan(&self, number: usize) -> &RunnerPlan {
        &self.runners[number - 1]
    }

    /// The web page of a runner's CI job.
    pub fn run_url(number: usize) -> String {
        format!("https://ci.example/team/limits/actions/runs/{number}")
    }

    /// Checks what must be true after every run. Returns the files that the service equals.
    ///
    /// # Errors
    ///
    /// Something is not true.
    pub fn check(
        &self,
        results: &[RunnerResult],
        service: &TestService,
        log: &RequestLog,
    ) -> Result<Vec<SandboxLimits>, String> {
        if let Some(problem) = find_second_create(&log.exchanges()) {
            return Err(problem);
        }
        for result in results {
            check_result(result, self.runners.len())?;
        }
        let mut equal = Vec::new();
        let mut throttling: Vec<Option<Limit>> = self.before.iter().map(|before| before.throttling).collect();
        let applied = |result: &&RunnerResult| result.exit_code == 0;
        throttling.extend(results.iter().filter(applied).map(|result| self.plan(result.number).file.throttling));
        for before in &self.before {
            let now = service.read(&before.sandbox)?;
            let applied = results.iter().filter(applied).map(|result| &self.plan(result.number).file);
            let applied: Vec<_> = applied.filter(|file| file.sandbox == before.sandbox).collect();
            let candidates = if applied.is_empty() { vec![before] } else { applied };
            let found = candidates.iter().find(|file| file.capping == now.capping);
            let Some(found) = found else {
                return Err(format!("{} has {:?}, but the files are {candidates:#?}", before.sandbox, now.capping));
            };
            equal.push(SandboxLimits { throttling: now.throttling, ..(*found).clone() });
            if !throttling.contains(&now.throttling) {
                return Err(format!("throttling is {:?}, but the files have {throttling:?}", now.throttling));
            }
        }
        Ok(equal)
    }
}

/// A runner succeeds, or names the one that was faster. A stale read may show the one before the run, which has number 0.
fn check_result(RunnerResult { number, exit_code, message }: &RunnerResult, runners: usize) -> Result<(), String> {
    match exit_code {
        0 => Ok(()),
        6 => {
            let named: BTreeSet<_> =
                (0..=runners).filter(|other| message.contains(&RandomRun::run_url(*other))).collect();
            let is_other = named.len() == 1 && !named.contains(number);
            if is_other { Ok(()) } else { Err(format!("runner {number} names {named:?} as the holder: {message}")) }
        }
        code => Err(format!("runner {number} exits with {code}: {message}")),
    }
}

/// Runs these seeds, `concurrency` at a time: the first `bounded` ones, or `full` with `AJO_TEST_FULL=1`, or only the one in
/// `AJO_TEST_SEED`.
///
/// # Panics
///
/// A run fails. The message has its seed.
pub async fn run_seeds<F: Future<Output = Result<(), String>>>(
    bounded: u64,
    full: u64,
    concurrency: usize,
    run: impl Fn(u64) -> F,
) {
    let count = if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { full } else { bounded };
    let only = std::env::var("AJO_TEST_SEED").ok().map(|seed| seed.parse().expect("AJO_TEST_SEED is a number"));
    let seeds = only.map_or_else(|| (0..count).collect(), |seed: u64| vec![seed]);
    let runs = seeds.into_iter().map(|seed| {
        let run = AssertUnwindSafe(run(seed)).catch_unwind();
        run.map(move |result| (seed, result))
    });
    let mut results = stream::iter(runs).buffer_unordered(concurrency);
    while let Some((seed, result)) = results.next().await {
        let result = result.unwrap_or_else(|_| Err("it panics; the message is above".to_owned()));
        if let Err(problem) = result {
            panic!("AJO_TEST_SEED={seed}: {problem}");
        }
    }
}
