//! The type of the sandbox decides whether a command asks.

use super::{capping_file, create, take_changes, take_type_requests, throttling_file};
use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::CommandOutput;

/// A fixture that shares tokens and sandbox types, and the uid of a configuration in the sandbox `dev`.
async fn fixture() -> (LimitsFixture, String) {
    let fixture = LimitsFixture::start().await;
    let uid = create(&fixture, "capping", &capping_file(500), "dev").await;
    fixture.clear_calls();
    (fixture, uid)
}

/// Runs `ajo` with a cache in the fixture.
async fn run_cached(fixture: &LimitsFixture, arguments: &[&str], code: i32) -> CommandOutput {
    let mut command = fixture.command(arguments);
    command.env("AJO_TOKEN_CACHE", fixture.path("cache"));
    let output = tokio::task::spawn_blocking(move || CommandOutput::from(command.output().expect("ajo runs")));
    let output = output.await.expect("it ended");
    assert_eq!(output.exit_code, Some(code), "{arguments:?}: {}", output.stderr);
    output
}

/// Deploys and undeploys, so that it can be repeated.
async fn change(fixture: &LimitsFixture, uid: &str, code: i32) -> CommandOutput {
    let output = run_cached(fixture, &["capping", "deploy", uid, "--sandbox=dev"], code).await;
    run_cached(fixture, &["capping", "undeploy", uid, "--sandbox=dev", "--yes"], 0).await;
    output
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn development_sandbox_does_not_ask() {
    let (fixture, uid) = fixture().await;
    for arguments in [
        &["capping", "deploy", &uid][..],
        &["capping", "set", &uid, "--max-calls=300"],
        &["capping", "undeploy", &uid],
        &["capping", "delete", &uid, "--force"],
    ] {
        let output = fixture.run_expecting(&[arguments, &["--sandbox=dev"]].concat(), 0).await;
        assert!(!output.stderr.contains("production sandbox"), "{}", output.stderr);
    }
    fixture.write("limits.yaml", &limits_file(&[("a", 9, true)]).replace("prod", "dev"));
    fixture.run_expecting(&["apply", "limits.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttling_asks_without_type() {
    let (fixture, _) = fixture().await;
    let uid = create(&fixture, "throttling", &throttling_file(400), "prod").await;
    let output = fixture.run_expecting(&["throttling", "deploy", &uid, "--sandbox=prod"], 7).await;
    assert!(output.stderr.contains("applies to all sandboxes, including production"), "{}", output.stderr);
    assert_eq!(take_type_requests(&fixture), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_type_counts_as_production() {
    let (fixture, uid) = fixture().await;
    for (fault, reason) in [
        ("status:403", "Sandbox Management responded with the status 403"),
        ("denied:401", "Sandbox Management responded with the status 401"),
        ("problem:500", "Sandbox Management responded with the status 500"),
        ("garbage", "its type is unknown"),
        ("half_body", "its type is unknown"),
        ("drop_before", "Sandbox Management did not respond"),
        ("html:200", "its type is unknown"),
    ] {
        fixture.add_fault(&format!("sandboxes={fault}"));
        fixture.clear_calls();
        let output = fixture.run_expecting(&["capping", "deploy", &uid, "--sandbox=dev"], 7).await;
        let expected = format!("error: dev is treated as a production sandbox: {reason}");
        let is_explained = output.stderr.contains(&expected) || output.stderr.contains(reason);
        assert!(is_explained, "{fault}: {}", output.stderr);
        let requests = fixture.emulator.state().calls().for_operation("sandboxes").len();
        assert!(requests <= 2, "{fault}: {requests} requests");
        assert_eq!(take_changes(&fixture), [""; 0]);
        fixture.clear_faults();
    }
    fixture.emulator.state().client_mut("emulator-client").expect("a client").is_in_sandboxes = false;
    let output = fixture.run_expecting(&["capping", "deploy", &uid, "--sandbox=dev"], 7).await;
    assert!(output.stderr.contains("Sandbox Management does not list it"), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_type_request_is_given_up() {
    let (fixture, uid) = fixture().await;
    fixture.add_fault("sandboxes=delay:20000");
    let start = std::time::Instant::now();
    let output = fixture.run_expecting(&["capping", "deploy", &uid, "--sandbox=dev"], 7).await;
    assert!(start.elapsed().as_secs() < 15, "{:?}", start.elapsed());
    assert!(output.stderr.contains("Sandbox Management did not respond"), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn type_is_cached() {
    let (fixture, uid) = fixture().await;
    change(&fixture, &uid, 0).await;
    assert_eq!(take_type_requests(&fixture), 1);
    change(&fixture, &uid, 0).await;
    assert_eq!(take_type_requests(&fixture), 0, "the type is cached");
    let file = cache_file(&fixture);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    }
    let valid = std::fs::read_to_string(&file).expect("a file");
    let checked_at = serde_json::from_str::<serde_json::Value>(&valid).expect("JSON")["checkedAt"].to_string();
    let day_later = (checked_at.parse::<u64>().expect("a number") + 86_400_000).to_string();
    let day_before = (checked_at.parse::<u64>().expect("a number") - 86_400_000).to_string();
    for damaged in
        [valid.replace(&checked_at, &day_later), valid.replace(&checked_at, &day_before), valid[..20].to_owned()]
    {
        std::fs::write(&file, &damaged).expect("written");
        change(&fixture, &uid, 0).await;
        assert_eq!(take_type_requests(&fixture), 1, "{damaged}");
    }
    // Another sandbox has its own entry.
    let prod = create(&fixture, "capping", &capping_file(500), "prod").await;
    run_cached(&fixture, &["capping", "deploy", &prod, "--sandbox=prod"], 7).await;
    assert_eq!(take_type_requests(&fixture), 1);
    run_cached(&fixture, &["capping", "deploy", &prod, "--sandbox=prod"], 7).await;
    assert_eq!(take_type_requests(&fixture), 0, "production is cached");
}

/// The only cached type.
fn cache_file(fixture: &LimitsFixture) -> std::path::PathBuf {
    let entries = std::fs::read_dir(fixture.path("cache")).expect("a directory");
    let mut files = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sandbox-type-")));
    files.next().expect("a cached type")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_type_is_not_cached() {
    let (fixture, uid) = fixture().await;
    fixture.add_fault("sandboxes@first:1=status:503");
    change(&fixture, &uid, 7).await;
    change(&fixture, &uid, 0).await;
    assert_eq!(take_type_requests(&fixture), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn production_in_a_file_is_verified() {
    let (fixture, _) = fixture().await;
    let file = |sandbox: &str, production: &str| {
        limits_file(&[("b", 9, true)]).replace("sandbox: prod\n", &format!("sandbox: {sandbox}\n{production}"))
    };
    let contradiction = "prod is a production sandbox, although a limits file says `production: false`";
    let trusted = "the limits files say that dev is a production sandbox";
    for (sandbox, production, message) in [
        ("prod", "production: false\n", contradiction),
        ("prod", "", "prod is a production sandbox; there is no terminal"),
        ("dev", "production: true\n", trusted),
    ] {
        fixture.write("limits.yaml", &file(sandbox, production));
        let output = fixture.run_expecting(&["apply", "limits.yaml"], 7).await;
        assert!(output.stderr.contains(message), "{}", output.stderr);
        assert_eq!(take_changes(&fixture), [""; 0]);
    }
    fixture.write("limits.yaml", &file("dev", "production: false\n"));
    fixture.add_fault("sandboxes@first:1=status:403");
    let output = fixture.run_expecting(&["apply", "limits.yaml"], 7).await;
    assert!(output.stderr.contains("dev is treated as a production sandbox"), "{}", output.stderr);
    fixture.run_expecting(&["apply", "limits.yaml"], 0).await;
}
