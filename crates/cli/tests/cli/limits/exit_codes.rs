//! Exit codes of the limits as code commands.

use std::time::Duration;

use crate::limits::fixture::{LimitsFixture, limits_file};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_exit_with_2_if_requested() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["validate", "prod.yaml"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    fixture.run_expecting(&["drift", "prod.yaml"], 2).await;
    fixture.run_expecting(&["verify", "prod.yaml"], 1).await;
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["apply", "prod.yaml"], 0).await;
    for command in ["plan", "drift", "verify"] {
        fixture.run_expecting(&[command, "prod.yaml"], 0).await;
    }
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_files_exit_with_1() {
    let fixture = LimitsFixture::start().await;
    fixture.write("wrong.yaml", &limits_file(&[("a", 1, true)]).replace("periodInMs: 1000", "periodInMs: soon"));
    for command in ["validate", "plan", "apply", "drift", "verify", "import"] {
        let output = fixture.run_expecting(&[command, "wrong.yaml"], 1).await;
        assert!(
            output.stdout.contains("ERR_ENDPOINTCONFIG_108") && output.stdout.contains("wrong.yaml:7"),
            "{command}: {}",
            output.stdout
        );
        fixture.run_expecting(&[command, "missing.yaml"], 1).await;
        fixture.run_expecting(&[command], 64).await;
    }
    fixture.write("empty.yaml", "version: 1\nsandbox: prod\n");
    let output = fixture.run_expecting(&["apply", "empty.yaml", "--yes", "--prune"], 1).await;
    assert!(output.stdout.contains("AJO_LIMITS_EMPTY"), "{}", output.stdout);
    // An empty list is no mistake.
    fixture.write("empty.yaml", "version: 1\nsandbox: prod\ncapping: []\n");
    fixture.run_expecting(&["apply", "empty.yaml", "--yes", "--prune"], 0).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    for wrong in [
        &["plan", "prod.yaml", "--sandbox=dev"][..],
        &["apply", "prod.yaml", "--concurrency=0"],
        &["capping", "list", "--output=sarif", "--sandbox=prod"],
        &["schema", "everything"],
    ] {
        fixture.run_expecting(wrong, 64).await;
    }
    assert_eq!(fixture.emulator.state().calls().mutating().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejected_caller_exits_with_3() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.add_fault("*=gateway:403025");
    for command in ["plan", "drift", "verify"] {
        let output = fixture.run_expecting(&[command, "prod.yaml"], 3).await;
        assert!(output.stderr.contains("hint: "), "{}", output.stderr);
    }
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partial_apply_exits_with_4() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true)]));
    fixture.add_fault("capping.deploy@first:1=service:4000");
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--concurrency=1"], 4).await;
    assert!(
        output.stdout.contains("4000")
            && output.stdout.contains("ajo apply --resume --sandbox prod --state ajo.state.json"),
        "{}",
        output.stdout
    );
    fixture.clear_faults();
    fixture.run_expecting(&["apply", "--resume", "--yes"], 0).await;
    fixture.run_expecting(&["verify", "prod.yaml"], 0).await;
    let again = fixture.run_expecting(&["apply", "--resume", "--yes"], 1).await;
    assert!(again.stderr.contains("nothing to resume"), "{}", again.stderr);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_finishes_calls_in_flight() {
    use rustix::process::{Pid, Signal, kill_process};

    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true), ("c", 1, true)]));
    fixture.add_fault("capping.create=delay:300");
    let mut command = fixture.command(&["apply", "prod.yaml", "--yes", "--concurrency=1"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("ajo runs");
    let creating = || fixture.emulator.state().calls().mutating().len();
    while creating() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    kill_process(Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid"), Signal::INT).expect("sent");
    let ended =
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ended")).await.expect("it ended");
    let out = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert_eq!(ended.status.code(), Some(5), "{out}");
    assert!(out.contains("ajo apply --resume"), "{out}");
    assert_eq!(creating(), 1, "no further call was started");
    fixture.clear_faults();
    fixture.run_expecting(&["apply", "--resume", "--yes"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert_eq!(fixture.emulator.state().calls().for_operation("capping.create").len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stale_plan_exits_with_6() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let change = |calls| limits_file(&[("a", calls, true)]);
    fixture.write("prod.yaml", &change(2));
    fixture.run_expecting(&["plan", "prod.yaml", "--out", "plan.json"], 0).await;

    // The file changes.
    fixture.write("prod.yaml", &change(3));
    let output = fixture.run_expecting(&["apply", "--plan", "plan.json", "--yes"], 6).await;
    assert!(output.stderr.contains("the files have changed"), "{}", output.stderr);
    // A comment does not matter.
    fixture.write("prod.yaml", &format!("# a comment\n\n{}", change(2)));
    // The plan changes.
    let plan = fixture.read("plan.json");
    fixture.write("plan.json", &plan.replace("\"prune\": false", "\"prune\": true"));
    fixture.run_expecting(&["apply", "--plan", "plan.json", "--yes"], 6).await;
    fixture.write("plan.json", &plan);
    // A remote edit to the same values still changes the modification time.
    let added = fixture.emulator.state().default_organization_mut().add_concurrent_edit(
        serde_json::from_str(r#"{"before": "capping.get", "mutation": "edit"}"#).expect("a concurrent edit"),
    );
    assert!(added);
    let uid = fixture
        .read("ajo.state.json")
        .split("\"uid\": \"")
        .nth(1)
        .expect("one")
        .split('"')
        .next()
        .expect("one")
        .to_owned();
    fixture.run_expecting(&["capping", "get", &uid, "--sandbox=prod"], 0).await;
    let output = fixture.run_expecting(&["apply", "--plan", "plan.json", "--yes"], 6).await;
    assert!(output.stderr.contains("the service or the state has changed"), "{}", output.stderr);

    fixture.run_expecting(&["import", "prod.yaml"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--out", "plan.json"], 0).await;
    fixture.run_expecting(&["apply", "--plan", "plan.json", "--yes"], 0).await;
    fixture.run_expecting(&["verify", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_apply_exits_with_6() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.add_fault("capping.create=delay:1500");
    let mut first = fixture.command(&["apply", "prod.yaml", "--yes"]);
    let mut first = first.stdout(std::process::Stdio::null()).spawn().expect("ajo runs");
    while fixture.emulator.state().calls().for_operation("capping.create").is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 6).await;
    assert!(output.stderr.contains(&format!("process {}", first.id())), "{}", output.stderr);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--lock-timeout=30"], 0).await;
    assert!(first.wait().expect("it ended").success());
    assert_eq!(fixture.emulator.state().calls().for_operation("capping.create").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocked_apply_exits_with_7() {
    let fixture = LimitsFixture::start().await;
    let many: Vec<String> = (0..10).map(|number| format!("c{number}")).collect();
    let configs =
        |count: usize| limits_file(&many[..count].iter().map(|name| (name.as_str(), 1, false)).collect::<Vec<_>>());
    fixture.write("prod.yaml", &configs(10));
    // Without a terminal, production needs --yes.
    let output = fixture.run_expecting(&["apply", "prod.yaml"], 7).await;
    assert!(output.stderr.contains("--yes"), "{}", output.stderr);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;

    // Without --prune nothing is deleted; with it, at most two of ten.
    fixture.write("prod.yaml", &configs(7));
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--prune"], 7).await;
    assert!(output.stdout.contains("--max-deletes 3"), "{}", output.stdout);
    assert_eq!(fixture.emulator.state().calls().for_operation("capping.delete").len(), 0);
    fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--prune", "--max-deletes=3"], 0).await;
    assert_eq!(fixture.emulator.state().calls().for_operation("capping.delete").len(), 3);

    // The file and the service both changed.
    let added = fixture.emulator.state().default_organization_mut().add_concurrent_edit(
        serde_json::from_str(r#"{"before": "capping.can_deploy", "mutation": "deploy"}"#).expect("a concurrent edit"),
    );
    assert!(added);
    let uid = fixture
        .read("ajo.state.json")
        .split("\"uid\": \"")
        .nth(1)
        .expect("one")
        .split('"')
        .next()
        .expect("one")
        .to_owned();
    fixture.run_expecting(&["capping", "can-deploy", &uid, "--sandbox=prod"], 0).await;
    fixture.write("prod.yaml", &configs(7).replacen("maxCallsCount: 1,", "maxCallsCount: 2,", 1));
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    assert!(
        output.stdout.contains("someone else changed it") && output.stdout.contains("ajo import"),
        "{}",
        output.stdout
    );
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 7).await;
    fixture.run_expecting(&["import", "prod.yaml"], 0).await;
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;

    // The state belongs to another organization.
    let other = fixture.read("ajo.state.json").replace("@AdobeOrg\"", "0@AdobeOrg\"");
    fixture.write("other.json", &other);
    fixture.run_expecting(&["plan", "prod.yaml", "--state=other.json"], 7).await;
}
