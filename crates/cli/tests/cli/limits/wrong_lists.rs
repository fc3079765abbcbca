//! A list that lacks configurations proves nothing.

use std::time::Duration;

use crate::limits::fixture::{LimitsFixture, limits_file};

fn set_list(fixture: &LimitsFixture, variant: &str) {
    fixture.set_quirk("list_results", variant);
}

async fn applied_fixture() -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true), ("c", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.clear_calls();
    fixture
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn incomplete_list_blocks_apply() {
    for variant in ["empty", "first_half"] {
        let fixture = applied_fixture().await;
        let state = fixture.read("ajo.state.json");
        set_list(&fixture, variant);
        for command in
            [&["plan", "prod.yaml"][..], &["apply", "prod.yaml", "--yes", "--prune"], &["drift", "prod.yaml"]]
        {
            let output = fixture.run_expecting(command, 7).await;
            assert!(output.stdout.contains("does not list these configurations, but they exist"), "{}", output.stdout);
        }
        for command in ["drift", "verify"] {
            for (format, expected) in [
                ("text", "\nDrift is unknown.\n"),
                ("markdown", "**Drift is unknown.**"),
                ("github", "::error title=AJO_LIMITS_INCOMPLETE_LIST::"),
                ("junit", "<failure type=\"AJO_LIMITS_INCOMPLETE_LIST\""),
                ("sarif", "\"ruleId\": \"AJO_LIMITS_INCOMPLETE_LIST\""),
                ("json", "\"code\": \"AJO_LIMITS_INCOMPLETE_LIST\""),
            ] {
                let output = fixture.run_expecting(&[command, "prod.yaml", "--output", format], 7).await;
                assert!(output.stdout.contains(expected), "{command} {format}: {}", output.stdout);
                assert!(!output.stdout.contains("No drift"), "{command} {format}: {}", output.stdout);
            }
        }
        let output = fixture.run_expecting(&["import", "prod.yaml"], 7).await;
        assert!(output.stdout.contains("not imported: the service does not list"), "{}", output.stdout);
        assert!(fixture.emulator.state().calls().mutating().is_empty(), "{variant}");
        assert_eq!(fixture.read("ajo.state.json"), state);
        set_list(&fixture, "complete");
        fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeated_list_entries_count_once() {
    let fixture = applied_fixture().await;
    set_list(&fixture, "duplicated");
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--state=other.json"], 0).await;
    assert!(output.stdout.contains("importable: 3 configurations"), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stale_list_after_apply_is_read_again() {
    let fixture = LimitsFixture::start().await;
    set_list(&fixture, "stale");
    for calls in [1, 2] {
        fixture.write("prod.yaml", &limits_file(&[("a", calls, true), ("b", 1, true)]));
        fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
        assert_eq!(fixture.read("ajo.state.json").matches("\"uid\"").count(), 2);
    }
    set_list(&fixture, "complete");
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_json_404_proves_absence() {
    for fault in ["html:404", "status:404"] {
        let fixture = applied_fixture().await;
        set_list(&fixture, "empty");
        fixture.add_fault(&format!("capping.get={fault}"));
        let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 1).await;
        assert!(output.stderr.contains("404") && output.stderr.contains("check the base URL"), "{}", output.stderr);
        assert!(fixture.emulator.state().calls().mutating().is_empty(), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_missing_configs_block_apply() {
    let fixture = applied_fixture().await;
    for uid in &fixture.managed_uids()[..2] {
        fixture.run_expecting(&["capping", "delete", uid, "--force", "--sandbox=prod", "--yes"], 0).await;
    }
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 7).await;
    assert!(
        output.stdout.contains("AJO_LIMITS_TOO_MANY_MISSING") && output.stdout.contains("--max-deletes 2"),
        "{}",
        output.stdout
    );
    fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--max-deletes=2"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_create_is_not_repeated() {
    let fixture = applied_fixture().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true), ("c", 1, true), ("new", 1, true)]));
    fixture.add_fault("capping.create=delay:400");
    let mut child = fixture.command(&["apply", "prod.yaml", "--yes"]).spawn().expect("ajo runs");
    while fixture.emulator.state().calls().for_operation("capping.create").is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().expect("killed");
    child.wait().expect("it ended");
    fixture.clear_faults();
    // The list lacks what exists, so it does not show whether the call was processed.
    set_list(&fixture, "empty");
    fixture.clear_calls();
    for command in [&["apply", "--resume", "--yes"][..], &["apply", "prod.yaml", "--yes"]] {
        let output = fixture.run_expecting(command, 4).await;
        assert!(output.stderr.contains("may exist") && output.stderr.contains("ajo import --uid"), "{}", output.stderr);
    }
    assert!(fixture.emulator.state().calls().mutating().is_empty());
    set_list(&fixture, "complete");
    fixture.run_expecting(&["apply", "--resume", "--yes"], 0).await;
    let list = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.stdout;
    assert_eq!(list.matches("https://new.example.org/*").count(), 2, "saved and deployed: {list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_change_names_the_live_limit() {
    let file = |calls| limits_file(&[("a", calls, true)]);
    for (command, flag) in [("delete", "--force"), ("undeploy", "--output=text")] {
        let fixture = LimitsFixture::start().await;
        fixture.write("prod.yaml", &file(1));
        fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
        let uid = &fixture.managed_uids()[0];
        // The plan still sees the limit.
        set_list(&fixture, "stale");
        fixture.run_expecting(&["capping", command, uid, flag, "--sandbox=prod", "--yes"], 0).await;
        fixture.write("prod.yaml", &file(2));
        let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 4).await;
        assert!(output.stdout.contains("NO limit is live"), "{command}: {}", output.stdout);
        assert!(!output.stdout.contains("the old limit is still live"), "{command}: {}", output.stdout);
    }
}
