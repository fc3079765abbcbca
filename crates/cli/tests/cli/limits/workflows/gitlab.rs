//! The GitLab pipelines.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::repository::CiRepository;
use super::{example, parse};
use crate::support::CommandOutput;

const OIDC_TOKEN: &str = "oidc-t0ken";

/// A pipeline. The caller starts the jobs.
pub(super) struct Pipeline<'r> {
    repository: &'r CiRepository,
    commit: String,
    jobs: Value,
    /// The expected checksum of ajo's archive.
    checksum: String,
    /// The variables of `artifacts: reports: dotenv`.
    variables: BTreeMap<String, String>,
    /// The content of artifacts.
    artifacts: BTreeMap<String, Vec<u8>>,
}

impl<'r> Pipeline<'r> {
    pub(super) fn new(repository: &'r CiRepository) -> Self {
        let jobs = parse(&example("gitlab/limits.yml"));
        let commit = repository.head();
        let checksum = repository.fake("ajo.sha256");
        Self { repository, commit, jobs, checksum, variables: BTreeMap::new(), artifacts: BTreeMap::new() }
    }

    pub(super) async fn run_job(&mut self, name: &str) -> CommandOutput {
        let job = self.jobs[name].clone();
        let base = job["extends"].as_str().map(|base| self.jobs[base].clone()).unwrap_or_default();
        let lines = |script: &Value| {
            let lines = script.as_array().into_iter().flatten();
            lines.map(|line| line.as_str().expect("a text").to_owned()).collect::<Vec<_>>()
        };
        let before = if job["before_script"].is_null() { &base["before_script"] } else { &job["before_script"] };
        // GitLab stops at the first failed line.
        let script = format!("set -eo pipefail\n{}", [lines(before), lines(&job["script"])].concat().join("\n"));
        let repository = self.repository;
        let directory = repository.job_directory();
        let origin = repository.fixture.path("origin.git").display().to_string();
        let mut variables = self.variables.clone();
        for (name, value) in [
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
            ("CI_PROJECT_ID", "3"),
            ("AJO_VERSION", "1.2.3"),
            ("AJO_SHA256", &self.checksum),
        ] {
            variables.insert(name.to_owned(), value.to_owned());
        }
        let environment = job["environment"]["name"].as_str().or(job["environment"].as_str()).unwrap_or_default();
        if environment.starts_with("limits/") {
            variables.insert("AJO_CLIENT_SECRET".to_owned(), repository.secret());
        }
        if environment == "issues" {
            variables.insert("LIMITS_ISSUE_TOKEN".to_owned(), "t0ken".to_owned());
        }
        let own = |key: &str| if job[key].is_null() { base[key].clone() } else { job[key].clone() };
        for name in own("id_tokens").as_object().into_iter().flatten().map(|(name, _)| name) {
            variables.insert(name.clone(), OIDC_TOKEN.to_owned());
        }
        for (name, value) in own("variables").as_object().into_iter().flatten() {
            let project = directory.display().to_string();
            let value = value.as_str().expect("a text").replace("$CI_PROJECT_DIR", &project);
            variables.insert(name.clone(), value.replace("$LIMITS_", "arn:aws:iam::123456789012:role/LIMITS_"));
        }
        if variables.contains_key("AWS_ROLE_ARN") {
            variables.extend(repository.state_credentials());
        }
        let clone = format!("git clone --quiet '{origin}' .; git checkout --quiet {}", self.commit);
        repository.run(&directory, &clone, &BTreeMap::new()).await.expect_success(&clone);
        if job.get("needs").is_some() {
            for (name, content) in &self.artifacts {
                fs::write(directory.join(name), content).expect("written");
            }
        }
        let output = repository.run(&directory, &script, &variables).await;
        if output.exit_code == Some(0) {
            if let Some(file) = variables.get("AWS_WEB_IDENTITY_TOKEN_FILE") {
                assert_eq!(fs::read_to_string(file).expect("the token"), OIDC_TOKEN);
            }
            for file in job["artifacts"]["paths"].as_array().into_iter().flatten() {
                let file = file.as_str().expect("a text");
                self.artifacts.insert(file.to_owned(), fs::read(directory.join(file)).expect("an artifact"));
            }
            if let Some(file) = job["artifacts"]["reports"]["dotenv"].as_str() {
                let dotenv = fs::read_to_string(directory.join(file)).expect("an artifact");
                let lines = dotenv.lines().filter_map(|line| line.split_once('='));
                self.variables.extend(lines.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
        }
        output
    }

    pub(super) async fn expect_job(&mut self, name: &str, code: i32) {
        let output = self.run_job(name).await;
        assert_eq!(output.exit_code, Some(code), "{name}\n{}\n{}", output.stdout, output.stderr);
    }

    fn artifact(&self, name: &str) -> String {
        String::from_utf8(self.artifacts[name].clone()).expect("UTF-8")
    }

    /// The pipeline that the plan starts.
    pub(super) fn next(&self) -> Self {
        let jobs = parse(&self.artifact("next.yml"));
        let (variables, artifacts) = (self.variables.clone(), self.artifacts.clone());
        let checksum = self.checksum.clone();
        Self { repository: self.repository, commit: self.commit.clone(), jobs, checksum, variables, artifacts }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gitlab_reviews_plans_and_applies() {
    let repository = CiRepository::start().await;
    let mut review = Pipeline::new(&repository);
    review.expect_job("limits-validate", 0).await;
    review.expect_job("limits-review", 0).await;
    assert!(review.artifact("plan.md").contains("2 to create"), "{}", review.artifact("plan.md"));

    let mut push = Pipeline::new(&repository);
    push.expect_job("limits-plan", 0).await;
    assert!(push.artifact("plan.md").contains(&push.variables["PLAN_DIGEST"]), "the reviewer sees the digest");
    let mut next = push.next();
    next.expect_job("limits-apply", 0).await;
    repository.expect_limits(&[("a", 1), ("b", 1)]).await;
    assert!(repository.fixture.read("state/ajo.state.json").contains("../job/limits/prod.yaml"));

    // Nothing to start when nothing changes.
    let mut unchanged = Pipeline::new(&repository);
    unchanged.expect_job("limits-plan", 0).await;
    assert_eq!(unchanged.next().jobs, serde_json::json!({"unchanged": {"script": "true"}}));
    repository.merge(&[("a", 0, true)]).await;
    Pipeline::new(&repository).expect_job("limits-plan", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gitlab_installs_only_the_reviewed_archive() {
    let repository = CiRepository::start().await;
    let mut pipeline = Pipeline::new(&repository);
    pipeline.checksum = "0".repeat(64);
    for job in ["limits-validate", "limits-review", "limits-plan", "limits-drift"] {
        let output = pipeline.run_job(job).await;
        assert_ne!(output.exit_code, Some(0), "{job}: {}", output.stdout);
    }
    assert_eq!(repository.fixture.emulator.state().calls().len(), 0, "nothing ran");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gitlab_loses_no_merged_change() {
    let repository = CiRepository::start().await;
    let mut first = Pipeline::new(&repository);
    first.expect_job("limits-plan", 0).await;
    repository.merge(&[("a", 2, true), ("b", 1, true)]).await;
    let mut second = Pipeline::new(&repository);
    second.expect_job("limits-plan", 0).await;
    first.next().expect_job("limits-apply", 6).await;
    repository.expect_limits(&[]).await;
    second.next().expect_job("limits-apply", 0).await;
    repository.expect_limits(&[("a", 2), ("b", 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gitlab_keeps_one_issue_about_drift() {
    let repository = CiRepository::start().await;
    let nightly = async || {
        let mut pipeline = Pipeline::new(&repository);
        pipeline.expect_job("limits-drift", 0).await;
        pipeline.expect_job("limits-issue", 0).await;
        repository.fake("issue")
    };
    assert!(nightly().await.contains("a.example.org"));
    let mut push = Pipeline::new(&repository);
    push.expect_job("limits-plan", 0).await;
    push.next().expect_job("limits-apply", 0).await;
    repository.change_limit("b", "9").await;
    let issue = nightly().await;
    assert!(issue.contains("b.example.org") && !issue.contains("a.example.org"), "{issue}");
    assert_eq!(repository.fake("curl.log").matches("--request POST").count(), 1);
    repository.change_limit("b", "1").await;
    assert_eq!(nightly().await, "");
    // If drift is unknown, the job fails.
    repository.fixture.set_quirk("list_results", "empty");
    Pipeline::new(&repository).expect_job("limits-drift", 7).await;
    repository.fixture.add_fault("capping.list=gateway:403025");
    Pipeline::new(&repository).expect_job("limits-drift", 3).await;
}
