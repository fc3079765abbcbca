//! Runs the commands of the example GitHub workflow against the emulator, with a fake `gh` that records its arguments.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::docs::bash_command;
use crate::limits::fixture::{LimitsFixture, limits_file};

const FAKE_GH: &str = "#!/bin/bash\nprintf '%s ' \"$@\" > gh.args\nwhile [ $# -gt 0 ]; do [ \"$1\" = --body-file ] && cp \"$2\" comment.md; shift; done\n";

/// The run steps of a job except the installation, with their variables.
fn run_steps(workflow: &Value, job: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap_or_else(|| panic!("no job {job}"));
    let run = steps.iter().filter(|step| step["name"] != "Install ajo" && step.get("run").is_some());
    run.map(|step| {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let variables = step["env"].as_object().into_iter().flatten();
        (text(&step["run"]), variables.map(|(name, value)| (name.clone(), text(value))).collect())
    })
    .collect()
}

async fn run_job(fixture: &LimitsFixture, workflow: &Value, job: &str) {
    for (script, variables) in run_steps(workflow, job) {
        let mut command = bash_command(&fixture.command(&[]), &script);
        command.env("GITHUB_STEP_SUMMARY", fixture.path("summary.md"));
        for (name, value) in variables {
            command.env(name, value.replace("${{ github.event.pull_request.number }}", "42"));
        }
        let path = std::env::join_paths(
            [fixture.path("bin")].into_iter().chain(std::env::split_paths(&path_variable(&command))),
        );
        command.env("PATH", path.expect("a path"));
        let output = tokio::task::spawn_blocking(move || command.output().expect("bash runs")).await.expect("it ended");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{job}: {script}\n{printed}");
    }
}

fn path_variable(command: &Command) -> std::ffi::OsString {
    let set = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
    set.expect("it is set").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn example_workflow_plans_and_applies() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/github/limits.yml"));
    let workflow: Value = serde_saphyr::from_str(&text.expect("the example")).expect("YAML");
    let fixture = LimitsFixture::start().await;
    fixture.write("limits/prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true)]));
    fixture.write("bin/gh", FAKE_GH);
    let prepare = "chmod +x bin/gh; git init --quiet --initial-branch main .; git config user.name t; git config user.email \
                   t@example.org; git add limits; git commit --quiet -m limits; git init --quiet --bare origin.git; git \
                   remote add origin \"$PWD/origin.git\"; git push --quiet -u origin main";
    let mut command = bash_command(&fixture.command(&[]), prepare);
    let output = tokio::task::spawn_blocking(move || command.output().expect("bash runs")).await.expect("it ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    run_job(&fixture, &workflow, "review").await;
    let comment = fixture.read("comment.md");
    assert!(comment.contains("a.example.org") && comment.contains("2 to create"), "{comment}");
    assert!(fixture.read("gh.args").starts_with("pr comment 42 "), "{}", fixture.read("gh.args"));
    assert!(!fixture.has("limits/ajo.state.json"), "a review does not write the state");

    run_job(&fixture, &workflow, "plan").await;
    run_job(&fixture, &workflow, "apply").await;
    assert!(fixture.read("summary.md").contains("b.example.org"));
    let mut log = bash_command(&fixture.command(&[]), "git log --oneline origin/main -- limits/ajo.state.json");
    let log = tokio::task::spawn_blocking(move || log.output().expect("git runs")).await.expect("it ended");
    assert!(String::from_utf8_lossy(&log.stdout).contains("limits: record the applied state"));
    run_job(&fixture, &workflow, "drift").await;
    fixture.run_expecting(&["plan", "limits/prod.yaml", "--exit-code"], 0).await;
}
