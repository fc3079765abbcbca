//! The example of a GitHub workflow, run against the emulator: its commands as they stand there, with a `gh` that writes down what
//! it is told.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::limits::fixture::{Site, limits};
use crate::pages::shell;

const GH: &str = "#!/bin/bash\nprintf '%s ' \"$@\" > gh.said\nwhile [ $# -gt 0 ]; do [ \"$1\" = --body-file ] && cp \"$2\" comment.md; shift; done\n";

/// The run steps of a job but for the installation, each with its variables.
fn steps(workflow: &Value, job: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap_or_else(|| panic!("no job {job}"));
    let run = steps.iter().filter(|step| step["name"] != "Install ajo" && step.get("run").is_some());
    run.map(|step| {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let variables = step["env"].as_object().into_iter().flatten();
        (text(&step["run"]), variables.map(|(name, value)| (name.clone(), text(value))).collect())
    })
    .collect()
}

async fn run(site: &Site, workflow: &Value, job: &str) {
    for (script, variables) in steps(workflow, job) {
        let mut command = shell(&site.command(&[]), &script);
        command.env("GITHUB_STEP_SUMMARY", site.path("summary.md"));
        for (name, value) in variables {
            command.env(name, value.replace("${{ github.event.pull_request.number }}", "42"));
        }
        let path =
            std::env::join_paths([site.path("bin")].into_iter().chain(std::env::split_paths(&path_of(&command))));
        command.env("PATH", path.expect("a path"));
        let output = tokio::task::spawn_blocking(move || command.output().expect("bash runs")).await.expect("it ended");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{job}: {script}\n{said}");
    }
}

fn path_of(command: &Command) -> std::ffi::OsString {
    let set = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
    set.expect("it is set").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_workflow_comments_the_plan_and_applies_the_one_that_was_approved() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/github/limits.yml"));
    let workflow: Value = serde_saphyr::from_str(&text.expect("the example")).expect("YAML");
    let site = Site::start().await;
    site.write("limits/prod.yaml", &limits(&[("a", 1, true), ("b", 1, true)]));
    site.write("bin/gh", GH);
    let prepare = "chmod +x bin/gh; git init --quiet --initial-branch main .; git config user.name t; git config user.email \
                   t@example.org; git add limits; git commit --quiet -m limits; git init --quiet --bare origin.git; git \
                   remote add origin \"$PWD/origin.git\"; git push --quiet -u origin main";
    let mut command = shell(&site.command(&[]), prepare);
    let output = tokio::task::spawn_blocking(move || command.output().expect("bash runs")).await.expect("it ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    run(&site, &workflow, "review").await;
    let comment = site.read("comment.md");
    assert!(comment.contains("a.example.org") && comment.contains("2 to create"), "{comment}");
    assert!(site.read("gh.said").starts_with("pr comment 42 "), "{}", site.read("gh.said"));
    assert!(!site.has("limits/ajo.lock"), "a review changes nothing");

    run(&site, &workflow, "plan").await;
    run(&site, &workflow, "apply").await;
    assert!(site.read("summary.md").contains("b.example.org"));
    let mut log = shell(&site.command(&[]), "git log --oneline origin/main -- limits/ajo.lock");
    let log = tokio::task::spawn_blocking(move || log.output().expect("git runs")).await.expect("it ended");
    assert!(String::from_utf8_lossy(&log.stdout).contains("limits: what was applied"));
    run(&site, &workflow, "drift").await;
    site.ajo_ends(&["plan", "limits/prod.yaml", "--exit-code"], 0).await;
}
