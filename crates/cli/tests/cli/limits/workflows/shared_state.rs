//! Jobs of several machines with the state in a bucket.

use std::fs;
use std::time::Duration;

use ajo_state::protocol::LeaseDocument;
use ajo_state::{Bucket as _, BucketUrl, CloudBucket};

use super::github::{JobResult, WorkflowRun};
use super::gitlab::Pipeline;
use super::repository::{CiRepository, SharedPlace};
use crate::support::moto_server;

/// A repository whose jobs share a bucket.
struct SharedCi {
    repository: CiRepository,
    bucket: CloudBucket,
}

impl SharedCi {
    /// `None` without a server of S3.
    async fn start() -> Option<Self> {
        let server = moto_server()?;
        let url = BucketUrl { prefix: "team-a".to_owned(), ..server.create_bucket() };
        let bucket = CloudBucket::from_variables(&url, server.variables()).expect("a bucket");
        let place = SharedPlace::Bucket { url: url.to_string(), credentials: server.variables() };
        Some(Self { repository: CiRepository::start_with(place).await, bucket })
    }

    async fn object_count(&self) -> usize {
        self.bucket.list("").await.expect("a list").len()
    }

    /// How often someone has taken the lease of the sandbox.
    async fn epoch(&self) -> u64 {
        let names = self.bucket.list("").await.expect("a list");
        let name = names.iter().find(|name| name.ends_with("sandboxes/prod/lease.json")).expect("a lease");
        let object = self.bucket.get(name).await.expect("a response").expect("an object");
        let lease = LeaseDocument::parse(name, &object.content).expect("a lease");
        assert_eq!(lease.holder, None, "it was released");
        lease.epoch
    }

    /// Delays the responses to creates, which are processed at once.
    fn delay_creates(&self, milliseconds: u32) {
        self.repository.fixture.add_fault(&format!("capping.create=delay:{milliseconds}"));
    }

    fn create_count(&self) -> usize {
        self.repository.fixture.emulator.state().calls().for_operation("capping.create").len()
    }

    async fn wait_for_creates(&self, count: usize) {
        while self.create_count() < count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Checks that both limits are live, and that nothing was created twice.
    async fn expect_applied_once(&self) {
        self.repository.expect_limits(&[("a", 1), ("b", 1)]).await;
        assert_eq!(self.create_count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn github_jobs_apply_one_after_another() {
    let Some(ci) = SharedCi::start().await else { return };
    let [mut push, mut dispatch] = ["push", "workflow_dispatch"].map(|event| WorkflowRun::new(&ci.repository, event));
    for run in [&mut push, &mut dispatch] {
        assert_eq!(run.run_job("plan").await, JobResult::Success);
    }
    assert_eq!(ci.object_count().await, 0, "a plan writes nothing");
    ci.delay_creates(1000);
    let results = tokio::join!(push.run_job("apply"), dispatch.run_job("apply"));
    let (winner, waiter) = if results.0 == JobResult::Success { (results.0, dispatch) } else { (results.1, push) };
    assert_eq!(winner, JobResult::Success);
    assert_eq!(waiter.context["needs.apply.outputs.code"], "6", "the plan is stale");
    assert_eq!(ci.epoch().await, 2, "both had the lease");
    ci.expect_applied_once().await;
    let mut again = WorkflowRun::new(&ci.repository, "workflow_dispatch");
    assert_eq!(again.run_job("plan").await, JobResult::Success);
    assert_eq!(again.run_job("apply").await, JobResult::Skipped, "nothing is left to do");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn github_finishes_apply_of_killed_runner() {
    let Some(ci) = SharedCi::start().await else { return };
    let mut run = WorkflowRun::new(&ci.repository, "push");
    run.run_job("plan").await;
    ci.delay_creates(60_000);
    let killed = ci.repository.new_path("killed");
    run.kill_apply_on = Some(killed.clone());
    let (result, ()) = tokio::join!(run.run_job("apply"), async {
        ci.wait_for_creates(2).await;
        fs::write(killed, "").expect("written");
    });
    assert_eq!(result, JobResult::Failure);
    ci.repository.fixture.clear_faults();

    // The same job on another machine records the calls. Then its plan is stale.
    run.kill_apply_on = None;
    assert_eq!(run.run_job("apply").await, JobResult::Failure);
    assert_eq!(run.context["needs.apply.outputs.code"], "6");
    assert_eq!(run.run_job("plan-again").await, JobResult::Success);
    let mut next = WorkflowRun::new(&ci.repository, "workflow_dispatch");
    next.run_job("plan").await;
    assert_eq!(next.run_job("apply").await, JobResult::Success);
    ci.expect_applied_once().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn gitlab_jobs_apply_one_after_another() {
    let Some(ci) = SharedCi::start().await else { return };
    let mut pipelines = [Pipeline::new(&ci.repository), Pipeline::new(&ci.repository)];
    for pipeline in &mut pipelines {
        pipeline.expect_job("limits-plan", 0).await;
    }
    assert_eq!(ci.object_count().await, 0, "a plan writes nothing");
    ci.delay_creates(1000);
    let [mut first, mut second] = pipelines.each_ref().map(Pipeline::next);
    let (first, second) = tokio::join!(first.run_job("limits-apply"), second.run_job("limits-apply"));
    let mut codes = [first.exit_code, second.exit_code];
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(6)], "{}\n{}", first.stdout, second.stdout);
    assert_eq!(ci.epoch().await, 2, "both had the lease");
    ci.expect_applied_once().await;
}
