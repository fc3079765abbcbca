//! Kills an apply (SIGKILL) at each call and resumes it.

use std::process::Stdio;
use std::time::Duration;

use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::sample_size;

const BEFORE: &[(&str, u32, bool)] = &[
    ("changed", 1, true),
    ("removed", 3, true),
    ("old-url", 4, true),
    ("off", 1, true),
    ("unchanged", 1, true),
    ("draft", 1, false),
];
const AFTER: &[(&str, u32, bool)] = &[
    ("changed", 2, true),
    ("new", 1, true),
    ("new-url", 4, true),
    ("off", 1, false),
    ("unchanged", 1, true),
    ("draft", 2, false),
];

const APPLY: [&str; 5] = ["apply", "prod.yaml", "--prune", "--yes", "--concurrency=1"];

/// A service in the state `BEFORE`, with a limits file for `AFTER`.
async fn applied_fixture() -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(BEFORE));
    fixture.run_expecting(&APPLY, 0).await;
    fixture.write("prod.yaml", &limits_file(AFTER));
    fixture.clear_calls();
    fixture
}

/// Starts the second apply and kills it during this call. Returns `false` if the apply finished earlier.
async fn kill_apply_at_call(
    fixture: &LimitsFixture,
    call: usize,
    count_calls: impl Fn(&LimitsFixture) -> usize,
) -> bool {
    let mut command = fixture.command(&APPLY);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("ajo runs");
    loop {
        if count_calls(fixture) >= call {
            child.kill().expect("killed");
            child.wait().expect("it ended");
            return true;
        }
        if child.try_wait().expect("looked at").is_some() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Resumes the apply and checks that the result is the same as without the kill.
async fn resume_and_check(fixture: &LimitsFixture, case: &str) {
    fixture.clear_faults();
    let resumed = fixture.run(&["apply", "--resume", "--yes"]).await;
    if resumed.stderr.contains("nothing to resume") {
        assert_eq!(resumed.exit_code, Some(1), "{case}: {}", resumed.stderr);
        fixture.run_expecting(&APPLY, 0).await;
    } else {
        assert_eq!(resumed.exit_code, Some(0), "{case}: {}\n{}", resumed.stdout, resumed.stderr);
    }
    fixture.run_expecting(&["plan", "prod.yaml", "--prune", "--exit-code"], 0).await;
    fixture.run_expecting(&["drift", "prod.yaml"], 0).await;
    let list = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.stdout;
    for (name, ..) in AFTER {
        let url = format!("https://{name}.example.org/*");
        assert!(list.contains(&url), "{case}: {name} is missing");
    }
    assert!(!list.contains("https://removed."), "{case}: the removed configuration still exists");
    let count = list.matches("\"state\"").count();
    assert_eq!(count, AFTER.len(), "{case}: duplicate configuration");
    assert_eq!(fixture.read("ajo.state.json").matches("\"uid\"").count(), AFTER.len(), "{case}: entries in the state");
    assert!(!fixture.has("ajo.state.prod.journal"), "{case}: the journal is removed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resume_after_kill_at_each_call() {
    // The emulator processes each call at once and delays the response, so the killed apply misses the response to its last
    // call. If that call is a read, the response to the write before it has been logged.
    // Two lists for the plan, one before the create, two at the end; a read before each of seven writes, and one after the
    // redeploy; eight writes; two can_deploy calls. A fallback adds three calls. Fewer calls would mean that the kill came too late.
    for (variant, calls) in [("direct", 23), ("refused", 26), ("ignored", 26)] {
        let mut call = 1;
        loop {
            let fixture = applied_fixture().await;
            fixture.set_quirk("redeploy", variant);
            fixture.add_fault("*.*=delay:25");
            if !kill_apply_at_call(&fixture, call, LimitsFixture::call_count).await {
                break;
            }
            resume_and_check(&fixture, &format!("{variant}, killed at call {call}")).await;
            call += sample_size(5, 1);
        }
        assert!(call > calls - 3, "{variant}: only {call} calls were made");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resume_after_kill_before_processing() {
    for verb in ["create", "update", "delete", "deploy", "undeploy"] {
        let fixture = applied_fixture().await;
        // The service returns 429 and the client waits: the call is logged as started but never processed.
        fixture.add_fault(&format!("capping.{verb}=busy:20"));
        let rejected = |fixture: &LimitsFixture| {
            let state = fixture.emulator.state();
            state.calls().iter().filter(|call| call.status == 429).count()
        };
        assert!(kill_apply_at_call(&fixture, 1, rejected).await, "{verb} was never rejected");
        resume_and_check(&fixture, &format!("killed before {verb}")).await;
    }
}
