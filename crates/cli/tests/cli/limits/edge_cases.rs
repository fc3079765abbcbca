//! Edge cases: crashes, concurrent edits, damaged files, and unusual paths.

use std::time::Duration;

use crate::limits::fixture::{LimitsFixture, limits_file};
use ajo_limits::CommandReport;

/// The uid of the single configuration in the state.
fn only_managed_uid(fixture: &LimitsFixture) -> String {
    fixture.read("ajo.state.json").split("\"uid\": \"").nth(1).expect("one").split('"').next().expect("one").to_owned()
}

/// Kills an apply during this operation.
async fn kill_apply_after(fixture: &LimitsFixture, arguments: &[&str], operation: &str) {
    fixture.add_fault(&format!("{operation}=delay:400"));
    let mut child = fixture.command(arguments).stdout(std::process::Stdio::null()).spawn().expect("ajo runs");
    while fixture.emulator.state().calls().for_operation(operation).is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().expect("killed");
    child.wait().expect("it ended");
    fixture.clear_faults();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sandboxes_have_separate_journals() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    let dev = limits_file(&[("a", 1, true)]).replace("sandbox: prod", "sandbox: dev\nproduction: false");
    fixture.write("dev.yaml", &dev);
    kill_apply_after(&fixture, &["apply", "prod.yaml", "--yes"], "capping.create").await;
    fixture.run_expecting(&["apply", "dev.yaml"], 0).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    assert!(output.stdout.contains("deploy") && !output.stdout.contains("blocked"), "{}", output.stdout);
    fixture.run_expecting(&["apply", "--resume", "--yes"], 0).await;
    fixture.run_expecting(&["verify", "prod.yaml"], 0).await;
    fixture.run_expecting(&["verify", "dev.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_resolves_conflict_after_kill() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 2, true)]));
    kill_apply_after(&fixture, &["apply", "prod.yaml", "--yes"], "capping.update").await;
    fixture.write("remote-edit.json", r#"{"url":"https://a.example.org/*","methods":["GET"],"services":{"action":{"rating":{"maxCallsCount":77,"periodInMs":1000}}}}"#);
    fixture
        .run_expecting(
            &["capping", "update", &only_managed_uid(&fixture), "remote-edit.json", "--sandbox=prod", "--yes"],
            0,
        )
        .await;
    fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    fixture.run_expecting(&["import", "prod.yaml"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 2).await;
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run_expecting(&["verify", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resume_rejects_changed_inputs() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true)]));
    fixture.add_fault("capping.deploy@first:1=service:4000");
    fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--concurrency=1"], 4).await;
    fixture.clear_faults();
    let (file, state) = (fixture.read("prod.yaml"), fixture.read("ajo.state.json"));
    fixture.write("prod.yaml", &limits_file(&[("a", 50, true), ("b", 50, true)]));
    let output = fixture.run_expecting(&["apply", "--resume", "--yes"], 6).await;
    assert!(output.stderr.contains("the files have changed"), "{}", output.stderr);
    // Another machine applied the files and committed its state.
    fixture.write("ci/prod.yaml", &fixture.read("prod.yaml"));
    fixture.write("ci/ajo.state.json", &state);
    fixture.run_expecting(&["apply", "ci/prod.yaml", "--yes"], 0).await;
    fixture.write("ajo.state.json", &fixture.read("ci/ajo.state.json"));
    fixture.write("prod.yaml", &file);
    let output = fixture.run_expecting(&["apply", "--resume", "--yes"], 6).await;
    assert!(output.stderr.contains("the state has changed"), "{}", output.stderr);
    // Resume from another directory.
    let elsewhere = fixture.path("ajo.state.json").display().to_string();
    fixture.write("prod.yaml", &limits_file(&[("a", 50, true), ("b", 50, true)]));
    let mut command = fixture.command(&["apply", "--resume", "--yes", "--state", &elsewhere]);
    command.current_dir(fixture.path("ci"));
    let output = tokio::task::spawn_blocking(move || command.output().expect("ajo runs")).await.expect("it ended");
    assert_eq!(output.status.code(), Some(6));
    fixture.write("prod.yaml", &fixture.read("ci/prod.yaml"));
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resume_in_development_does_not_ask() {
    let fixture = LimitsFixture::start().await;
    fixture.write("dev.yaml", &limits_file(&[("a", 1, true)]).replace("sandbox: prod", "sandbox: dev"));
    fixture.add_fault("capping.deploy@first:1=service:4000");
    fixture.run_expecting(&["apply", "dev.yaml"], 4).await;
    fixture.clear_faults();
    fixture.run_expecting(&["apply", "--resume"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unwritable_state_is_reported() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.add_fault("capping.deploy=delay:400");
    let mut command = fixture.command(&["apply", "prod.yaml", "--yes"]);
    let child = command.stdout(std::process::Stdio::piped()).spawn().expect("ajo runs");
    while fixture.emulator.state().calls().for_operation("capping.deploy").is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // A directory now blocks the path of the state file.
    std::fs::create_dir(fixture.path("ajo.state.json")).expect("created");
    let ended =
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ended")).await.expect("it ended");
    let out = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert_eq!(ended.status.code(), Some(4), "{out}");
    assert!(out.contains("the state was not updated") && out.contains("1 done"), "{out}");
    fixture.clear_faults();
    std::fs::remove_dir(fixture.path("ajo.state.json")).expect("removed");
    fixture.run_expecting(&["apply", "--resume", "--yes"], 0).await;
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert!(fixture.read("ajo.state.json").contains("a.example.org"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saved_plan_keeps_state_and_policy() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.write(
        "policy.yaml",
        "version: 1\nfreezeWindows:\n  - { from: 2020-01-01T00:00:00Z, to: 2199-01-01T00:00:00Z, reason: r }\n",
    );
    fixture.run_expecting(&["plan", "prod.yaml", "--out=plan.json", "--state=sub.json"], 0).await;
    let plan = fixture.read("plan.json");
    let mut other: CommandReport = serde_json::from_str(&plan).expect("a plan");
    other.organization = Some("0@AdobeOrg".to_owned());
    other.seal_plan();
    fixture.write("plan.json", &serde_json::to_string(&other).expect("JSON"));
    let output = fixture.run_expecting(&["apply", "--plan=plan.json", "--yes"], 6).await;
    assert!(output.stderr.contains("is for organization"), "{}", output.stderr);
    fixture.run_expecting(&["plan", "prod.yaml", "--out=frozen.json", "--policy=policy.yaml"], 0).await;
    fixture.run_expecting(&["apply", "--plan=frozen.json", "--yes"], 7).await;
    // A saved plan cannot be applied with other inputs.
    fixture.write("lax.yaml", "version: 1\n");
    for other in ["--policy=lax.yaml", "--state=other.json", "--force-delete", "--max-deletes=9", "prod.yaml"] {
        fixture.run_expecting(&["apply", "--plan=frozen.json", "--yes", other], 64).await;
    }
    fixture.write("plan.json", &plan);
    fixture.run_expecting(&["apply", "--plan=plan.json", "--yes"], 0).await;
    assert!(fixture.has("sub.json") && !fixture.has("ajo.state.json"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn out_does_not_overwrite_user_files() {
    let fixture = LimitsFixture::start().await;
    let file = limits_file(&[("a", 1, true)]);
    fixture.write("prod.yaml", &file);
    std::fs::write(fixture.path("picture.png"), [0x89, b'P', 0xff, 0xfe]).expect("written");
    for taken in ["prod.yaml", "picture.png", "/dev/null"] {
        fixture.run_expecting(&["plan", "prod.yaml", "--out", taken], 64).await;
    }
    assert_eq!(fixture.read("prod.yaml"), file);
    assert_eq!(std::fs::read(fixture.path("picture.png")).expect("bytes").len(), 4);
    for _ in 0..2 {
        fixture.run_expecting(&["plan", "prod.yaml", "--out=plan.json"], 0).await;
    }
    fixture.run_expecting(&["export", "--sandbox=prod", "--out=prod.yaml"], 1).await;
    assert_eq!(fixture.read("prod.yaml"), file);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn linked_state_file_stays_a_link() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.write("real/state.json", "{\"version\": 1}");
    std::os::unix::fs::symlink("real/state.json", fixture.path("ajo.state.json")).expect("a link");
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    assert!(fixture.read("real/state.json").contains("a.example.org"));
    std::os::unix::fs::symlink("real/new.json", fixture.path("dangling.json")).expect("a link");
    fixture.run_expecting(&["import", "prod.yaml", "--state=dangling.json"], 0).await;
    assert!(fixture.read("real/new.json").contains("a.example.org"));
    for state in ["x.json", "x.v1.json"] {
        fixture.write(state, &fixture.read("real/state.json"));
        fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--state", state], 0).await;
        assert!(fixture.read(state).contains("a.example.org"), "{state}");
    }
    for state in ["x", "x.lock", "x.prod.journal"] {
        let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--state", state], 64).await;
        assert!(output.stderr.contains("must end in .json"), "{}", output.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_file_cannot_print_secrets() {
    let fixture = LimitsFixture::start().await;
    let secret =
        fixture.emulator.environment().into_iter().find(|(name, _)| *name == "AJO_CLIENT_SECRET").expect("one").1;
    let text = limits_file(&[("a", 1, true)]).replace("a.example.org", "a.example.org/${AJO_CLIENT_SECRET}");
    fixture.write("prod.yaml", &format!("variables: [AJO_CLIENT_SECRET]\n{text}"));
    let mut files = vec!["prod.yaml".to_owned()];
    // Files that may be next to limits files, and that a pull request could reference.
    for (name, text) in [
        ("creds.json", format!("{{\"CLIENT_SECRETS\": [\"{secret}\"], \"version\": 1}}\n")),
        ("npmrc", format!("init-version=1\n//registry/:_authToken={secret}\n")),
        ("api.yaml", format!("api_version: v1\npassword: [{secret}\n")),
        ("env", format!("version=1\n{secret}: x: y\n")),
    ] {
        fixture.write(name, &text);
        for key in ["base", "policy"] {
            let file = format!("{key}-{name}.yaml");
            fixture.write(&file, &format!("{key}: {name}\n{}", limits_file(&[("a", 1, true)])));
            files.push(file);
        }
    }
    for file in &files {
        for format in output_formats() {
            let output = fixture.run_expecting(&["validate", file, "--output", format], 1).await;
            assert!(
                !output.stdout.contains(&secret) && !output.stderr.contains(&secret),
                "{file} as {format}: {}",
                output.stdout
            );
        }
    }
}

/// The formats in `usage.trycmd`, so that new formats are tested too.
fn output_formats() -> impl Iterator<Item = &'static str> {
    let usage = include_str!("../snapshots/usage.trycmd");
    let (_, list) = usage.rsplit_once("[possible values: text").expect("the list of formats");
    let list = list.split(']').next().expect("the end of the list");
    std::iter::once("text").chain(list.split(',').map(str::trim).filter(|format| !format.is_empty()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_edit_is_reported() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    let edit = r#"{"before": "capping.deploy", "mutation": "edit", "definition": {"url": "https://a.example.org/*", "methods": ["GET"],
        "services": {"action": {"rating": {"maxCallsCount": 555, "periodInMs": 1000}}}}}"#;
    let edit = serde_json::from_str(edit).expect("a concurrent edit");
    assert!(fixture.emulator.state().default_organization_mut().add_concurrent_edit(edit));
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 4).await;
    assert!(output.stdout.contains("changed by someone else during the apply"), "{}", output.stdout);
    fixture.run_expecting(&["drift", "prod.yaml"], 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replaced_throttling_is_not_recreated() {
    let fixture = LimitsFixture::start().await;
    let file = |pattern: &str| {
        format!(
            "version: 1\nsandbox: prod\nthrottling:\n  urlPattern: https://{pattern}/*\n  methods: [GET]\n  maxThroughput: 300\n"
        )
    };
    fixture.write("prod.yaml", &file("managed.example.org"));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture
        .run_expecting(&["throttling", "delete", &only_managed_uid(&fixture), "--force", "--sandbox=prod", "--yes"], 0)
        .await;
    fixture.write(
        "remote-edit.json",
        r#"{"urlPattern":"https://other.example.org/*","methods":["GET"],"maxThroughput":300}"#,
    );
    fixture.run_expecting(&["throttling", "create", "remote-edit.json", "--sandbox=prod"], 0).await;
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    assert!(output.stdout.contains("AJO_LIMITS_MULTIPLE_THROTTLING"), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn state_drops_replaced_configuration() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    for _ in 0..2 {
        fixture
            .run_expecting(&["capping", "delete", &only_managed_uid(&fixture), "--force", "--sandbox=prod", "--yes"], 0)
            .await;
        fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
        assert_eq!(fixture.read("ajo.state.json").matches("\"uid\"").count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corrupt_state_and_journal_have_hints() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes", "--lock-timeout", "18446744073709551615"], 0).await;
    let state = fixture.read("ajo.state.json");
    fixture.write("ajo.state.json", "<<<<<<< HEAD\n{}");
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 1).await;
    assert!(output.stderr.contains("hint: restore it from git"), "{}", output.stderr);
    fixture.write("ajo.state.json", &state);
    fixture.write("ajo.state.prod.journal", "invalid\n");
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 1).await;
    assert!(output.stderr.contains("failed to parse line 1") && output.stderr.contains("hint: "), "{}", output.stderr);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_before_first_call_exits_with_5() {
    use rustix::process::{Pid, Signal, kill_process};

    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.add_fault("capping.list=delay:3000");
    let child = fixture.command(&["apply", "prod.yaml", "--yes"]).spawn().expect("ajo runs");
    while fixture.emulator.state().calls().for_operation("capping.list").is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    kill_process(Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid"), Signal::INT).expect("sent");
    let ended =
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ended")).await.expect("it ended");
    assert_eq!(ended.status.code(), Some(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_missing_limits_are_one_note() {
    let fixture = LimitsFixture::start().await;
    let names: Vec<String> = (1..=12).map(|number| format!("h{number}")).collect();
    fixture.write("prod.yaml", &limits_file(&names.iter().map(|name| (name.as_str(), 1, true)).collect::<Vec<_>>()));
    fixture.add_fault("capping.deploy=service:4000");
    let applied = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 4).await.stdout;
    let planned = fixture.run_expecting(&["plan", "prod.yaml"], 0).await.stdout;
    for output in [applied, planned] {
        let notes: Vec<&str> = output.lines().filter(|line| line.to_lowercase().contains("no live limit")).collect();
        let [note] = notes[..] else { panic!("{output}") };
        // The limits are new, so nothing was lost.
        assert!(
            note.starts_with("note: no live limit for 12 configurations: capping GET https://h1.example.org/*"),
            "{note}"
        );
        assert!(note.contains(", and 7 more; without another limit"), "{note}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_live_limit_is_reported() {
    let has_warning = |out: &str| out.to_lowercase().contains("no live limit for");
    // The fault during a redeploy, which limit is live after it, and whether that is none.
    for (variant, fault, live, undeployed) in [
        ("refused", "capping.undeploy=service:1459", "the old limit is still live", false),
        ("direct", "capping.get@every:3=gateway:403025", "it is unknown which limit is live", false),
        ("direct", "capping.deploy=service:4000", "the old limit is still live", false),
        ("refused", "capping.deploy@every:2=service:1458", "NO limit is live", true),
    ] {
        let fixture = LimitsFixture::start().await;
        fixture.set_quirk("redeploy", variant);
        fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
        fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
        fixture.write("prod.yaml", &limits_file(&[("a", 2, true)]));
        fixture.add_fault(fault);
        let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 4).await;
        assert_eq!(has_warning(&output.stdout), undeployed, "{fault}: {}", output.stdout);
        assert_eq!(output.stdout.contains("NO LIVE LIMIT FOR capping"), undeployed, "{fault}: {}", output.stdout);
        assert!(output.stdout.contains(&format!("  {live}\n")), "{fault}: {}", output.stdout);
        fixture.clear_faults();
        let output = fixture.run(&["plan", "prod.yaml"]).await;
        assert_eq!(output.stdout.contains("note: no live limit for capping"), undeployed, "{fault}: {}", output.stdout);
    }
    // The same after a kill between undeploy and deploy.
    let fixture = LimitsFixture::start().await;
    fixture.set_quirk("redeploy", "refused");
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 2, true)]));
    kill_apply_after(&fixture, &["apply", "prod.yaml", "--yes"], "capping.undeploy").await;
    let output = fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    assert!(output.stdout.contains("no live limit for capping GET https://a.example.org/*"), "{}", output.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn journal_of_other_state_is_ignored() {
    let fixture = LimitsFixture::start().await;
    fixture.write("ajo.state.eu.prod.journal", "invalid\n");
    let output = fixture.run_expecting(&["apply", "--resume", "--yes"], 1).await;
    assert!(output.stderr.contains("nothing to resume"), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_names_are_escaped_in_errors() {
    let fixture = LimitsFixture::start().await;
    let escape = "\u{1b}]0;pwn\u{7}\u{202e}.yaml";
    for command in ["validate", "plan", "apply", "drift", "verify", "import"] {
        let output = fixture.run_expecting(&[command, escape], 1).await;
        assert!(
            !output.stderr.contains('\u{1b}')
                && !output.stderr.contains('\u{7}')
                && !output.stderr.contains('\u{202e}'),
            "{:?}",
            output.stderr
        );
    }
}
