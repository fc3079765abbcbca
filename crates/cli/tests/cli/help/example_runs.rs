//! Runs the examples of the help on an emulator.

use std::process::Stdio;

use super::examples::EXAMPLES;
use crate::docs::bash_command;
use crate::limits::fixture::LimitsFixture;
use crate::support::CommandOutput;

/// The uid in the examples.
const UID: &str = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";

const LIMITS: &str = "version: 1
sandbox: prod
capping:
  - url: https://api.example.org/v1/send
    methods: [POST]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 100, periodInMs: 1000 } }
    deployed: true
throttling:
  urlPattern: https://api.example.org/v1/events
  methods: [POST]
  name: events
  maxThroughput: 300
  deployed: true
";

const CAPPING: &str = "url: https://b.example.org/*
methods: [GET]
services:
  action: { maxHttpConnections: 5, rating: { maxCallsCount: 700, periodInMs: 1000 } }
";

const THROTTLING: &str = "urlPattern: https://c.example.org/*\nmethods: [GET]\nname: c\nmaxThroughput: 300\n";

/// Examples that do not end by themselves, conflict with the state of the test, or need a terminal, a bucket, another shell, or drift. A unit test parses them.
fn is_only_parsed(example: &str) -> bool {
    [
        "ajo emulator serve",
        "ajo mcp",
        "ajo auth login",
        "ajo state mv",
        "ajo accept limits/prod.yaml --url",
        "man ",
        "ajo throttling create",
        "ajo api GET /ajo/journey",
    ]
    .iter()
    .any(|start| example.starts_with(start) && !example.contains("--credentials"))
        || example.contains("s3://")
        || ["fish", "zsh", "powershell", "elvish"].iter().any(|shell| example.contains(shell))
}

/// Writes the files of the examples to `template`, and applies the limits.
async fn start() -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.write("template/limits/prod.yaml", LIMITS);
    fixture.write("template/capping.yaml", CAPPING);
    fixture.write("template/throttling.yaml", THROTTLING);
    let settings = fixture.emulator.environment();
    let credentials = ["AJO_CLIENT_ID", "AJO_CLIENT_SECRET", "AJO_ORG_ID", "AJO_SCOPES"];
    let credentials = settings.iter().filter(|(name, _)| credentials.contains(name));
    let lines: String = credentials.map(|(name, value)| format!("{name}='{value}'\n")).collect();
    fixture.write("template/credentials.json", &lines);
    let setup = "cd template && ajo apply limits/prod.yaml --yes && ajo plan limits/prod.yaml --out plan.json &&
        AJO_CONFIG_DIR=$PWD/config ajo auth login --profile dev --credentials credentials.json --sandbox dev";
    let setup = run(&fixture, setup.to_owned()).await;
    assert_eq!(setup.exit_code, Some(0), "{}", setup.stdout);
    fixture
}

/// Runs a line in bash with the settings of the emulator.
async fn run(fixture: &LimitsFixture, line: String) -> CommandOutput {
    let mut ajo = fixture.command(&[]);
    ajo.env("AJO_EMULATOR_URL", fixture.emulator.ims_url()).env("AJO_CONFIG_DIR", fixture.path("work/config"));
    // Limits files and profiles name their sandbox.
    if !["limits/", "--profile", "plan.json"].iter().any(|word| line.contains(word)) {
        ajo.env("AJO_SANDBOX", "prod");
    }
    let mut bash = bash_command(&ajo, &line);
    bash.stdin(Stdio::null());
    tokio::task::spawn_blocking(move || CommandOutput::from(bash.output().expect("bash runs"))).await.expect("it ended")
}

/// Runs the examples of these commands, each on a copy of the files and the same state of the emulator.
async fn run_examples(is_wanted: impl Fn(&str) -> bool) {
    let fixture = start().await;
    let emulator = fixture.emulator.state().snapshot();
    let state: serde_json::Value = serde_json::from_str(&fixture.read("template/limits/ajo.state.json")).expect("JSON");
    let mut count = 0;
    for (path, examples) in EXAMPLES.iter().filter(|(path, _)| is_wanted(path)) {
        for example in examples.iter().filter(|example| !is_only_parsed(example)) {
            let api = path.split(' ').next().unwrap_or_default();
            let configs = state["configs"].as_array().expect("a list");
            let config = configs.iter().find(|config| config.to_string().contains(api)).unwrap_or(&configs[0]);
            let line = example.replace(UID, config["uid"].as_str().expect("a uid"));
            // There is no terminal for a confirmation.
            // A throttling configuration cannot be deployed twice.
            let undeploy = line.replace("deploy", "undeploy");
            let is_deploy = line.starts_with("ajo throttling deploy");
            let before = if is_deploy { format!(" && command {undeploy} --yes") } else { String::new() };
            let command = line.split(" > ").next().filter(|line| line.starts_with("ajo ")).unwrap_or("true");
            // `ajo init` refuses a folder that has limits files.
            let copy = if *path == "init" { "mkdir work" } else { "cp -a template work" };
            let line = format!(
                "rm -rf work && {copy} && cd work{before}
                if {command} --help | grep -q -e ' --yes '; then ajo() {{ command ajo \"$@\" --yes; }}; fi
                {line}"
            );
            fixture.emulator.state().restore(&emulator).expect("restored");
            let output = run(&fixture, line).await;
            assert_eq!(output.exit_code, Some(0), "{example}\n{}", output.stdout);
            count += 1;
        }
    }
    assert!(count >= 9, "{count} examples");
}

fn is_below(path: &str, groups: &[&str]) -> bool {
    groups.contains(&path.split(' ').next().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capping_examples_run() {
    run_examples(|path| is_below(path, &["capping"])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttling_examples_run() {
    run_examples(|path| is_below(path, &["throttling"])).await;
}

const LIMITS_COMMANDS: [&str; 11] =
    ["init", "fmt", "validate", "plan", "apply", "drift", "import", "export", "accept", "verify", "state"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_examples_run() {
    run_examples(|path| is_below(path, &LIMITS_COMMANDS)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_examples_run() {
    run_examples(|path| !is_below(path, &LIMITS_COMMANDS) && !is_below(path, &["capping", "throttling"])).await;
}
