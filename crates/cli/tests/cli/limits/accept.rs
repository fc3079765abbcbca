//! `ajo accept` against the emulator.

use serde_json::{Value, json};

use crate::limits::fixture::{LimitsFixture, limits_file};

const DEFINITION: &str = r#"{"url": "https://URL/*", "methods": ["GET"], "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": CALLS, "periodInMs": 1000}}}}"#;

const COMMENTED: &str = "# Limits of the weather team.
version: 1
sandbox: prod
capping:
  - url: https://a.example.org/*  # versions 1 and 2
    methods: [GET]
    services:
      # Agreed with the vendor.
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 100, periodInMs: 1000 } }
  - url: https://b.example.org/*
    methods: [GET]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 100, periodInMs: 1000 } }
";

/// Applies the limits.
async fn applied(text: &str) -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", text);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture
}

/// The uid of the newest configuration with this URL.
async fn uid(fixture: &LimitsFixture, host: &str) -> String {
    let list = fixture.run_expecting(&["capping", "list", "--sandbox", "prod", "--output", "json"], 0).await;
    let list: Value = serde_json::from_str(&list.stdout).expect("JSON");
    let found = list["results"]
        .as_array()
        .expect("a list")
        .iter()
        .rfind(|it| it["url"] == format!("https://{host}.example.org/*"));
    found.expect("a configuration")["uid"].as_str().expect("a uid").to_owned()
}

async fn create(fixture: &LimitsFixture, host: &str, calls: &str) -> String {
    let text = DEFINITION.replace("URL", &format!("{host}.example.org")).replace("CALLS", calls);
    fixture.write("other.json", &text);
    fixture.run_expecting(&["capping", "create", "other.json", "--sandbox", "prod"], 0).await;
    uid(fixture, host).await
}

async fn set(fixture: &LimitsFixture, host: &str, calls: &str) {
    let uid = uid(fixture, host).await;
    let arguments = ["capping", "set", &uid, "--max-calls", calls, "--yes", "--sandbox", "prod"];
    fixture.run_expecting(&arguments, 0).await;
}

