//! Behavior of the limits as code commands.

use serde_json::Value;

use crate::limits::fixture::{LimitsFixture, limits_file};

/// The uid of the single capping configuration.
async fn only_capping_uid(fixture: &LimitsFixture) -> String {
    let list = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.stdout;
    let list: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(list["results"].as_array().map(Vec::len), Some(1), "{list}");
    list["results"][0]["uid"].as_str().expect("a uid").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_import_and_apply_work() {
    let fixture = LimitsFixture::start().await;
    fixture.write("seed.yaml", &limits_file(&[("a", 1, true), ("b", 2, false)]));
    fixture.run_expecting(&["apply", "seed.yaml", "--yes", "--state=elsewhere.json"], 0).await;

    let output = fixture.run_expecting(&["export", "--sandbox=prod", "--out=prod.yaml"], 0).await;
    assert!(output.stderr.contains("ajo import prod.yaml"), "{}", output.stderr);
    fixture.run_expecting(&["export", "--sandbox=prod", "--out=prod.yaml"], 1).await;
    fixture.run_expecting(&["validate", "prod.yaml"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    let changed = fixture.read("prod.yaml").replace("maxCallsCount: 1", "maxCallsCount: 5");
    assert_ne!(changed, fixture.read("prod.yaml"));
    fixture.write("prod.yaml", &changed);
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    assert!(output.stdout.contains("ajo import"), "an unmanaged configuration is not overwritten: {}", output.stdout);
    fixture.run_expecting(&["import", "prod.yaml"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["verify", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_by_uid_resolves_ambiguity() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    for state in ["--state=one.json", "--state=two.json"] {
        fixture.run_expecting(&["apply", "prod.yaml", "--yes", state], 0).await;
    }
    let definition = r#"{"url":"https://a.example.org/*","methods":["GET"],"services":{"action":{"rating":{"maxCallsCount":9,"periodInMs":1000}}}}"#;
    fixture.write("duplicate.json", definition);
    fixture.run_expecting(&["capping", "create", "duplicate.json", "--sandbox=prod"], 0).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    let list: Value = serde_json::from_str(
        &fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.stdout,
    )
    .expect("JSON");
    let uids: Vec<&str> =
        list["results"].as_array().expect("a list").iter().filter_map(|it| it["uid"].as_str()).collect();
    assert_eq!(uids.len(), 2);
    for uid in &uids {
        assert!(output.stdout.contains(uid), "{}", output.stdout);
    }
    fixture.run_expecting(&["import", "prod.yaml"], 7).await;
    let duplicate = list["results"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|it| it["services"]["action"]["rating"]["maxCallsCount"] == 9);
    let duplicate = duplicate.and_then(|it| it["uid"].as_str()).expect("the duplicate");
    fixture.run_expecting(&["import", "prod.yaml", "--uid", duplicate], 0).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    let change = output.stdout.split("~ update").nth(1).unwrap_or_default();
    assert!(change.contains(duplicate), "the imported configuration is updated: {}", output.stdout);
    let other = uids.iter().find(|uid| **uid != duplicate).expect("the other");
    assert!(output.stdout.contains(&format!("{other} has the same URL and methods")), "{}", output.stdout);
    fixture.run_expecting(&["import", "prod.yaml", "--uid=no-such-uid"], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_rebuilds_lost_state() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, false)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let state = fixture.read("ajo.state.json");
    std::fs::remove_file(fixture.path("ajo.state.json")).expect("removed");
    fixture.run_expecting(&["import", "prod.yaml"], 0).await;
    assert_eq!(fixture.read("ajo.state.json"), state);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saved_plan_equals_json_output() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--out=plan.json", "--output=json"], 0).await;
    assert_eq!(output.stdout, fixture.read("plan.json"), "the saved plan equals the output");
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((&report["version"], &report["command"]), (&1.into(), &"plan".into()));
    assert!(report["plan"]["digest"].as_str().is_some_and(|digest| digest.starts_with("sha256:")));
    fixture.run_expecting(&["apply", "--plan=plan.json", "--yes"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emulator_flag_leaves_no_files() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--emulator"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--emulator", "--exit-code"], 2).await;
    assert!(!fixture.has("ajo.state.json") && !fixture.has("ajo.state.prod.journal") && !fixture.has("ajo.state.lock"));
    assert_eq!(fixture.call_count(), 0, "the other emulator received no calls");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn state_and_journal_have_no_secret() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true)]));
    fixture.add_fault("capping.create@first:1=drop_after");
    let secret =
        fixture.emulator.environment().into_iter().find(|(name, _)| *name == "AJO_CLIENT_SECRET").expect("one").1;
    let output = fixture.run(&["apply", "prod.yaml", "--yes"]).await;
    assert_eq!(output.exit_code, Some(4), "{}", output.stdout);
    for text in [
        &output.stdout,
        &output.stderr,
        &fixture.read("ajo.state.json"),
        &fixture.read("ajo.state.prod.journal"),
        &fixture.read("ajo.state.lock"),
    ] {
        assert!(!text.contains(&secret) && !text.contains("Bearer ") && !text.contains("eyJ"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unmanaged_configuration_is_untouched() {
    let fixture = LimitsFixture::start().await;
    fixture.write("other.json", r#"{"url":"https://other.example.org/*","methods":["GET"],"services":{"action":{"rating":{"maxCallsCount":9,"periodInMs":1000}}}}"#);
    fixture.run_expecting(&["capping", "create", "other.json", "--sandbox=prod"], 0).await;
    let uid = only_capping_uid(&fixture).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--prune"], 0).await;
    fixture.run_expecting(&["capping", "get", &uid, "--sandbox=prod"], 0).await;
    let calls = fixture.emulator.state().calls().mutating().iter().filter(|call| call.path.contains(&uid)).count();
    assert_eq!(calls, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_and_freeze_block_apply() {
    let fixture = LimitsFixture::start().await;
    fixture.write(
        "policy.yaml",
        "version: 1\nmaximums:\n  - { url: \"https://a.example.org/*\", maxCallsPerSecond: 5 }\n",
    );
    fixture.write("prod.yaml", &format!("policy: policy.yaml\n{}", limits_file(&[("a", 6, true), ("b", 6, true)])));
    for command in ["validate", "plan", "apply"] {
        let output = fixture.run_expecting(&[command, "prod.yaml"], 7).await;
        assert!(
            output.stdout.contains("AJO_LIMITS_POLICY") && output.stdout.contains("policy.yaml:3"),
            "{command}: {}",
            output.stdout
        );
    }
    fixture.write("prod.yaml", &format!("policy: policy.yaml\n{}", limits_file(&[("a", 5, true), ("b", 6, true)])));
    fixture.run_expecting(&["validate", "prod.yaml"], 0).await;

    let freeze = "version: 1\nfreezeWindows:\n  - { from: 2020-01-01T00:00:00Z, to: 2199-01-01T00:00:00Z, reason: maintenance }\n";
    fixture.write("freeze.yaml", freeze);
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--policy=freeze.yaml"], 0).await;
    assert!(output.stdout.contains("maintenance"), "{}", output.stdout);
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--policy=freeze.yaml", "--yes"], 7).await;
    assert!(output.stderr.contains("until 2199-01-01T00:00:00Z: maintenance"), "{}", output.stderr);
    assert_eq!(fixture.emulator.state().calls().mutating().len(), 0);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_copies_to_another_sandbox() {
    let fixture = LimitsFixture::start().await;
    fixture.write("dev.yaml", &limits_file(&[("a", 7, true)]).replace("sandbox: prod", "sandbox: dev"));
    fixture.run_expecting(&["apply", "dev.yaml", "--yes"], 0).await;
    let exported = fixture.run_expecting(&["export", "--sandbox=dev", "--as=prod", "--out=prod.yaml"], 0).await;
    assert!(
        exported.stderr.contains("exported 1 configuration; compare with: ajo plan prod.yaml"),
        "{}",
        exported.stderr
    );
    assert!(
        fixture
            .read("prod.yaml")
            .starts_with("# The limits of sandbox dev, written by `ajo export`.\nversion: 1\nsandbox: prod\n")
    );
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
    fixture.run_expecting(&["drift", "dev.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_keeps_existing_file() {
    let fixture = LimitsFixture::start().await;
    fixture.write("own.yaml", "mine");
    let output = fixture.run_expecting(&["export", "--out", "own.yaml", "--sandbox=prod"], 1).await;
    let expected = "error: own.yaml exists already; nothing was written\nhint: name another file, or delete it first\n";
    assert_eq!((output.stderr.as_str(), fixture.read("own.yaml").as_str()), (expected, "mine"));
}
