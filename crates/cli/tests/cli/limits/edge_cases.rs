//! Odd situations, as people and machines make them.

use std::time::Duration;

use crate::limits::fixture::{Site, limits};

/// The uid of the only one that the ledger has.
fn uid(site: &Site) -> String {
    site.read("ajo.lock").split("\"uid\": \"").nth(1).expect("one").split('"').next().expect("one").to_owned()
}

/// Kills an apply when this operation was called.
async fn killed_after(site: &Site, arguments: &[&str], operation: &str) {
    site.fault(&format!("{operation}=delay:400"));
    let mut child = site.command(arguments).stdout(std::process::Stdio::null()).spawn().expect("ajo runs");
    while site.emulator.world().calls().of(operation).is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().expect("killed");
    child.wait().expect("it ended");
    site.clear_faults();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_apply_to_another_sandbox_does_not_touch_the_journal_of_this_one() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    let dev = limits(&[("a", 1, true)]).replace("sandbox: prod", "sandbox: dev\nproduction: false");
    site.write("dev.yaml", &dev);
    killed_after(&site, &["apply", "prod.yaml", "--yes"], "capping.create").await;
    site.ajo_ends(&["apply", "dev.yaml"], 0).await;
    let ran = site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 2).await;
    assert!(ran.out.contains("deploy") && !ran.out.contains("refused"), "{}", ran.out);
    site.ajo_ends(&["apply", "--resume", "--yes"], 0).await;
    site.ajo_ends(&["verify", "prod.yaml"], 0).await;
    site.ajo_ends(&["verify", "dev.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_after_a_killed_apply_is_lifted_by_adopting() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    site.write("prod.yaml", &limits(&[("a", 2, true)]));
    killed_after(&site, &["apply", "prod.yaml", "--yes"], "capping.update").await;
    site.write("theirs.json", r#"{"url":"https://a.example.org/*","methods":["GET"],"services":{"action":{"rating":{"maxCallsCount":77,"periodInMs":1000}}}}"#);
    site.ajo_ends(&["capping", "update", &uid(&site), "theirs.json", "--sandbox=prod"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml"], 7).await;
    site.ajo_ends(&["adopt", "prod.yaml"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 2).await;
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    site.ajo_ends(&["verify", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_on_is_refused_when_the_files_or_the_ledger_are_ahead() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true), ("b", 1, true)]));
    site.fault("capping.deploy@first:1=service:4000");
    site.ajo_ends(&["apply", "prod.yaml", "--yes", "--concurrency=1"], 4).await;
    site.clear_faults();
    let (file, ledger) = (site.read("prod.yaml"), site.read("ajo.lock"));
    site.write("prod.yaml", &limits(&[("a", 50, true), ("b", 50, true)]));
    let ran = site.ajo_ends(&["apply", "--resume", "--yes"], 6).await;
    assert!(ran.err.contains("the files have changed"), "{}", ran.err);
    // Another machine has applied them, and its ledger came back with the files.
    site.write("ci/prod.yaml", &site.read("prod.yaml"));
    site.write("ci/ajo.lock", &ledger);
    site.ajo_ends(&["apply", "ci/prod.yaml", "--yes"], 0).await;
    site.write("ajo.lock", &site.read("ci/ajo.lock"));
    site.write("prod.yaml", &file);
    let ran = site.ajo_ends(&["apply", "--resume", "--yes"], 6).await;
    assert!(ran.err.contains("the ledger has changed"), "{}", ran.err);
    // From wherever it is asked for.
    let elsewhere = site.path("ajo.lock").display().to_string();
    site.write("prod.yaml", &limits(&[("a", 50, true), ("b", 50, true)]));
    let mut command = site.command(&["apply", "--resume", "--yes", "--ledger", &elsewhere]);
    command.current_dir(site.path("ci"));
    let ran = tokio::task::spawn_blocking(move || command.output().expect("ajo runs")).await.expect("it ended");
    assert_eq!(ran.status.code(), Some(6));
    site.write("prod.yaml", &site.read("ci/prod.yaml"));
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_on_asks_nobody_where_the_file_says_that_the_sandbox_is_none_of_production() {
    let site = Site::start().await;
    site.write("prod.yaml", &format!("production: false\n{}", limits(&[("a", 1, true)])));
    site.fault("capping.deploy@first:1=service:4000");
    site.ajo_ends(&["apply", "prod.yaml"], 4).await;
    site.clear_faults();
    site.ajo_ends(&["apply", "--resume"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_cannot_be_written_is_not_passed_over() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.fault("capping.deploy=delay:400");
    let mut command = site.command(&["apply", "prod.yaml", "--yes"]);
    let child = command.stdout(std::process::Stdio::piped()).spawn().expect("ajo runs");
    while site.emulator.world().calls().of("capping.deploy").is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // Where the ledger should go is a directory by now.
    std::fs::create_dir(site.path("ajo.lock")).expect("made");
    let ended =
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ended")).await.expect("it ended");
    let out = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert_eq!(ended.status.code(), Some(4), "{out}");
    assert!(out.contains("the ledger does not have yet what was done") && out.contains("1 done"), "{out}");
    site.clear_faults();
    std::fs::remove_dir(site.path("ajo.lock")).expect("gone");
    site.ajo_ends(&["apply", "--resume", "--yes"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert!(site.read("ajo.lock").contains("a.example.org"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_of_another_organization_is_stale_and_one_keeps_its_ledger_and_policy() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.write(
        "policy.yaml",
        "version: 1\nfreezeWindows:\n  - { from: 2020-01-01T00:00:00Z, to: 2199-01-01T00:00:00Z, reason: r }\n",
    );
    site.ajo_ends(&["plan", "prod.yaml", "--save=plan.json", "--ledger=sub.lock"], 0).await;
    let plan = site.read("plan.json");
    site.write("plan.json", &plan.replacen("@AdobeOrg", "0@AdobeOrg", 1));
    let ran = site.ajo_ends(&["apply", "--plan=plan.json", "--yes"], 6).await;
    assert!(ran.err.contains("is for organization"), "{}", ran.err);
    site.ajo_ends(&["plan", "prod.yaml", "--save=frozen.json", "--policy=policy.yaml"], 0).await;
    site.ajo_ends(&["apply", "--plan=frozen.json", "--yes"], 7).await;
    // What it was reviewed with cannot be exchanged.
    site.write("lax.yaml", "version: 1\n");
    for other in ["--policy=lax.yaml", "--ledger=other.lock", "prod.yaml"] {
        site.ajo_ends(&["apply", "--plan=frozen.json", "--yes", other], 64).await;
    }
    site.write("plan.json", &plan);
    site.ajo_ends(&["apply", "--plan=plan.json", "--yes"], 0).await;
    assert!(site.has("sub.lock") && !site.has("ajo.lock"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_saved_replaces_nothing_that_is_somebodys_work() {
    let site = Site::start().await;
    let file = limits(&[("a", 1, true)]);
    site.write("prod.yaml", &file);
    std::fs::write(site.path("picture.png"), [0x89, b'P', 0xff, 0xfe]).expect("written");
    for taken in ["prod.yaml", "picture.png", "/dev/null"] {
        site.ajo_ends(&["plan", "prod.yaml", "--save", taken], 64).await;
    }
    assert_eq!(site.read("prod.yaml"), file);
    assert_eq!(std::fs::read(site.path("picture.png")).expect("bytes").len(), 4);
    for _ in 0..2 {
        site.ajo_ends(&["plan", "prod.yaml", "--save=plan.json"], 0).await;
    }
    site.ajo_ends(&["dump", "--sandbox=prod", "--save=prod.yaml"], 1).await;
    assert_eq!(site.read("prod.yaml"), file);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_is_a_link_stays_one_and_no_two_files_share_a_name() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.write("real/ledger", "{\"version\": 1}");
    std::os::unix::fs::symlink("real/ledger", site.path("ajo.lock")).expect("a link");
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    assert!(site.read("real/ledger").contains("a.example.org"));
    std::os::unix::fs::symlink("real/new", site.path("dangling.lock")).expect("a link");
    site.ajo_ends(&["adopt", "prod.yaml", "--ledger=dangling.lock"], 0).await;
    assert!(site.read("real/new").contains("a.example.org"));
    for ledger in ["x.journal", "x.running", "x.v1", "x.v2"] {
        site.write(ledger, &site.read("real/ledger"));
        site.ajo_ends(&["apply", "prod.yaml", "--yes", "--ledger", ledger], 0).await;
        assert!(site.read(ledger).contains("a.example.org"), "{ledger}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limits_file_cannot_show_a_secret() {
    let site = Site::start().await;
    let secret = site.emulator.environment().into_iter().find(|(name, _)| *name == "AJO_CLIENT_SECRET").expect("one").1;
    let text = limits(&[("a", 1, true)]).replace("a.example.org", "a.example.org/${AJO_CLIENT_SECRET}");
    site.write("prod.yaml", &format!("variables: [AJO_CLIENT_SECRET]\n{text}"));
    let mut files = vec!["prod.yaml".to_owned()];
    // What people have beside their limits files, and what a change under review could name.
    for (name, text) in [
        ("creds.json", format!("{{\"CLIENT_SECRETS\": [\"{secret}\"], \"version\": 1}}\n")),
        ("npmrc", format!("init-version=1\n//registry/:_authToken={secret}\n")),
        ("api.yaml", format!("api_version: v1\npassword: [{secret}\n")),
        ("env", format!("version=1\n{secret}: x: y\n")),
    ] {
        site.write(name, &text);
        for key in ["base", "policy"] {
            let file = format!("{key}-{name}.yaml");
            site.write(&file, &format!("{key}: {name}\n{}", limits(&[("a", 1, true)])));
            files.push(file);
        }
    }
    for file in &files {
        for form in output_formats() {
            let ran = site.ajo_ends(&["validate", file, "--output", form], 1).await;
            assert!(!ran.out.contains(&secret) && !ran.err.contains(&secret), "{file} as {form}: {}", ran.out);
        }
    }
}

/// The formats that `usage.trycmd` lists, so that no new one is left out.
fn output_formats() -> impl Iterator<Item = &'static str> {
    let usage = include_str!("../snapshots/usage.trycmd");
    let (_, list) = usage.rsplit_once("[possible values: text").expect("the list of formats");
    let list = list.split(']').next().expect("its end");
    std::iter::once("text").chain(list.split(',').map(str::trim).filter(|format| !format.is_empty()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_does_during_the_deployment_is_seen_before_the_end() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    let theirs = r#"{"before": "capping.deploy", "does": "edit", "definition": {"url": "https://a.example.org/*", "methods": ["GET"],
        "services": {"action": {"rating": {"maxCallsCount": 555, "periodInMs": 1000}}}}}"#;
    let interference = serde_json::from_str(theirs).expect("an interference");
    assert!(site.emulator.world().first_mut().interfere(interference));
    let ran = site.ajo_ends(&["apply", "prod.yaml", "--yes"], 4).await;
    assert!(ran.out.contains("somebody else changed it meanwhile"), "{}", ran.out);
    site.ajo_ends(&["drift", "prod.yaml"], 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_throttling_configuration_that_took_the_place_of_ours_is_not_created_again() {
    let site = Site::start().await;
    let file = |pattern: &str| {
        format!(
            "version: 1\nsandbox: prod\nthrottling:\n  urlPattern: https://{pattern}/*\n  methods: [GET]\n  maxThroughput: 300\n"
        )
    };
    site.write("prod.yaml", &file("ours.example.org"));
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    site.ajo_ends(&["throttling", "delete", &uid(&site), "--force", "--sandbox=prod"], 0).await;
    site.write("theirs.json", r#"{"urlPattern":"https://theirs.example.org/*","methods":["GET"],"maxThroughput":300}"#);
    site.ajo_ends(&["throttling", "create", "theirs.json", "--sandbox=prod"], 0).await;
    let ran = site.ajo_ends(&["plan", "prod.yaml"], 7).await;
    assert!(ran.out.contains("AJO_LIMITS_ONE_THROTTLING"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_forgets_what_is_gone_once_something_took_its_place() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    for _ in 0..2 {
        site.ajo_ends(&["capping", "delete", &uid(&site), "--force", "--sandbox=prod"], 0).await;
        site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
        assert_eq!(site.read("ajo.lock").matches("\"uid\"").count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_lock_timeout_is_too_long_and_a_broken_ledger_or_journal_says_what_to_do() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.ajo_ends(&["apply", "prod.yaml", "--yes", "--lock-timeout", "18446744073709551615"], 0).await;
    let ledger = site.read("ajo.lock");
    site.write("ajo.lock", "<<<<<<< HEAD\n{}");
    let ran = site.ajo_ends(&["plan", "prod.yaml"], 1).await;
    assert!(ran.err.contains("hint: restore it from git"), "{}", ran.err);
    site.write("ajo.lock", &ledger);
    site.write("ajo.lock.prod.journal", "nonsense\n");
    let ran = site.ajo_ends(&["plan", "prod.yaml"], 1).await;
    assert!(ran.err.contains("its line 1 cannot be read") && ran.err.contains("hint: "), "{}", ran.err);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_before_anything_was_done_is_5() {
    use rustix::process::{Pid, Signal, kill_process};

    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.fault("capping.list=delay:3000");
    let child = site.command(&["apply", "prod.yaml", "--yes"]).spawn().expect("ajo runs");
    while site.emulator.world().calls().of("capping.list").is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    kill_process(Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid"), Signal::INT).expect("sent");
    let ended =
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ended")).await.expect("it ended");
    assert_eq!(ended.status.code(), Some(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_nothing_limits_is_said_when_it_is_so_and_only_then() {
    let alarm = |out: &str| out.to_lowercase().contains("nothing limits");
    // What is done about the last of the calls that exchange what limits, and whether something limits then.
    for (fault, bare) in [
        ("capping.undeploy=status:500", false),
        ("capping.deploy=lost:500", false),
        ("capping.deploy=service:4000", true),
    ] {
        let site = Site::start().await;
        site.write("prod.yaml", &limits(&[("a", 1, true)]));
        site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
        site.write("prod.yaml", &limits(&[("a", 2, true)]));
        site.fault(fault);
        let ran = site.ajo_ends(&["apply", "prod.yaml", "--yes"], 4).await;
        assert_eq!(alarm(&ran.out), bare, "{fault}: {}", ran.out);
        let ran = site.ajo(&["plan", "prod.yaml"]).await;
        assert_eq!(ran.out.contains("note: nothing limits capping"), bare, "{fault}: {}", ran.out);
    }
    // Also when the process was killed in between.
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    site.write("prod.yaml", &limits(&[("a", 2, true)]));
    killed_after(&site, &["apply", "prod.yaml", "--yes"], "capping.undeploy").await;
    let ran = site.ajo_ends(&["plan", "prod.yaml"], 0).await;
    assert!(ran.out.contains("nothing limits capping GET https://a.example.org/* now"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_ledgers_journal_is_not_taken_for_one_of_this_one() {
    let site = Site::start().await;
    site.write("ajo.lock.eu.prod.journal", "nonsense\n");
    let ran = site.ajo_ends(&["apply", "--resume", "--yes"], 1).await;
    assert!(ran.err.contains("nothing to go on with"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_name_reaches_the_terminal_as_anything_but_text() {
    let site = Site::start().await;
    let escape = "\u{1b}]0;pwn\u{7}\u{202e}.yaml";
    for command in ["validate", "plan", "apply", "drift", "verify", "adopt"] {
        let ran = site.ajo_ends(&[command, escape], 1).await;
        assert!(
            !ran.err.contains('\u{1b}') && !ran.err.contains('\u{7}') && !ran.err.contains('\u{202e}'),
            "{:?}",
            ran.err
        );
    }
}
