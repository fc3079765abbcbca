//! The codes with which the commands of limits as code end.

use std::time::Duration;

use crate::limits::fixture::{Site, limits};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_to_do_is_0_and_something_is_2_only_where_it_was_asked_for() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.ajo_ends(&["validate", "prod.yaml"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 2).await;
    site.ajo_ends(&["drift", "prod.yaml"], 2).await;
    site.ajo_ends(&["verify", "prod.yaml"], 1).await;
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    site.ajo_ends(&["apply", "prod.yaml"], 0).await;
    for command in ["plan", "drift", "verify"] {
        site.ajo_ends(&[command, "prod.yaml"], 0).await;
    }
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_wrong_are_1_and_a_wrong_command_line_is_64() {
    let site = Site::start().await;
    site.write("wrong.yaml", &limits(&[("a", 1, true)]).replace("periodInMs: 1000", "periodInMs: soon"));
    for command in ["validate", "plan", "apply", "drift", "verify", "adopt"] {
        let ran = site.ajo_ends(&[command, "wrong.yaml"], 1).await;
        assert!(
            ran.out.contains("ERR_ENDPOINTCONFIG_108") && ran.out.contains("wrong.yaml:7"),
            "{command}: {}",
            ran.out
        );
        site.ajo_ends(&[command, "missing.yaml"], 1).await;
        site.ajo_ends(&[command], 64).await;
    }
    site.write("empty.yaml", "version: 1\nsandbox: prod\ncapping: []\n");
    let ran = site.ajo_ends(&["apply", "empty.yaml", "--yes", "--prune"], 1).await;
    assert!(ran.out.contains("AJO_LIMITS_EMPTY"), "{}", ran.out);
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    for wrong in [
        &["plan", "prod.yaml", "--sandbox=dev"][..],
        &["plan", "prod.yaml", "--max-deletes=3"],
        &["apply", "prod.yaml", "--concurrency=0"],
        &["apply", "prod.yaml", "--resume"],
        &["capping", "list", "--output=sarif", "--sandbox=prod"],
        &["schema", "everything"],
    ] {
        site.ajo_ends(wrong, 64).await;
    }
    assert_eq!(site.emulator.world().calls().mutating().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_is_not_accepted_is_3() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.fault("*=gateway:403025");
    for command in ["plan", "drift", "verify"] {
        let ran = site.ajo_ends(&[command, "prod.yaml"], 3).await;
        assert!(ran.err.contains("hint: "), "{}", ran.err);
    }
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partial_apply_is_4_and_says_what_was_done_failed_unknown_and_not_started() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true), ("b", 1, true)]));
    site.fault("capping.deploy@first:1=service:4000");
    let ran = site.ajo_ends(&["apply", "prod.yaml", "--yes", "--concurrency=1"], 4).await;
    assert!(
        ran.out.contains("4000") && ran.out.contains("ajo apply --resume --sandbox prod --ledger ajo.lock"),
        "{}",
        ran.out
    );
    site.clear_faults();
    site.ajo_ends(&["apply", "--resume", "--yes"], 0).await;
    site.ajo_ends(&["verify", "prod.yaml"], 0).await;
    let again = site.ajo_ends(&["apply", "--resume", "--yes"], 1).await;
    assert!(again.err.contains("nothing to go on with"), "{}", again.err);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_is_5_the_calls_in_flight_are_finished_and_the_rest_is_gone_on_with() {
    use rustix::process::{Pid, Signal, kill_process};

    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true), ("b", 1, true), ("c", 1, true)]));
    site.fault("capping.create=delay:300");
    let mut command = site.command(&["apply", "prod.yaml", "--yes", "--concurrency=1"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("ajo runs");
    let creating = || site.emulator.world().calls().mutating().len();
    while creating() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    kill_process(Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid"), Signal::INT).expect("sent");
    let ended =
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ended")).await.expect("it ended");
    let out = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert_eq!(ended.status.code(), Some(5), "{out}");
    assert!(out.contains("ajo apply --resume"), "{out}");
    assert_eq!(creating(), 1, "no further call was begun");
    site.clear_faults();
    site.ajo_ends(&["apply", "--resume", "--yes"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 0).await;
    assert_eq!(site.emulator.world().calls().of("capping.create").len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_plan_is_6_whatever_made_it_stale() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;
    let change = |calls| limits(&[("a", calls, true)]);
    site.write("prod.yaml", &change(2));
    site.ajo_ends(&["plan", "prod.yaml", "--save", "plan.json"], 0).await;

    // Somebody edits the file.
    site.write("prod.yaml", &change(3));
    let ran = site.ajo_ends(&["apply", "--plan", "plan.json", "--yes"], 6).await;
    assert!(ran.err.contains("the files have changed"), "{}", ran.err);
    // A comment changes nothing.
    site.write("prod.yaml", &format!("# a comment\n\n{}", change(2)));
    // Somebody edits the plan.
    let plan = site.read("plan.json");
    site.write("plan.json", &plan.replace("\"prune\": false", "\"prune\": true"));
    site.ajo_ends(&["apply", "--plan", "plan.json", "--yes"], 6).await;
    site.write("plan.json", &plan);
    // Somebody edits the configuration, to the very same values: the service says that it was edited.
    let interfering = site
        .emulator
        .world()
        .first_mut()
        .interfere(serde_json::from_str(r#"{"before": "capping.get", "does": "edit"}"#).expect("an interference"));
    assert!(interfering);
    let uid =
        site.read("ajo.lock").split("\"uid\": \"").nth(1).expect("one").split('"').next().expect("one").to_owned();
    site.ajo_ends(&["capping", "get", &uid, "--sandbox=prod"], 0).await;
    let ran = site.ajo_ends(&["apply", "--plan", "plan.json", "--yes"], 6).await;
    assert!(ran.err.contains("the service or the ledger has changed"), "{}", ran.err);

    site.ajo_ends(&["adopt", "prod.yaml"], 0).await;
    site.ajo_ends(&["plan", "prod.yaml", "--save", "plan.json"], 0).await;
    site.ajo_ends(&["apply", "--plan", "plan.json", "--yes"], 0).await;
    site.ajo_ends(&["verify", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_apply_is_6_and_says_who_holds_the_lock_or_waits_for_it() {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(&[("a", 1, true)]));
    site.fault("capping.create=delay:1500");
    let mut first = site.command(&["apply", "prod.yaml", "--yes"]);
    let mut first = first.stdout(std::process::Stdio::null()).spawn().expect("ajo runs");
    while site.emulator.world().calls().of("capping.create").is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let ran = site.ajo_ends(&["apply", "prod.yaml", "--yes"], 6).await;
    assert!(ran.err.contains(&format!("process {}", first.id())) && ran.err.contains("s ago"), "{}", ran.err);
    site.ajo_ends(&["apply", "prod.yaml", "--yes", "--lock-timeout=30"], 0).await;
    assert!(first.wait().expect("it ended").success());
    assert_eq!(site.emulator.world().calls().of("capping.create").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_safety_refuses_is_7_and_names_what_lifts_it() {
    let site = Site::start().await;
    let many: Vec<String> = (0..10).map(|number| format!("c{number}")).collect();
    let configs =
        |count: usize| limits(&many[..count].iter().map(|name| (name.as_str(), 1, false)).collect::<Vec<_>>());
    site.write("prod.yaml", &configs(10));
    // Nobody can be asked for the name of the sandbox.
    let ran = site.ajo_ends(&["apply", "prod.yaml"], 7).await;
    assert!(ran.err.contains("--yes"), "{}", ran.err);
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;

    // Without --prune nothing goes; with it, two of ten may.
    site.write("prod.yaml", &configs(7));
    site.ajo_ends(&["plan", "prod.yaml", "--exit-code"], 0).await;
    let ran = site.ajo_ends(&["apply", "prod.yaml", "--yes", "--prune"], 7).await;
    assert!(ran.out.contains("--max-deletes 3"), "{}", ran.out);
    assert_eq!(site.emulator.world().calls().of("capping.delete").len(), 0);
    site.ajo_ends(&["apply", "prod.yaml", "--yes", "--prune", "--max-deletes=3"], 0).await;
    assert_eq!(site.emulator.world().calls().of("capping.delete").len(), 3);

    // You changed it, and so did somebody else.
    let interfering = site.emulator.world().first_mut().interfere(
        serde_json::from_str(r#"{"before": "capping.can_deploy", "does": "deploy"}"#).expect("an interference"),
    );
    assert!(interfering);
    let uid =
        site.read("ajo.lock").split("\"uid\": \"").nth(1).expect("one").split('"').next().expect("one").to_owned();
    site.ajo_ends(&["capping", "can-deploy", &uid, "--sandbox=prod"], 0).await;
    site.write("prod.yaml", &configs(7).replacen("maxCallsCount: 1,", "maxCallsCount: 2,", 1));
    let ran = site.ajo_ends(&["plan", "prod.yaml"], 7).await;
    assert!(ran.out.contains("somebody else changed it") && ran.out.contains("ajo adopt"), "{}", ran.out);
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 7).await;
    site.ajo_ends(&["adopt", "prod.yaml"], 0).await;
    site.ajo_ends(&["apply", "prod.yaml", "--yes"], 0).await;

    // A ledger of another organization.
    let other = site.read("ajo.lock").replace("@AdobeOrg\"", "0@AdobeOrg\"");
    site.write("other.lock", &other);
    site.ajo_ends(&["plan", "prod.yaml", "--ledger=other.lock"], 7).await;
}
