//! A git server, the emulator as the service, and a place for the state.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::docs::bash_command;
use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::CommandOutput;

const SECRET: &str = "AJO_CLIENT_SECRET";

/// Stores one issue and one comment in files, and records the calls.
const FAKE_GH: &str = r#"#!/bin/bash
echo "$*" >> "$FAKES/gh.log"
body() { while [ $# -gt 0 ]; do [ "$1" != --body-file ] || cp "$2" "$FAKES/$NAME"; shift; done; }
case "$1 $2" in
  "pr comment") NAME=comment body "$@" ;;
  "issue list") [ ! -e "$FAKES/issue" ] || echo 7 ;;
  "issue create"|"issue edit") NAME=issue body "$@" ;;
  "issue close") rm "$FAKES/issue" ;;
esac
"#;

/// The issues of the GitLab API, and the archives of releases.
const FAKE_CURL: &str = r#"#!/bin/bash
echo "$*" >> "$FAKES/curl.log"
case "$*" in
  *"/releases/download/v1.2.3/"*) while [ "$1" != --output ]; do shift; done; cp "$FAKES/ajo.tar.xz" "$2" ;;
  *"?labels="*) if [ -e "$FAKES/issue" ]; then echo '[{"iid": 7}]'; else echo '[]'; fi ;;
  *state_event=close*) rm "$FAKES/issue" ;;
  *description@drift.md*) cp drift.md "$FAKES/issue" ;;
esac
"#;

/// Where the jobs share their state.
pub(super) enum SharedPlace {
    /// A file outside their clones. It records paths relative to itself, so all clones have the same path.
    File,
    Bucket {
        url: String,
        /// The variables with its credentials.
        credentials: Vec<(String, String)>,
    },
}

/// A repository with the branch `main`.
pub(super) struct CiRepository {
    pub(super) fixture: LimitsFixture,
    place: SharedPlace,
    path_count: AtomicUsize,
}

impl CiRepository {
    /// Two limits on `main`; nothing is applied yet.
    pub(super) async fn start() -> Self {
        Self::start_with(SharedPlace::File).await
    }

    /// Like [`start`](Self::start), with the state in this place.
    pub(super) async fn start_with(place: SharedPlace) -> Self {
        let repository = Self { fixture: LimitsFixture::start().await, place, path_count: AtomicUsize::new(0) };
        let fixture = &repository.fixture;
        for (name, script) in [("gh", FAKE_GH), ("curl", FAKE_CURL)] {
            fixture.write(&format!("bin/{name}"), script);
        }
        repository.write_limits(&[("a", 1, true), ("b", 1, true)]);
        fixture.write("main/.gitlab/ci/limits-apply.yml", &super::example("gitlab/limits-apply.yml"));
        let script = "chmod +x bin/*; mkdir fakes state
            archive=ajo-x86_64-unknown-linux-musl; mkdir $archive; ln -s \"$(command -v ajo)\" $archive/ajo
            tar -cJf fakes/ajo.tar.xz $archive; sha256sum < fakes/ajo.tar.xz | head -c 64 > fakes/ajo.sha256
            git init --quiet --bare origin.git
            cd main; git init --quiet --initial-branch main; git config user.name t; git config user.email t@example.org
            git remote add origin \"$PWD/../origin.git\"; git add .; git commit --quiet -m limits; git push --quiet origin main";
        repository.run(&repository.fixture.path(""), script, &BTreeMap::new()).await.expect_success(script);
        repository
    }

    /// The value of `state:`.
    fn state_location(&self) -> String {
        match &self.place {
            SharedPlace::File => self.fixture.path("state/ajo.state.json").display().to_string(),
            SharedPlace::Bucket { url, .. } => url.clone(),
        }
    }

    fn write_limits(&self, limits: &[(&str, u32, bool)]) {
        let text = format!("state: {}\n{}", self.state_location(), limits_file(limits));
        self.fixture.write("main/limits/prod.yaml", &text);
    }

