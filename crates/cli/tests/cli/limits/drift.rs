//! `drift` and `verify` report every limit that the files do not describe, and `plan` names it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::limits::fixture::{LimitsFixture, limits_file};

/// Creates a configuration as someone else would, and returns its UID.
async fn create_config(fixture: &LimitsFixture, url: &str, calls: u32, deployed: bool) -> String {
    let limit = json!({"rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let definition = json!({"url": url, "methods": ["GET"], "services": {"action": limit}});
    fixture.write("other.json", &definition.to_string());
    let create = ["capping", "create", "other.json", "--output=json", "--sandbox=prod"];
    let created: Value = serde_json::from_str(&fixture.run_expecting(&create, 0).await.stdout).expect("JSON");
    let uid = created["uid"].as_str().expect("a uid").to_owned();
    if deployed {
        fixture.run_expecting(&["capping", "deploy", &uid, "--sandbox=prod", "--yes"], 0).await;
    }
    uid
}

/// A fixture after an apply of one limit: a.example.org, 100 calls per second.
async fn applied_fixture() -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 100, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
    fixture
}

/// The arguments of the suggested commands that start with `ajo NAME`.
fn suggested_commands(output: &str, name: &str) -> Vec<Vec<String>> {
    let commands = output.lines().filter_map(|line| line.trim().strip_prefix("ajo "));
    let commands = commands.filter(|command| command.starts_with(name));
    commands.map(|command| command.split(' ').map(str::to_owned).collect()).collect()
}

async fn run_suggested_commands(fixture: &LimitsFixture, output: &str, name: &str) {
    let commands = suggested_commands(output, name);
    assert!(!commands.is_empty(), "{name} in {output}");
    for command in commands {
        // Suggestions are for a terminal, where the command asks.
        let yes = (name != "import").then_some("--yes");
        let arguments: Vec<&str> = command.iter().map(String::as_str).chain(yes).collect();
        fixture.run_expecting(&arguments, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limit_in_no_file_is_drift() {
    let fixture = applied_fixture().await;
    let uid = create_config(&fixture, "https://other.example.org/*", 1, true).await;
    let output = fixture.run_expecting(&["drift", "prod.yaml"], 2).await.stdout;
    for text in [
        "capping GET https://other.example.org/*",
        &uid,
        "action 1 calls/1000 ms",
        "by emulator-client",
        "last modified: 20",
    ] {
        assert!(output.contains(text), "{text} in {output}");
    }
    let output = fixture.run_expecting(&["verify", "prod.yaml"], 1).await.stdout;
    assert!(output.contains(&uid) && output.contains("1 of 1 configurations match the files"), "{output}");

    // Every format names it, with its limit, and as a failure.
    for (format, failure) in [
        ("json", "\"severity\": \"error\""),
        ("junit", "failures=\"1\""),
        ("sarif", "\"level\": \"error\""),
        ("markdown", "**error**"),
        ("github", "::error "),
    ] {
        for (command, code) in [("drift", 2), ("verify", 1)] {
            let output = fixture.run_expecting(&[command, "prod.yaml", "--output", format], code).await.stdout;
            let limit = if format == "json" { "\"maxCallsCount\": 1," } else { "action 1 calls" };
            for text in [&uid, limit, "other.example.org", "emulator-client", failure] {
                assert!(output.contains(text), "{command} {format}: {text} in {output}");
            }
        }
    }
    fixture.run_expecting(&["drift", "prod.yaml", "--unmanaged", "error"], 2).await;
    for (handling, named) in [("warn", true), ("ignore", false)] {
        for command in ["drift", "verify"] {
            let output = fixture.run_expecting(&[command, "prod.yaml", "--unmanaged", handling], 0).await.stdout;
            assert_eq!(output.contains(&uid), named, "{command} {handling}: {output}");
        }
    }
    fixture.run_expecting(&["drift", "prod.yaml", "--unmanaged", "delete"], 64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undeployed_limit_in_no_file_is_a_warning() {
    let fixture = applied_fixture().await;
    let uid = create_config(&fixture, "https://other.example.org/*", 1, false).await;
    for command in ["drift", "verify"] {
        let output = fixture.run_expecting(&[command, "prod.yaml"], 0).await.stdout;
        assert!(output.contains(&uid) && output.contains("No drift; 1 warning."), "{command}: {output}");
    }
    fixture.run_expecting(&["drift", "prod.yaml", "--unmanaged=error"], 2).await;
    fixture.run_expecting(&["verify", "prod.yaml", "--unmanaged=error"], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removed_limit_that_is_live_is_drift() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 100, true), ("b", 100, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 100, true)]));
    for handling in [&[][..], &["--unmanaged=ignore"]] {
        let output = fixture.run_expecting(&[&["drift", "prod.yaml"], handling].concat(), 2).await.stdout;
        assert!(output.contains("removed capping GET https://b.example.org/*"), "{output}");
    }
    fixture.run_expecting(&["apply", "prod.yaml", "--prune", "--yes"], 0).await;
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limit_of_deleted_file_is_drift() {
    let fixture = LimitsFixture::start().await;
    fixture.write("limits/a.yaml", &limits_file(&[("a", 100, true)]));
    fixture.write("limits/b.yaml", &limits_file(&[("b", 100, true)]));
    fixture.run_expecting(&["apply", "limits/a.yaml", "limits/b.yaml", "--yes"], 0).await;
    let output = fixture.run_expecting(&["drift", "limits/a.yaml"], 0).await.stdout;
    assert!(output.contains("other files: 1 configuration") && output.contains("https://b.example.org/*"), "{output}");
    std::fs::remove_file(fixture.path("limits/b.yaml")).expect("removed");
    let output = fixture.run_expecting(&["drift", "limits/a.yaml"], 2).await.stdout;
    assert!(output.contains("removed capping GET https://b.example.org/*"), "{output}");
    fixture.run_expecting(&["verify", "limits/a.yaml"], 1).await;
    // The hint leads to a clean drift.
    assert!(output.contains("if their file was deleted, run `ajo import --uid UID FILE` first"), "{output}");
    let uid = output.split("uid ").nth(1).expect("a uid").lines().next().expect("a uid");
    fixture.run_expecting(&["import", "--uid", uid, "limits/a.yaml"], 0).await;
    fixture.run_expecting(&["apply", "limits/a.yaml", "--prune", "--yes"], 0).await;
    fixture.run_expecting(&["drift", "limits/a.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plan_names_unmanaged_limits() {
    let fixture = applied_fixture().await;
    let hosts: Vec<String> = (0..7).map(|number| format!("https://other-{number}.example.org/*")).collect();
    for host in &hosts {
        create_config(&fixture, host, 9, false).await;
    }
    create_config(&fixture, "https://live.example.org/*", 7, true).await;
    // They are no changes.
    for format in ["text", "markdown", "github", "junit"] {
        let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code", "--output", format], 0).await.stdout;
        let plain = output.replace("&#47;", "/").replace("&#42;", "*");
        for host in hosts.iter().map(String::as_str).chain(["action 9 calls/1000 ms", "action 7 calls/1000 ms"]) {
            assert!(plain.contains(host), "{format}: {host} in {plain}");
        }
        assert!(plain.contains("; 8 unmanaged"), "{format}: {plain}");
    }
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code", "--output=json"], 0).await.stdout;
    let plan = serde_json::from_str::<Value>(&output).expect("JSON")["plan"].clone();
    assert_eq!(plan["unmanagedCount"], json!({"deployed": 1, "notDeployed": 7}));
    assert_eq!((plan["unmanaged"].as_array().map(Vec::len), &plan["changes"]), (Some(8), &json!([])));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicate_is_drift_but_no_apply_error() {
    let fixture = applied_fixture().await;
    let copy = create_config(&fixture, "https://A.example.org:443/*", 9000, true).await;
    fixture.run_expecting(&["drift", "prod.yaml"], 2).await;
    let output = fixture.run_expecting(&["drift", "prod.yaml", "--unmanaged=ignore"], 2).await.stdout;
    assert!(output.contains("duplicate capping GET https://a.example.org/*"), "{output}");
    assert!(output.contains("9000 calls/1000 ms") && output.contains(&format!("delete {copy}: deployed")), "{output}");
    let output = fixture.run_expecting(&["verify", "prod.yaml", "--output=junit"], 1).await.stdout;
    assert!(output.contains("failures=\"1\"") && output.contains(&copy), "{output}");

    // The apply is complete. It names the duplicate at once.
    fixture.write("prod.yaml", &limits_file(&[("a", 101, true)]));
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await.stdout;
    assert!(output.contains(&format!("ajo capping delete {copy} --force --sandbox prod")), "{output}");
    assert!(!fixture.has("ajo.state.prod.journal"));

    let output = fixture.run_expecting(&["drift", "prod.yaml"], 2).await.stdout;
    run_suggested_commands(&fixture, &output, "capping delete").await;
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicates_without_state_are_drift() {
    let fixture = applied_fixture().await;
    create_config(&fixture, "https://a.example.org/*", 9000, true).await;
    let drift = ["drift", "prod.yaml", "--state=lost.json"];
    let output = fixture.run_expecting(&drift, 2).await.stdout;
    run_suggested_commands(&fixture, &output, "import").await;
    run_suggested_commands(&fixture, &output, "capping delete").await;
    fixture.run_expecting(&drift, 0).await;
    // The one that is as the file describes it was kept.
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_leave_reported_duplicates() {
    let fixture = LimitsFixture::start().await;
    // Two clones, each with its own state file and lock, apply to an empty service at the same time.
    for (clone, calls) in [("one", 300), ("two", 900)] {
        fixture.write(&format!("{clone}/prod.yaml"), &limits_file(&[("a", calls, true), ("b", calls, true)]));
    }
    // Both receive the empty list before either creates anything. An apply lists again just before its first create.
    fixture.add_fault("capping.list=delay:2000");
    let mut first = fixture.command(&["apply", "one/prod.yaml", "--yes"]);
    let first = first.stdout(std::process::Stdio::piped()).spawn().expect("ajo runs");
    while fixture.emulator.state().calls().for_operation("capping.list").is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let output = fixture.run_expecting(&["apply", "two/prod.yaml", "--yes"], 0).await.stdout;
    let first =
        tokio::task::spawn_blocking(move || first.wait_with_output().expect("it ended")).await.expect("it ended");
    assert!(first.status.success());
    fixture.clear_faults();
    assert_eq!(fixture.emulator.state().calls().for_operation("capping.create").len(), 4, "a test of two writers");
    let outputs = output + &String::from_utf8_lossy(&first.stdout);
    assert!(outputs.matches("has the same URL and methods").count() >= 2, "the last writer is told at once: {outputs}");

    for clone in ["one", "two"] {
        let output = fixture.run_expecting(&["drift", &format!("{clone}/prod.yaml")], 2).await.stdout;
        for text in ["300 calls/1000 ms", "900 calls/1000 ms", "2 configurations have duplicates"] {
            assert!(output.contains(text), "{clone}: {text} in {output}");
        }
        assert_eq!(suggested_commands(&output, "capping delete").len(), 2, "{output}");
    }
    let output = fixture.run_expecting(&["drift", "one/prod.yaml"], 2).await.stdout;
    run_suggested_commands(&fixture, &output, "capping delete").await;
    fixture.run_expecting(&["drift", "one/prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping_pattern_is_a_warning() {
    let fixture = applied_fixture().await;
    let narrower = create_config(&fixture, "https://a.example.org/v1/*", 5, true).await;
    let output = fixture.run_expecting(&["drift", "prod.yaml"], 2).await.stdout;
    assert!(output.contains(&format!("({narrower})")), "{output}");
    let output = fixture.run_expecting(&["drift", "prod.yaml", "--unmanaged=ignore"], 0).await.stdout;
    assert!(output.contains("warning: overlap capping GET https://a.example.org/*"), "{output}");
    assert!(output.contains(&format!("narrower: capping GET https://a.example.org/v1/* ({narrower})")), "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn default_cap_is_named() {
    let fixture = applied_fixture().await;
    let uid = &fixture.managed_uids()[0];
    fixture.run_expecting(&["capping", "undeploy", uid, "--sandbox=prod", "--yes"], 0).await;
    for (command, code) in [("drift", 2), ("verify", 1), ("plan", 0)] {
        let output = fixture.run_expecting(&[command, "prod.yaml"], code).await.stdout;
        let cap = "only the default cap of 300,000 calls per minute applies (from data sources, 15 per second)";
        assert!(output.contains(cap), "{command}: {output}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hint_says_what_to_do() {
    let fixture = applied_fixture().await;
    let set = ["capping", "set", "https://a.example.org/*", "--max-calls", "300", "--sandbox=prod", "--yes"];
    fixture.run_expecting(&set, 0).await;
    let output = fixture.run_expecting(&["drift", "prod.yaml"], 2).await;
    let hint = "hint: keep these changes with `ajo accept prod.yaml`, or undo them with `ajo apply prod.yaml`";
    assert_eq!(output.stderr.trim_end(), hint);
    assert_eq!(fixture.run_expecting(&["drift", "prod.yaml", "--output", "markdown"], 2).await.stderr, "");
    fixture.run_expecting(&["accept", "prod.yaml"], 0).await;
    assert_eq!(fixture.run_expecting(&["drift", "prod.yaml"], 0).await.stderr, "");
}
