//! A service, a bucket, and the machines that run `ajo`.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ajo_shared_state_tests::recording::{Endpoint, RequestLog};
use ajo_shared_state_tests::{RandomRun, RecordedBucket, SandboxLimits, Store, TestService};
use ajo_state::BucketUrl;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::support::{CommandOutput, ajo_command};

/// Longer than any apply of these tests.
const TIMEOUT: Duration = Duration::from_secs(180);

/// The service and the bucket.
pub(crate) struct World {
    pub(crate) log: RequestLog,
    pub(crate) service: TestService,
    bucket: TestBucket,
    directory: TempDir,
}

enum TestBucket {
    /// Machines use the store itself.
    Direct(Arc<Store>, BucketUrl),
    Recorded(RecordedBucket),
}

/// A machine with its own disk.
pub(crate) struct Machine {
    number: usize,
    directory: PathBuf,
    variables: Vec<(String, String)>,
    _endpoints: Vec<Endpoint>,
}

impl World {
    /// A bucket in this store.
    pub(crate) fn new(store: &Arc<Store>, seed: u64) -> Self {
        Self::with_bucket(seed, |_| TestBucket::Direct(store.clone(), store.create_bucket()))
    }

    /// A bucket in this store, which must be moto, whose requests are recorded.
    pub(crate) fn with_recorded_bucket(store: &Arc<Store>) -> Self {
        Self::with_bucket(1, |log| TestBucket::Recorded(RecordedBucket::create(store, log)))
    }

    fn with_bucket(seed: u64, create: impl FnOnce(&RequestLog) -> TestBucket) -> Self {
        let log = RequestLog::default();
        let (service, bucket) = (TestService::new(&log, seed), create(&log));
        Self { log, service, bucket, directory: tempfile::tempdir().expect("a directory") }
    }

    /// The URL of the state.
    fn location(&self) -> String {
        match &self.bucket {
            TestBucket::Direct(_, url) => format!("{url}/team"),
            TestBucket::Recorded(bucket) => format!("{}/team", bucket.url),
        }
    }

    /// Adds a machine with an empty disk.
    pub(crate) async fn add_machine(&self, number: usize) -> Machine {
        let directory = self.directory.path().join(format!("machine-{number}"));
        fs::create_dir_all(&directory).expect("a directory");
        let service = self.service.start_endpoint(number).await;
        let mut variables: Vec<(String, String)> =
            self.service.variables(&service).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut endpoints = vec![service];
        match &self.bucket {
            TestBucket::Direct(store, _) => variables.extend(store.variables()),
            TestBucket::Recorded(bucket) => {
                let endpoint = bucket.start_endpoint(number).await;
                variables.extend(bucket.variables(&endpoint));
                endpoints.push(endpoint);
            }
        }
        variables.push(("AJO_STATE".to_owned(), self.location()));
        Machine { number, directory, variables, _endpoints: endpoints }
    }
}

impl Machine {
    /// Writes `prod.yaml`, or the file of another sandbox.
    pub(crate) fn write(&self, limits: &SandboxLimits) {
        fs::write(self.path(limits), limits.to_yaml()).expect("written");
    }

    fn path(&self, limits: &SandboxLimits) -> PathBuf {
        self.directory.join(format!("{}.yaml", limits.sandbox))
    }

    /// Stores the state in a file instead.
    pub(crate) fn use_state_file(&mut self) {
        self.variables.retain(|(name, _)| name != "AJO_STATE");
    }

    /// Takes over after this time.
    pub(crate) fn set_lease_seconds(&mut self, seconds: u32) {
        self.variables.push(("AJO_LEASE_SECONDS".to_owned(), seconds.to_string()));
    }

    /// `ajo` in the directory of this machine, in a CI job.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let url = RandomRun::run_url(self.number);
        let (repository, run) = url.split_once("/actions/runs/").expect("the URL of a run");
        let (server, repository) = repository.split_at("https://ci.example".len());
        let mut command = ajo_command(arguments);
        command
            .current_dir(&self.directory)
            .envs(self.variables.clone())
            .env("GITHUB_SERVER_URL", server)
            .env("GITHUB_REPOSITORY", repository.trim_start_matches('/'))
            .env("GITHUB_RUN_ID", run)
            .env_remove("GITHUB_RUN_ATTEMPT")
            .stdin(Stdio::null());
        command
    }

    /// Starts `ajo` and returns its process.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("ajo runs")
    }

    /// Runs `ajo`.
    pub(crate) async fn run(&self, arguments: &[&str]) -> CommandOutput {
        wait_for(self.start(arguments)).await
    }

    /// Runs `ajo` and fails if it exits with another code.
    pub(crate) async fn expect(&self, arguments: &[&str], code: i32) -> Result<CommandOutput, String> {
        let output = self.run(arguments).await;
        if output.exit_code == Some(code) {
            return Ok(output);
        }
        let CommandOutput { exit_code, stdout, stderr } = output;
        Err(format!(
            "machine {}: ajo {}: exit code {exit_code:?}\n{stdout}\n{stderr}",
            self.number,
            arguments.join(" ")
        ))
    }

    /// Fails unless service, state, and file agree.
    pub(crate) async fn expect_agreement(&self, limits: &SandboxLimits) -> Result<(), String> {
        self.write(limits);
        let file = format!("{}.yaml", limits.sandbox);
        let plan = self.expect(&["plan", &file, "--prune", "--exit-code"], 0).await?;
        let is_unfinished = |text: &str| text.contains("did not complete") || text.contains("changes these limits now");
        if is_unfinished(&plan.stdout) || is_unfinished(&plan.stderr) {
            return Err(format!("a journal is open, or a lease is held: {}{}", plan.stdout, plan.stderr));
        }
        self.expect(&["drift", &file, "--unmanaged=error"], 0).await.map(drop)
    }
}

/// Waits for the end of a process, and reads its output meanwhile. A process that hangs is killed and fails the test.
pub(crate) async fn wait_for(child: Child) -> CommandOutput {
    let process = Pid::from_child(&child);
    let mut waiting = tokio::task::spawn_blocking(|| child.wait_with_output().expect("it ended"));
    if let Ok(ended) = tokio::time::timeout(TIMEOUT, &mut waiting).await {
        return ended.expect("no panic").into();
    }
    kill_process(process, Signal::KILL).expect("killed");
    let CommandOutput { stdout, stderr, .. } = waiting.await.expect("no panic").into();
    panic!("ajo hangs: {stdout}{stderr}");
}

/// Prints a measured figure. `println!` would be captured.
pub(crate) fn print_figure(figure: &str) {
    let _ = writeln!(std::io::stderr(), "{figure}");
}