async fn assert_no_changes(fixture: &LimitsFixture) {
    let plan = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert!(plan.stdout.contains("No changes"), "{}", plan.stdout);
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accept_takes_the_change_into_the_file() {
    let fixture = applied(COMMENTED).await;
    set(&fixture, "a", "300").await;
    // A pending change of the file stays.
    let pending = fixture
        .read("prod.yaml")
        .replace("b.example.org/*\n    methods: [GET]", "b.example.org/*\n    methods: [POST]");
    fixture.write("prod.yaml", &pending);

    let dry_run = fixture.run_expecting(&["accept", "prod.yaml", "--dry-run"], 0).await;
    let line = |sign: &str, calls: u32| {
        format!(
            "{sign}      action: {{ maxHttpConnections: 50, rating: {{ maxCallsCount: {calls}, periodInMs: 1000 }} }}\n"
        )
    };
    let diff = line("-", 100) + &line("+", 300);
    assert!(dry_run.stdout.contains(&diff) && dry_run.stdout.contains("nothing was written"), "{}", dry_run.stdout);
    assert!(dry_run.stdout.contains(": would accept the values of "), "{}", dry_run.stdout);
    assert_eq!(fixture.read("prod.yaml"), pending);

    let accepted = fixture.run_expecting(&["accept", "prod.yaml"], 0).await;
    assert!(accepted.stdout.contains(&diff), "{}", accepted.stdout);
    assert!(accepted.stdout.contains(": accepted the values of "), "{}", accepted.stdout);
    assert!(accepted.stdout.contains("note: wrote prod.yaml\n"), "{}", accepted.stdout);
    assert_eq!(fixture.read("prod.yaml"), pending.replacen("maxCallsCount: 100", "maxCallsCount: 300", 1));
    let plan = fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    assert!(plan.stdout.contains("b.example.org") && !plan.stdout.contains("a.example.org"), "{}", plan.stdout);
    fixture.write("prod.yaml", &COMMENTED.replacen("maxCallsCount: 100", "maxCallsCount: 300", 1));
    assert_no_changes(&fixture).await;
    let again = fixture.run_expecting(&["accept", "prod.yaml"], 0).await;
    assert!(again.stdout.contains("nothing to accept"), "{}", again.stdout);
    // The accepted state is the baseline: another change of the file is not a conflict.
    let edited = fixture.read("prod.yaml").replace("maxCallsCount: 300", "maxCallsCount: 200");
    fixture.write("prod.yaml", &edited);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    assert_no_changes(&fixture).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undeployed_limit_is_accepted() {
    let fixture = applied(COMMENTED).await;
    let uid = uid(&fixture, "a").await;
    fixture.run_expecting(&["capping", "undeploy", &uid, "--sandbox", "prod", "--yes"], 0).await;
    fixture.run_expecting(&["accept", "prod.yaml"], 0).await;
    let added = COMMENTED.replacen("  - url: https://b", "    deployed: false\n  - url: https://b", 1);
    assert_eq!(fixture.read("prod.yaml"), added);
    assert_no_changes(&fixture).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unmanaged_limit_is_added() {
    let fixture = applied(COMMENTED).await;
    let uid = create(&fixture, "c", "7").await;
    fixture.run_expecting(&["capping", "deploy", &uid, "--sandbox", "prod", "--yes"], 0).await;
    fixture.run_expecting(&["accept", "prod.yaml", "--url", "https://C.example.org:443/*"], 0).await;
    let added = "  - url: https://c.example.org/*
    methods: [GET]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 7, periodInMs: 1000 } }
    deployed: true
";
    assert_eq!(fixture.read("prod.yaml"), COMMENTED.to_owned() + added);
    let state: Value = serde_json::from_str(&fixture.read("ajo.state.json")).expect("JSON");
    let entry =
        state["configs"].as_array().expect("a list").iter().find(|it| it["uid"] == uid.as_str()).expect("an entry");
    assert_eq!(entry["file"], "prod.yaml");
    assert_no_changes(&fixture).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_limit_is_removed() {
    let fixture = applied(COMMENTED).await;
    let uid = uid(&fixture, "b").await;
    fixture.run_expecting(&["capping", "delete", &uid, "--force", "--sandbox", "prod", "--yes"], 0).await;
    let noted = fixture.run_expecting(&["accept", "prod.yaml"], 0).await;
    assert!(noted.stdout.contains("no longer exists") && !noted.stdout.contains("nobody changed"), "{}", noted.stdout);
    assert_eq!(fixture.read("prod.yaml"), COMMENTED);
    fixture.run_expecting(&["accept", "prod.yaml", "--uid", &uid], 0).await;
    let rest = COMMENTED.find("  - url: https://b").expect("the second entry");
    assert_eq!(fixture.read("prod.yaml"), COMMENTED[..rest]);
    assert!(!fixture.read("ajo.state.json").contains(&uid));
    assert_no_changes(&fixture).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conflict_is_resolved_for_the_service() {
    let fixture = applied(COMMENTED).await;
    set(&fixture, "a", "300").await;
    fixture.write("prod.yaml", &COMMENTED.replacen("maxCallsCount: 100", "maxCallsCount: 200", 1));
    fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    fixture.run_expecting(&["accept", "prod.yaml"], 0).await;
    assert_eq!(fixture.read("prod.yaml"), COMMENTED.replacen("maxCallsCount: 100", "maxCallsCount: 300", 1));
    assert_no_changes(&fixture).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saved_but_not_live_limit_needs_an_apply() {
    let fixture = applied(COMMENTED).await;
    let uid = uid(&fixture, "a").await;
    fixture.write("other.json", &DEFINITION.replace("URL", "a.example.org").replace("CALLS", "300"));
    fixture.run_expecting(&["capping", "update", &uid, "other.json", "--sandbox", "prod", "--yes"], 0).await;
    let accepted = fixture.run_expecting(&["accept", "prod.yaml", "--output", "json"], 0).await;
    let report: Value = serde_json::from_str(&accepted.stdout).expect("JSON");
    let notes = report["notes"].to_string();
    assert!(notes.contains("is not live") && report["fileDiff"].to_string().contains("maxCallsCount: 300"), "{report}");
    assert_eq!(report["outcome"], json!("applied"));
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    assert_no_changes(&fixture).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variable_is_not_overwritten() {
    let fixture = LimitsFixture::start().await;
    let text = limits_file(&[("a", 1, true)])
        .replace("a.example.org/*", "${HOST}/*")
        .replace("capping:", "variables: [HOST]\ncapping:");
    fixture.write("prod.yaml", &text);
    let run = async |arguments: &[&str], code| {
        let mut command = fixture.command(arguments);
        command.env("HOST", "a.example.org");
        let output = tokio::task::spawn_blocking(move || {
            crate::support::CommandOutput::from(command.output().expect("ajo runs"))
        });
        let output = output.await.expect("it ended");
        assert_eq!(output.exit_code, Some(code), "{}{}", output.stdout, output.stderr);
        output
    };
    run(&["apply", "prod.yaml", "--yes"], 0).await;
    let uid = uid(&fixture, "a").await;
    fixture.write("other.json", &DEFINITION.replace("URL", "b.example.org").replace("CALLS", "1"));
    fixture.run_expecting(&["capping", "update", &uid, "other.json", "--sandbox", "prod", "--yes"], 0).await;
    let refused = run(&["accept", "prod.yaml"], 7).await;
    assert!(refused.stdout.contains("error[AJO_LIMITS_ACCEPT]: `url` contains a variable"), "{}", refused.stdout);
    assert_eq!(fixture.read("prod.yaml"), text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_names_are_errors() {
    let fixture = applied(COMMENTED).await;
    let other = create(&fixture, "a", "7").await;
    for (flag, name, message) in [
        ("--uid", "00000000-0000-4000-8000-000000000000", "not found"),
        ("--url", "https://z.example.org/", "no configuration has the URL"),
        ("--uid", other.as_str(), "belongs to another configuration"),
    ] {
        let refused = fixture.run_expecting(&["accept", "prod.yaml", flag, name], 1).await;
        assert!(refused.stderr.contains(message), "{name}: {}", refused.stderr);
    }
    assert_eq!(fixture.read("prod.yaml"), COMMENTED);
    let stdin = fixture.run_expecting(&["accept", "-"], 64).await;
    assert!(stdin.stderr.contains("standard input"), "{}", stdin.stderr);
}
