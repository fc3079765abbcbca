//! `ajo capping set`, `ajo throttling set`, and `ajo capping redeploy`.

use serde_json::Value;

use super::{capping_file, create, list, mutating_calls};
use crate::limits::fixture::LimitsFixture;
use crate::support::CommandOutput;

const URL: &str = "https://A.example.org:443/*";

/// Runs a command in the sandbox `prod`.
async fn run(fixture: &LimitsFixture, arguments: &[&str], code: i32) -> CommandOutput {
    fixture.run_expecting(&[arguments, &["--sandbox=prod"]].concat(), code).await
}

/// A fixture with one deployed configuration of 500 calls.
async fn deployed() -> (LimitsFixture, String) {
    let fixture = LimitsFixture::start().await;
    let file = capping_file("500") + "extra: {services: {action: {rating: {timeUnit: s}}}}\n";
    let uid = create(&fixture, "capping", &file).await;
    run(&fixture, &["capping", "deploy", &uid, "--yes"], 0).await;
    fixture.clear_calls();
    (fixture, uid)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn set_changes_one_value_and_redeploys() {
    let (fixture, uid) = deployed().await;
    let output = run(&fixture, &["capping", "set", URL, "--max-calls=300", "--yes"], 0).await;
    assert_eq!(output.stdout, "live now: action 300 calls/1000 ms, 50 connections\n");
    let change = format!(
        "~ update capping GET https://a.example.org/*
  uid: {uid}
  services.action.rating.maxCallsCount: 500 -> 300
  live: action 500 calls/1000 ms, 50 connections; it is redeployed
undo: ajo capping set {uid} --max-calls 500 --sandbox prod
"
    );
    assert_eq!(output.stderr, change);
    assert_eq!(mutating_calls(&fixture), ["capping.update", "capping.deploy"]);
    let configs = list(&fixture, "capping", "prod").await;
    let rating = &configs[0]["deployedConfig"]["services"]["action"]["rating"];
    assert_eq!((configs[0]["uid"].as_str(), rating["maxCallsCount"].as_i64()), (Some(uid.as_str()), Some(300)));
    assert_eq!(rating["timeUnit"], "s", "unknown fields stay");
    let output =
        run(&fixture, &["capping", "set", &uid, "--period=2s", "--max-connections=9", "--yes", "--output=json"], 0)
            .await;
    let response: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let limit = &response["result"]["deployedConfig"]["services"]["action"];
    assert_eq!((&limit["maxHttpConnections"], &limit["rating"]["periodInMs"]), (&9.into(), &2000.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn set_without_change_sends_nothing() {
    let (fixture, uid) = deployed().await;
    let output = run(&fixture, &["capping", "set", &uid, "--max-calls=500", "--period=1s"], 0).await;
    assert!(output.stderr.starts_with("nothing to change"), "{}", output.stderr);
    assert_eq!(mutating_calls(&fixture), [""; 0]);
    // A saved value that is not live yet only needs a redeploy.
    fixture.write("new.yaml", &capping_file("650"));
    run(&fixture, &["capping", "update", &uid, "new.yaml", "--yes"], 0).await;
    fixture.clear_calls();
    let output = run(&fixture, &["capping", "set", &uid, "--max-calls=650", "--yes"], 0).await;
    let change = format!(
        "! redeploy capping GET https://a.example.org/*
  uid: {uid}
  live: action 500 calls/1000 ms, 50 connections -> action 650 calls/1000 ms, 50 connections
undo: ajo capping set {uid} --max-calls 500 --sandbox prod
"
    );
    assert_eq!(output.stderr, change);
    assert_eq!(output.stdout, "live now: action 650 calls/1000 ms, 50 connections\n");
    assert_eq!(mutating_calls(&fixture), ["capping.deploy"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn set_needs_confirmation() {
    let (fixture, uid) = deployed().await;
    let output = run(&fixture, &["capping", "set", &uid, "--max-calls=300"], 7).await;
    assert!(output.stderr.contains("maxCallsCount: 500 -> 300"), "{}", output.stderr);
    assert!(output.stderr.contains("hint: review the changes, then pass --yes"), "{}", output.stderr);
    assert_eq!(mutating_calls(&fixture), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn set_prints_findings() {
    let (fixture, uid) = deployed().await;
    let output = run(&fixture, &["capping", "set", &uid, "--max-connections=500", "--yes"], 0).await;
    let note = "note[AJO_LIMITS_MAX_HTTP_CONNECTIONS]: maxHttpConnections is 500; the documented range is 1 to 400\n~ ";
    assert!(output.stderr.starts_with(note), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn set_does_not_deploy() {
    let fixture = LimitsFixture::start().await;
    let uid = create(&fixture, "capping", &capping_file("500")).await;
    fixture.clear_calls();
    let output = run(&fixture, &["capping", "set", &uid, "--max-calls=300", "--yes"], 0).await;
    assert_eq!(output.stdout, "live now: none\n");
    assert!(output.stderr.contains(&format!("deploy it with: ajo capping deploy {uid}")), "{}", output.stderr);
    assert_eq!(mutating_calls(&fixture), ["capping.update"]);
    for arguments in [&["--max-calls=0"][..], &["--max-calls=1", "--service=data-source"], &[]] {
        run(&fixture, &[&["capping", "set", uid.as_str(), "--yes"], arguments].concat(), 64).await;
    }
    assert_eq!(mutating_calls(&fixture), ["capping.update"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_set_names_the_live_limit() {
    let (fixture, uid) = deployed().await;
    fixture.add_fault("capping.deploy@first:1=gateway:403025");
    let output = run(&fixture, &["capping", "set", &uid, "--max-calls=300", "--yes"], 3).await;
    assert!(
        output.stderr.contains(&format!("error: redeploy of {uid} failed; the old limit is still live")),
        "{}",
        output.stderr
    );
    fixture.clear_faults();
    let output = run(&fixture, &["capping", "redeploy", URL, "--yes"], 0).await;
    assert_eq!(output.stdout, "live now: action 300 calls/1000 ms, 50 connections\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttling_set_is_live_at_once() {
    let fixture = LimitsFixture::start().await;
    let file = "name: partner\nurlPattern: https://a.example.org/*\nmethods: [POST]\nmaxThroughput: 400\n";
    let output = run(&fixture, &["throttling", "set", "--max-throughput=600", "--yes"], 1).await;
    assert!(output.stderr.starts_with("error: there is no throttling configuration\n"), "{}", output.stderr);
    let uid = create(&fixture, "throttling", file).await;
    run(&fixture, &["throttling", "deploy", &uid, "--yes"], 0).await;
    fixture.clear_calls();
    run(&fixture, &["throttling", "set", "--max-throughput=50", "--yes"], 64).await;
    run(&fixture, &["throttling", "set", "--max-throughput=400"], 0).await;
    run(&fixture, &["throttling", "set", "--max-throughput=600"], 7).await;
    assert_eq!(mutating_calls(&fixture), [""; 0]);
    let output = run(&fixture, &["throttling", "set", URL, "--max-throughput=600", "--yes"], 0).await;
    assert_eq!(output.stdout, "live now: 600 calls/s\n");
    assert!(output.stderr.starts_with("~ update throttling POST https://a.example.org/*\n"), "{}", output.stderr);
    assert!(
        output.stderr.ends_with(&format!("undo: ajo throttling set {uid} --max-throughput 400 --sandbox prod\n")),
        "{}",
        output.stderr
    );
    assert_eq!(mutating_calls(&fixture), ["throttling.update"]);
    assert_eq!(list(&fixture, "throttling", "prod").await[0]["name"], "partner");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn get_takes_a_url() {
    let (fixture, uid) = deployed().await;
    let output = run(&fixture, &["capping", "get", URL], 0).await;
    assert!(output.stdout.contains(&uid), "{}", output.stdout);
    create(&fixture, "capping", &capping_file("1")).await;
    let output = run(&fixture, &["capping", "get", URL], 1).await;
    assert!(output.stderr.contains("error: 2 capping configurations have the URL"), "{}", output.stderr);
    assert!(output.stderr.contains(&format!("{uid} capping GET https://a.example.org/*")), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redeploy_of_unknown_uid_names_no_limit() {
    let (fixture, _) = deployed().await;
    let uid = "00000000-0000-0000-0000-000000000000";
    let output = run(&fixture, &["capping", "redeploy", uid, "--yes"], 1).await;
    let is_clear = !output.stderr.contains("which limit is live") && output.stderr.contains("list the configurations");
    assert!(is_clear && output.stderr.contains("404"), "{}", output.stderr);
    assert_eq!(mutating_calls(&fixture), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undo_command_restores_the_limit() {
    let (fixture, uid) = deployed().await;
    let set = ["capping", "set", &uid, "--max-calls=7", "--period=2s", "--max-connections=9", "--yes"];
    let output = run(&fixture, &set, 0).await;
    let undo = output.stderr.lines().last().and_then(|line| line.strip_prefix("undo: ajo ")).expect("an undo command");
    assert_eq!(undo, format!("capping set {uid} --max-connections 50 --max-calls 500 --period 1000ms --sandbox prod"));
    let arguments: Vec<&str> = undo.split(' ').chain(["--yes"]).collect();
    let output = fixture.run_expecting(&arguments, 0).await;
    assert_eq!(output.stdout, "live now: action 500 calls/1000 ms, 50 connections\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undo_names_the_service() {
    let fixture = LimitsFixture::start().await;
    let file = capping_file("500");
    let (_, action) = file.split_once("  action:\n").expect("a limit");
    let uid = create(&fixture, "capping", &format!("{file}  dataSource:\n{action}")).await;
    let set = ["capping", "set", &uid, "--max-calls=7", "--service=data-source"];
    let output = run(&fixture, &set, 0).await;
    let undo = format!("undo: ajo capping set {uid} --max-calls 500 --service data-source --sandbox prod\n");
    assert!(output.stderr.ends_with(&undo), "{}", output.stderr);
    let output = run(&fixture, &["capping", "set", &uid, "--max-calls=7"], 64).await;
    assert!(output.stderr.ends_with("hint: pass --service action or --service data-source\n"), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undo_is_only_shown_if_possible() {
    let fixture = LimitsFixture::start().await;
    let uid = create(&fixture, "capping", &capping_file("500").replace("    maxHttpConnections: 50\n", "")).await;
    let output = run(&fixture, &["capping", "set", &uid, "--max-connections=9"], 0).await;
    assert!(!output.stderr.contains("undo: "), "no option removes a number: {}", output.stderr);
    // Another field is live only in the old form.
    run(&fixture, &["capping", "deploy", &uid, "--yes"], 0).await;
    fixture.write("new.yaml", &capping_file("500").replace("[GET]", "[GET, POST]"));
    run(&fixture, &["capping", "update", &uid, "new.yaml", "--yes"], 0).await;
    let output = run(&fixture, &["capping", "set", &uid, "--max-calls=9", "--yes"], 0).await;
    assert!(!output.stderr.contains("undo: "), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_numbers_name_what_is_expected() {
    let (fixture, uid) = deployed().await;
    for (arguments, expected) in [
        (&["capping", "set", &uid, "--max-calls", "300/s"][..], "expected a whole number of at least 1"),
        (&["capping", "set", &uid, "--max-calls", "-1"], "expected a whole number of at least 1"),
        (&["capping", "set", &uid, "--max-connections", "-1"], "expected a whole number of at least 1"),
        (&["capping", "set", &uid, "--max-calls", "99999999999999999999"], "the number is too large"),
        (&["capping", "set", &uid, "--period", "-1s"], "expected a time of at least 1ms"),
        (&["capping", "set", &uid, "--period", "0s"], "expected a time of at least 1ms"),
        (&["throttling", "set", "--max-throughput", "-1"], "expected a whole number from 200 to 5000"),
        (&["throttling", "set", "--max-throughput", "5001"], "expected a whole number from 200 to 5000"),
    ] {
        let output = run(&fixture, arguments, 64).await;
        assert!(output.stderr.contains(expected) && !output.stderr.contains("'-- -1'"), "{}", output.stderr);
    }
    let output = run(&fixture, &["capping", "set", &uid, "--max-calls=1", "--service=data-source"], 64).await;
    assert!(output.stderr.ends_with("hint: pass --service action\n"), "{}", output.stderr);
}
