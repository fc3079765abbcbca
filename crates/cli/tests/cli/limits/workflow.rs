//! Runs the commands of the example GitHub workflow against the emulator, with a fake `gh` that records its arguments, and checks
//! which steps have secrets.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::docs::bash_command;
use crate::limits::fixture::{LimitsFixture, limits_file};

const SECRET: &str = "AJO_CLIENT_SECRET";

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

fn example_workflow() -> Value {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/github/limits.yml"));
    serde_saphyr::from_str(&text.expect("the example")).expect("YAML")
}

/// Runs the steps of a job. `expressions` are the values of `${{ … }}`; others become empty.
async fn run_job(fixture: &LimitsFixture, workflow: &Value, job: &str, expressions: &[(&str, &str)]) {
    for (script, variables) in run_steps(workflow, job) {
        let mut command = bash_command(&fixture.command(&[]), &script);
        command.env("GITHUB_STEP_SUMMARY", fixture.path("summary.md"));
        command.env("GITHUB_OUTPUT", fixture.path("output"));
        // Only steps that are passed the secret can use it.
        let secret = fixture.emulator.environment().into_iter().find(|(name, _)| *name == SECRET).expect("a secret").1;
        command.env_remove(SECRET);
        let expressions = expressions.iter().copied().chain([("secrets.AJO_CLIENT_SECRET", &secret[..])]);
        for (name, value) in variables {
            let value = expressions
                .clone()
                .find_map(|(expression, text)| (value == format!("${{{{ {expression} }}}}")).then_some(text));
            command.env(name, value.unwrap_or_default());
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
    let workflow = example_workflow();
    let fixture = LimitsFixture::start().await;
    fixture.write("limits/prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true)]));
    fixture.write("bin/gh", FAKE_GH);
    let prepare = "chmod +x bin/gh; git init --quiet --initial-branch main .; git config user.name t; git config user.email \
                   t@example.org; git add limits; git commit --quiet -m limits; git init --quiet --bare origin.git; git \
                   remote add origin \"$PWD/origin.git\"; git push --quiet -u origin main";
    let mut command = bash_command(&fixture.command(&[]), prepare);
    let output = tokio::task::spawn_blocking(move || command.output().expect("bash runs")).await.expect("it ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    run_job(&fixture, &workflow, "review", &[("github.event.pull_request.number", "42")]).await;
    let comment = fixture.read("comment.md");
    assert!(comment.contains("a.example.org") && comment.contains("2 to create"), "{comment}");
    assert!(fixture.read("gh.args").starts_with("pr comment 42 "), "{}", fixture.read("gh.args"));
    assert!(!fixture.has("limits/ajo.state.json"), "a review does not write the state");

    run_job(&fixture, &workflow, "plan", &[]).await;
    let output = fixture.read("output");
    let digest = output.trim().strip_prefix("digest=").expect("an output");
    assert!(fixture.read("summary.md").contains(digest), "the reviewer sees the digest");
    run_job(&fixture, &workflow, "apply", &[("needs.plan.outputs.digest", digest)]).await;
    assert!(fixture.read("summary.md").contains("b.example.org"));
    let mut log = bash_command(&fixture.command(&[]), "git log --oneline origin/main -- limits/ajo.state.json");
    let log = tokio::task::spawn_blocking(move || log.output().expect("git runs")).await.expect("it ended");
    assert!(String::from_utf8_lossy(&log.stdout).contains("limits: record the applied state"));
    run_job(&fixture, &workflow, "drift", &[]).await;
    fixture.run_expecting(&["plan", "limits/prod.yaml", "--exit-code"], 0).await;
}

/// Whether a step calls the service.
fn calls_service(step: &Value) -> bool {
    let script = step["run"].as_str().unwrap_or_default();
    ["ajo plan ", "ajo apply ", "ajo drift "].iter().any(|command| script.contains(command))
}

/// Rules that the workflow breaks: which steps have secrets, and which tools are not pinned.
fn workflow_violations(workflow: &Value) -> Vec<String> {
    let mut violations = Vec::new();
    let mut require = |kept: bool, rule: &str, at: &str| {
        if !kept {
            violations.push(format!("{rule}: {at}"));
        }
    };
    require(workflow["permissions"] == serde_json::json!({"contents": "read"}), "least permissions", "workflow");
    require(!workflow["env"].to_string().contains("secrets."), "no secret for all jobs", "workflow");
    for (name, job) in workflow["jobs"].as_object().expect("jobs") {
        let own = |key: &str| job.get(key).map(Value::to_string).unwrap_or_default();
        require(!own("env").contains("secrets."), "no secret for a whole job", name);
        require(!own("permissions").contains("write-all"), "least permissions", name);
        for step in job["steps"].as_array().expect("steps") {
            let at = format!("{name}: {}", step.get("name").or(step.get("uses")).expect("a name"));
            let script = step["run"].as_str().unwrap_or_default();
            let env = step.get("env").map(Value::to_string).unwrap_or_default();
            require(
                env.contains("secrets.") == calls_service(step),
                "a secret exactly where the service is called",
                &at,
            );
            require(!script.contains("${{"), "no expression in a script", &at);
            let is_alone = script.lines().count() <= 1 && !script.contains(';');
            require(is_alone || !env.contains("secrets."), "only ajo runs with a secret", &at);
            if let Some(action) = step["uses"].as_str() {
                let commit = action.rsplit_once('@').map_or("", |(_, commit)| commit);
                let is_pinned = commit.len() == 40 && commit.bytes().all(|digit| digit.is_ascii_hexdigit());
                require(is_pinned, "actions are pinned", &at);
                let inputs = step.get("with").map(Value::to_string).unwrap_or_default();
                require(!inputs.contains("secrets."), "no secret for an action", &at);
                let keeps_token = action.contains("/checkout@") && !inputs.contains("\"persist-credentials\":false");
                require(!keeps_token, "checkout does not store the token", &at);
            }
            let is_pinned = script.contains("--locked") && script.contains("--rev");
            require(!script.contains("cargo install") || is_pinned, "tools are pinned", &at);
            let has_digest = script.contains("--digest") && env.contains("needs.plan.outputs.digest");
            require(!script.contains("ajo apply") || has_digest, "the digest comes from outside the artifact", &at);
        }
    }
    violations
}

#[test]
fn workflow_limits_secrets() {
    assert_eq!(workflow_violations(&example_workflow()), Vec::<String>::new());
}

#[test]
fn unsafe_workflow_is_found() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/github/limits.yml"));
    let text = text.expect("the example");
    let secret = "AJO_CLIENT_SECRET: ${{ secrets.AJO_CLIENT_SECRET }}";
    for (from, to, rule) in [
        ("env:\n  AJO_CLIENT_ID", &*format!("env:\n  {secret}\n  AJO_CLIENT_ID"), "no secret for all jobs"),
        ("    runs-on", "    env: { A: \"${{ secrets.A }}\" }\n    runs-on", "no secret for a whole job"),
        (" --rev \"$AJO_LIMITS_COMMIT\"", "", "tools are pinned"),
        ("@11bd71901bbe5b1630ceea73d27597364c9af683", "@v4", "actions are pinned"),
        ("persist-credentials: false", "persist-credentials: true", "checkout does not store the token"),
        (" --digest \"$PLAN_DIGEST\"", "", "the digest comes from outside the artifact"),
        ("GH_TOKEN: ${{ github.token }}", secret, "a secret exactly where the service is called"),
        (secret, "A: b", "a secret exactly where the service is called"),
        ("permissions:\n  contents: read", "permissions: write-all", "least permissions"),
        ("\"$PULL_REQUEST\"", "${{ github.event.pull_request.title }}", "no expression in a script"),
    ] {
        assert!(text.contains(from), "{from}");
        let workflow = serde_saphyr::from_str(&text.replacen(from, to, 1)).expect("YAML");
        let violations = workflow_violations(&workflow);
        assert!(violations.iter().any(|violation| violation.starts_with(rule)), "{to}: {violations:?}");
    }
}
