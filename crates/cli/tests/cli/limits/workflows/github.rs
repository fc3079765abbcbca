//! The GitHub workflow.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::expressions::{Context, evaluate, substitute};
use super::repository::CiRepository;
use super::{example, parse};

#[derive(Debug, PartialEq)]
pub(super) enum JobResult {
    Skipped,
    Success,
    Failure,
}

/// One run of the workflow. The caller starts the jobs.
pub(super) struct WorkflowRun<'r> {
    repository: &'r CiRepository,
    workflow: Value,
    pub(super) context: Context,
    /// The step `apply` is killed when this file exists.
    pub(super) kill_apply_on: Option<PathBuf>,
    /// The artifact of this run.
    artifact: PathBuf,
}

impl<'r> WorkflowRun<'r> {
    pub(super) fn new(repository: &'r CiRepository, event: &str) -> Self {
        let context = [
            ("github.event_name", event),
            ("github.event.pull_request.head.repo.fork", "false"),
            ("github.event.pull_request.number", "42"),
            ("github.sha", &repository.head()),
            ("github.repository", "example/limits"),
            ("github.token", "t0ken"),
            ("secrets.AJO_CLIENT_SECRET", &repository.secret()),
            ("vars.LIMITS_READ_ROLE", "arn:aws:iam::123456789012:role/limits-read"),
            ("vars.LIMITS_WRITE_ROLE", "arn:aws:iam::123456789012:role/limits-write"),
            ("vars.AWS_REGION", "us-east-1"),
        ];
        let context = context.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let artifact = repository.new_path("plan");
        Self { repository, workflow: parse(&example("github/limits.yml")), context, kill_apply_on: None, artifact }
    }

    pub(super) async fn run_job(&mut self, name: &str) -> JobResult {
        let job = self.workflow["jobs"][name].clone();
        let needs = job["needs"].as_str().unwrap_or_default();
        let failed = self.context.get(&format!("needs.{needs}.result")).is_some_and(|result| result != "success");
        let condition = job.get("if").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut context = self.context.clone();
        if failed {
            context.insert("job.failed".to_owned(), "true".to_owned());
        }
        let runs_after_failure = condition.contains("failure()");
        if failed && !runs_after_failure || !condition.is_empty() && !evaluate(&condition, &context) {
            return JobResult::Skipped;
        }
        context.remove("job.failed");
        self.run_steps(&job, &mut context).await;
        for (output, value) in job["outputs"].as_object().into_iter().flatten() {
            let value = substitute(value.as_str().expect("a text"), &context);
            self.context.insert(format!("needs.{name}.outputs.{output}"), value);
        }
        let failed = context.contains_key("job.failed");
        let result = if failed { "failure" } else { "success" };
        self.context.insert(format!("needs.{name}.result"), result.to_owned());
        if failed { JobResult::Failure } else { JobResult::Success }
    }