    /// The variables that give a job access to the state.
    pub(super) fn state_credentials(&self) -> Vec<(String, String)> {
        match &self.place {
            SharedPlace::File => Vec::new(),
            SharedPlace::Bucket { credentials, .. } => credentials.clone(),
        }
    }

    /// The newest commit on `main`.
    pub(super) fn head(&self) -> String {
        self.fixture.read("origin.git/refs/heads/main").trim().to_owned()
    }

    /// Merges these limits.
    pub(super) async fn merge(&self, limits: &[(&str, u32, bool)]) {
        self.write_limits(limits);
        let script = "git commit --quiet --all --allow-empty -m change; git push --quiet origin main";
        self.run(&self.fixture.path("main"), script, &BTreeMap::new()).await.expect_success(script);
    }

    /// A path that nothing else uses.
    pub(super) fn new_path(&self, name: &str) -> PathBuf {
        self.fixture.path(&format!("{name}-{}", self.path_count.fetch_add(1, Ordering::Relaxed)))
    }

    /// An empty directory for a job.
    pub(super) fn job_directory(&self) -> PathBuf {
        let directory = match self.place {
            SharedPlace::File => self.fixture.path("job"),
            SharedPlace::Bucket { .. } => self.new_path("job"),
        };
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).expect("a directory");
        directory
    }

    /// Runs a script with these variables and no secret of its own.
    pub(super) async fn run(
        &self,
        directory: &Path,
        script: &str,
        variables: &BTreeMap<String, String>,
    ) -> CommandOutput {
        let mut command = bash_command(&self.fixture.command(&[]), script);
        command.current_dir(directory).env_remove(SECRET).env("FAKES", self.fixture.path("fakes"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
            command.env_remove(name);
        }
        let path =
            command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value).expect("it is set");
        let path = std::env::join_paths([self.fixture.path("bin")].into_iter().chain(std::env::split_paths(path)));
        command.env("PATH", path.expect("a path")).envs(variables);
        let output = tokio::task::spawn_blocking(move || command.output().expect("bash runs")).await.expect("it ended");
        CommandOutput::from(output)
    }

    /// The value of the client secret.
    pub(super) fn secret(&self) -> String {
        let variables = self.fixture.emulator.environment().into_iter();
        variables.filter(|(name, _)| *name == SECRET).map(|(_, value)| value).next().expect("a secret")
    }

    /// The calls of a fake program, and its stored files.
    pub(super) fn fake(&self, name: &str) -> String {
        fs::read_to_string(self.fixture.path("fakes").join(name)).unwrap_or_default()
    }

    /// Checks that the service has these calls per second, by host.
    pub(super) async fn expect_limits(&self, expected: &[(&str, u32)]) {
        let list = self.fixture.run_expecting(&["capping", "list", "--sandbox", "prod", "--output", "json"], 0).await;
        let list: serde_json::Value = serde_json::from_str(&list.stdout).expect("JSON");
        let found: BTreeMap<String, u64> = list["results"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|config| {
                let calls = &config["deployedConfig"]["services"]["action"]["rating"]["maxCallsCount"];
                (config["url"].as_str().expect("a URL").to_owned(), calls.as_u64().expect("it is deployed"))
            })
            .collect();
        assert_eq!(list["results"].as_array().map(Vec::len), Some(found.len()), "nothing is created twice");
        let expected =
            expected.iter().map(|(host, calls)| (format!("https://{host}.example.org/*"), u64::from(*calls)));
        assert_eq!(found, expected.collect());
    }

    /// Someone else changes a limit.
    pub(super) async fn change_limit(&self, host: &str, calls: &str) {
        let url = format!("https://{host}.example.org/*");
        let arguments = ["capping", "set", &url, "--max-calls", calls, "--yes", "--sandbox", "prod"];
        self.fixture.run_expecting(&arguments, 0).await;
    }
}

impl CommandOutput {
    pub(super) fn expect_success(&self, script: &str) {
        assert_eq!(self.exit_code, Some(0), "{script}\n{}\n{}", self.stdout, self.stderr);
    }
}
