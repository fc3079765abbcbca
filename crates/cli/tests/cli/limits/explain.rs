//! `ajo explain`.

use serde_json::{Value, json};

use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::{CommandOutput, ajo_command};

const URL: &str = "https://a.example.org/v1/send";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn explain_shows_the_live_limit() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 300, true)]));
    let before = fixture.run_expecting(&["explain", "GET", URL, "--limits", "prod.yaml"], 0).await.stdout;
    assert!(before.contains("documented: no configuration caps them, so the default cap applies: 300,000"), "{before}");
    assert!(before.contains("in the file: capping GET https://a.example.org/*: action 300 calls/1000 ms"), "{before}");
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let after =
        fixture.run_expecting(&["explain", "get", URL, "--sandbox", "prod", "--output", "json"], 0).await.stdout;
    let json: Value = serde_json::from_str(&after).expect("JSON");
    assert_eq!(
        (&json["method"], &json["url"], &json["configs"][0]["status"]),
        (&json!("GET"), &json!(URL), &json!("live"))
    );
    let statement = &json["customActions"][0];
    assert_eq!(statement["label"], "documented");
    assert_eq!(statement["source"], "configuration/capping.md");
    assert!(statement["text"].as_str().is_some_and(|text| text.contains("300 calls in 1000 ms")), "{statement}");
}

#[test]
fn explain_works_without_credentials() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("prod.yaml"), limits_file(&[("a", 300, true)])).expect("written");
    let run = |arguments: &[&str]| {
        let mut command = ajo_command(arguments);
        CommandOutput::from(command.current_dir(directory.path()).output().expect("ajo runs"))
    };
    let with_file = run(&["explain", "GET", URL, "--limits", "prod.yaml"]);
    assert_eq!(with_file.exit_code, Some(0), "{}", with_file.stderr);
    assert!(with_file.stderr.contains("the service is not read"), "{}", with_file.stderr);
    assert!(
        with_file.stdout.contains("300 calls in 1000 ms") && with_file.stdout.contains("prod.yaml:4:5"),
        "{}",
        with_file.stdout
    );
    let offline = run(&["explain", "GET", URL, "--offline"]);
    assert!(offline.stdout.contains("the default cap applies") && offline.stderr.is_empty(), "{}", offline.stderr);
    let neither = run(&["explain", "GET", URL]);
    assert!(neither.exit_code == Some(3) && neither.stderr.contains("--offline"), "{}", neither.stderr);
    assert_eq!(run(&["explain", "GET", "a.example.org"]).exit_code, Some(64));
}
