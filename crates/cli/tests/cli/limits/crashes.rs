//! An apply that is killed (SIGKILL) at every single call, and finished by the next one.

use std::process::Stdio;
use std::time::Duration;

use crate::limits::fixture::{Site, limits};
use crate::support::sample;

const BEFORE: &[(&str, u32, bool)] =
    &[("changed", 1, true), ("gone", 1, true), ("off", 1, true), ("kept", 1, true), ("draft", 1, false)];
const AFTER: &[(&str, u32, bool)] =
    &[("changed", 2, true), ("new", 1, true), ("off", 1, false), ("kept", 1, true), ("draft", 2, false)];

const APPLY: [&str; 5] = ["apply", "prod.yaml", "--prune", "--yes", "--concurrency=1"];

/// A service as the first file says, and the second file beside it.
async fn halfway() -> Site {
    let site = Site::start().await;
    site.write("prod.yaml", &limits(BEFORE));
    site.ajo_ends(&APPLY, 0).await;
    site.write("prod.yaml", &limits(AFTER));
    site.forget_calls();
    site
}

/// Begins the second apply, and kills it when so many calls have been made and the last of them is not answered yet. Whether it
/// came to that.
async fn killed_at(site: &Site, call: usize, is_there: impl Fn(&Site) -> usize) -> bool {
    let mut command = site.command(&APPLY);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("ajo runs");
    loop {
        if is_there(site) >= call {
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

/// Goes on with it, and checks that everything is as if it had never been killed.
async fn finished(site: &Site, what: &str) {
    site.clear_faults();
    let resumed = site.ajo(&["apply", "--resume", "--yes"]).await;
    if resumed.err.contains("nothing to go on with") {
        assert_eq!(resumed.code, Some(1), "{what}: {}", resumed.err);
        site.ajo_ends(&APPLY, 0).await;
    } else {
        assert_eq!(resumed.code, Some(0), "{what}: {}\n{}", resumed.out, resumed.err);
    }
    site.ajo_ends(&["plan", "prod.yaml", "--prune", "--exit-code"], 0).await;
    site.ajo_ends(&["drift", "prod.yaml"], 0).await;
    let list = site.ajo_ends(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.out;
    for (name, ..) in AFTER {
        let url = format!("https://{name}.example.org/*");
        assert!(list.contains(&url), "{what}: {name} is lost");
    }
    assert!(!list.contains("https://gone."), "{what}: it was to be deleted");
    let count = list.matches("\"state\"").count();
    assert_eq!(count, AFTER.len(), "{what}: something is there twice");
    assert_eq!(site.read("ajo.lock").matches("\"uid\"").count(), AFTER.len(), "{what}: the ledger");
    assert!(!site.has("ajo.lock.prod.journal"), "{what}: nothing is left to go on with");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_any_single_call_it_is_finished_with_nothing_twice_and_nothing_lost() {
    // Each call is processed at once and answered later, so what is killed has not heard of its last call. Where that call only
    // reads, the write before it has been answered and written down.
    let mut call = 1;
    loop {
        let site = halfway().await;
        site.fault("*.*=delay:25");
        if !killed_at(&site, call, Site::calls).await {
            break;
        }
        finished(&site, &format!("killed at call {call}")).await;
        call += sample(5, 1);
    }
    // Two lists for the plan, one before the creation, two at the end; a read before each of the eight writes that need one;
    // nine writes, two questions. Fewer would mean that the kill came too late to see them.
    assert!(call > 20, "only {call} calls were made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_a_call_is_processed_it_is_finished_as_well() {
    for verb in ["create", "update", "delete", "deploy", "undeploy"] {
        let site = halfway().await;
        // The service refuses it for now, and the client waits: written down as begun, and never done.
        site.fault(&format!("capping.{verb}=busy:20"));
        let refused = |site: &Site| {
            let world = site.emulator.world();
            world.calls().iter().filter(|call| call.status == 429).count()
        };
        assert!(killed_at(&site, 1, refused).await, "{verb} was never refused");
        finished(&site, &format!("killed before {verb}")).await;
    }
}