    async fn run_steps(&self, job: &Value, context: &mut Context) {
        let directory = self.repository.job_directory();
        let origin = self.repository.fixture.path("origin.git").display().to_string();
        // Later steps have the credentials of the bucket.
        let mut job_variables: BTreeMap<String, String> = BTreeMap::new();
        for step in job["steps"].as_array().expect("steps") {
            let condition = step["if"].as_str().unwrap_or("success");
            let failed = context.contains_key("job.failed");
            let runs = if condition == "success" { !failed } else { evaluate(condition, context) };
            if !runs || failed && condition != "always()" || step["name"] == "Install ajo" {
                continue;
            }
            let mut variables = job_variables.clone();
            for (name, value) in step["env"].as_object().into_iter().flatten() {
                variables.insert(name.clone(), substitute(value.as_str().expect("a text"), context));
            }
            let output_file = directory.with_extension("output");
            variables.insert("GITHUB_OUTPUT".to_owned(), output_file.display().to_string());
            let summary = self.repository.fixture.path("summary.md");
            variables.insert("GITHUB_STEP_SUMMARY".to_owned(), summary.display().to_string());
            fs::write(&output_file, "").expect("written");
            let text = |value: &Value, default: &str| value.as_str().unwrap_or(default).to_owned();
            let mut script = match step["uses"].as_str().map(|action| action.split('@').next().unwrap_or_default()) {
                None => text(&step["run"], ""),
                Some("actions/checkout") => {
                    let (commit, path) =
                        (text(&step["with"]["ref"], &context["github.sha"]), text(&step["with"]["path"], "."));
                    format!("git clone --quiet '{origin}' {path}; git -C {path} checkout --quiet {commit}")
                }
                Some("aws-actions/configure-aws-credentials") => {
                    let role = substitute(step["with"]["role-to-assume"].as_str().expect("a role"), context);
                    assert!(role.starts_with("arn:aws:iam:"), "{role}");
                    job_variables.extend(self.repository.state_credentials());
                    continue;
                }
                Some("actions/upload-artifact") => format!("cp plan.json '{}'", self.artifact.display()),
                Some("actions/download-artifact") => format!("cp '{}' plan.json", self.artifact.display()),
                Some(other) => panic!("unknown action {other}"),
            };
            if let (Some(file), true) = (&self.kill_apply_on, step["id"] == "apply") {
                // The others need not wait for a minute.
                variables.insert("AJO_LEASE_SECONDS".to_owned(), "5".to_owned());
                // A job of bash has its own process group.
                let wait = format!("until [ -e '{}' ]; do sleep 0.1; done", file.display());
                script = format!("set -m; {{ {script}; }} & {wait}; kill -KILL -- -$!; exit 137");
            }
            let output = self.repository.run(&directory, &script, &variables).await;
            if output.exit_code != Some(0) {
                context.insert("job.failed".to_owned(), output.stdout);
            }
            if let Some(id) = step["id"].as_str() {
                let outputs = fs::read_to_string(&output_file).expect("outputs");
                for (name, value) in outputs.lines().filter_map(|line| line.split_once('=')) {
                    context.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn github_reviews_plans_and_applies() {
    let repository = CiRepository::start().await;
    let mut review = WorkflowRun::new(&repository, "pull_request");
    assert_eq!(review.run_job("review").await, JobResult::Success);
    assert_eq!(review.run_job("plan").await, JobResult::Skipped);
    let comment = repository.fake("comment");
    assert!(comment.contains("a.example.org") && comment.contains("2 to create"), "{comment}");
    assert!(repository.fake("gh.log").starts_with("pr comment 42 "), "{}", repository.fake("gh.log"));

    let mut push = WorkflowRun::new(&repository, "push");
    assert_eq!(push.run_job("review").await, JobResult::Skipped);
    assert_eq!(push.run_job("plan").await, JobResult::Success);
    let digest = push.context["needs.plan.outputs.digest"].clone();
    assert!(repository.fixture.read("summary.md").contains(&digest), "the reviewer sees the digest");
    assert_eq!(push.run_job("apply").await, JobResult::Success);
    assert_eq!(push.run_job("plan-again").await, JobResult::Skipped);
    repository.expect_limits(&[("a", 1), ("b", 1)]).await;
    assert!(repository.fixture.read("state/ajo.state.json").contains("../job/limits/prod.yaml"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn github_asks_only_for_changes() {
    let repository = CiRepository::start().await;
    // The second file describes the same limits in another order.
    for apply in [JobResult::Success, JobResult::Skipped] {
        let mut push = WorkflowRun::new(&repository, "push");
        assert_eq!(push.run_job("plan").await, JobResult::Success);
        assert_eq!(push.run_job("apply").await, apply);
        repository.merge(&[("b", 1, true), ("a", 1, true)]).await;
    }
    repository.merge(&[("a", 0, true)]).await;
    assert_eq!(WorkflowRun::new(&repository, "push").run_job("plan").await, JobResult::Failure);
}

/// Two changes are merged before the first one is approved.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn github_loses_no_merged_change() {
    let repository = CiRepository::start().await;
    let mut first = WorkflowRun::new(&repository, "push");
    first.run_job("plan").await;
    repository.merge(&[("a", 2, true), ("b", 1, true)]).await;
    let mut second = WorkflowRun::new(&repository, "push");
    second.run_job("plan").await;
    // The plan of the first run is stale: it would apply limits that are no longer on main.
    assert_eq!(first.run_job("apply").await, JobResult::Failure);
    assert_eq!(first.context["needs.apply.outputs.code"], "6");
    repository.expect_limits(&[]).await;
    assert_eq!(first.run_job("plan-again").await, JobResult::Success);
    assert!(repository.fake("gh.log").contains("workflow run limits.yml --repo example/limits --ref main"));
    // The second run's plan contains both changes.
    assert_eq!(second.run_job("apply").await, JobResult::Success);
    repository.expect_limits(&[("a", 2), ("b", 1)]).await;
    let mut again = WorkflowRun::new(&repository, "workflow_dispatch");
    again.run_job("plan").await;
    assert_eq!(again.run_job("apply").await, JobResult::Skipped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn github_keeps_one_issue_about_drift() {
    let repository = CiRepository::start().await;
    let nightly = async || WorkflowRun::new(&repository, "schedule").run_job("drift").await;
    let mut push = WorkflowRun::new(&repository, "push");
    push.run_job("plan").await;
    // A merged change that nobody applied is drift.
    assert_eq!(nightly().await, JobResult::Success);
    assert!(repository.fake("issue").contains("a.example.org"), "{}", repository.fake("issue"));
    push.run_job("apply").await;
    repository.change_limit("b", "9").await;
    assert_eq!(nightly().await, JobResult::Success);
    let issue = repository.fake("issue");
    assert!(issue.contains("b.example.org") && !issue.contains("a.example.org"), "{issue}");
    assert_eq!(repository.fake("gh.log").matches("issue create").count(), 1);
    repository.change_limit("b", "1").await;
    assert_eq!(nightly().await, JobResult::Success);
    assert_eq!(repository.fake("issue"), "");
    // If drift is unknown, the job fails and the issue stays as it is.
    repository.fixture.set_quirk("list_results", "empty");
    assert_eq!((nightly().await, repository.fake("issue").as_str()), (JobResult::Failure, ""));
    repository.fixture.add_fault("capping.list=gateway:403025");
    assert_eq!(nightly().await, JobResult::Failure);
}
