//! Saved plans: altered ones are refused, and `--digest` selects the reviewed one.

use std::process::Stdio;
use std::time::Duration;

use ajo_limits::CommandReport;
use ajo_state::FileLock;
use ajo_state::protocol::LeaseHolder;
use serde_json::{Value, json};

use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::support::wait_or_kill;

const POLICY: &str = "version: 1\nmaximums:\n  - { url: \"https://a.example.org/*\", maxCallsPerSecond: 5 }\n";

/// A saved plan with an update, a creation, and a policy.
async fn fixture_with_plan() -> (LimitsFixture, Value) {
    let fixture = LimitsFixture::start().await;
    fixture.write("policy.yaml", POLICY);
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true), ("b", 1, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 2, true), ("b", 1, true), ("c", 1, false)]));
    fixture.run_expecting(&["plan", "prod.yaml", "--policy=policy.yaml", "--out=plan.json"], 0).await;
    fixture.clear_calls();
    let plan = serde_json::from_str(&fixture.read("plan.json")).expect("JSON");
    (fixture, plan)
}

/// Sets the value at a JSON pointer, or removes it.
fn alter(plan: &Value, pointer: &str, value: Option<Value>) -> Value {
    let mut plan = plan.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    match (plan.pointer_mut(parent).unwrap_or_else(|| panic!("{parent}")), value) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(name.to_owned(), value)),
        (Value::Object(fields), None) => drop(fields.remove(name).unwrap_or_else(|| panic!("no {pointer}"))),
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().expect("an index")] = value,
        (Value::Array(items), None) => drop(items.remove(name.parse().expect("an index"))),
        (other, _) => panic!("{other}"),
    }
    plan
}

fn alterations() -> Vec<(&'static str, Option<Value>)> {
    vec![
        ("/plan/changes", Some(json!([]))),
        ("/plan/changes/0", None),
        ("/plan/changes/0/steps", Some(json!(["update"]))),
        ("/plan/changes/0/after/saved/services/action/rating/maxCallsCount", Some(json!(3))),
        ("/plan/changes/0/fieldDiffs/0/after", Some(json!(1))),
        ("/plan/changes/0/before", None),
        ("/plan/changes/0/reason", Some(json!("new"))),
        ("/plan/desired/0/deployed", Some(json!(false))),
        ("/plan/sandbox", Some(json!("dev"))),
        ("/plan/unchanged", Some(json!(9))),
        ("/plan/options/prune", Some(json!(true))),
        ("/plan/options/maxDeletes", Some(json!(99))),
        ("/plan/stateDigest", Some(json!(format!("sha256:{}", "0".repeat(64))))),
        ("/plan/observedDigest", Some(json!(format!("sha256:{}", "0".repeat(64))))),
        ("/plan/digest", Some(json!(format!("sha256:{}", "0".repeat(64))))),
        ("/organization", None),
        ("/organization", Some(json!("0@AdobeOrg"))),
        ("/sandbox", Some(json!("dev"))),
        ("/files/0", Some(json!("lax.yaml"))),
        ("/stateLocation", Some(json!("elsewhere.json"))),
        ("/policy", None),
        ("/policyDigest", None),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn altered_plan_is_refused() {
    let (fixture, plan) = fixture_with_plan().await;
    fixture.write("lax.yaml", &format!("production: false\n{}", fixture.read("prod.yaml")));
    for (pointer, value) in alterations() {
        fixture.write("plan.json", &alter(&plan, pointer, value).to_string());
        let output = fixture.run(&["apply", "--plan=plan.json", "--yes"]).await;
        assert_eq!(output.exit_code, Some(6), "{pointer}: {}{}", output.stdout, output.stderr);
        assert!(output.stderr.contains("plan.json was altered"), "{pointer}: {}", output.stderr);
    }
    assert_eq!(fixture.call_count(), 0, "an altered plan causes no call");
    // Formatting and positions have no meaning.
    let moved = alter(&plan, "/plan/changes/0/location", None);
    fixture.write("plan.json", &moved.to_string());
    fixture.run_expecting(&["apply", "--plan=plan.json", "--yes"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recomputed_digest_is_refused() {
    let (fixture, plan) = fixture_with_plan().await;
    fixture.write("lax.yaml", &format!("production: false\n{}", fixture.read("prod.yaml")));
    let reviewed = plan["plan"]["digest"].as_str().expect("a digest").to_owned();
    for (pointer, value) in alterations() {
        let altered = alter(&plan, pointer, value);
        let mut report: CommandReport = serde_json::from_value(altered.clone()).expect("a report");
        report.seal_plan();
        fixture.write("plan.json", &serde_json::to_string(&report).expect("JSON"));
        let seal = report.plan.as_ref().map(|plan| plan.digest.to_string());
        if seal.as_deref() != Some(&reviewed) {
            let arguments = ["apply", "--plan=plan.json", "--yes", "--digest", &reviewed];
            let output = fixture.run_expecting(&arguments, 6).await;
            assert!(output.stderr.contains("--digest is"), "{pointer}: {}", output.stderr);
        }
        // Without --digest, paths can name files with the same content, and options can be ones that change nothing.
        let is_equivalent =
            ["/files/0", "/stateLocation", "/plan/digest", "/plan/options/prune", "/plan/options/maxDeletes"];
        if !is_equivalent.contains(&pointer) {
            let output = fixture.run(&["apply", "--plan=plan.json", "--yes"]).await;
            assert_eq!(output.exit_code, Some(6), "{pointer}: {}{}", output.stdout, output.stderr);
        }
    }
    assert_eq!(fixture.emulator.state().calls().mutating().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apply_requires_reviewed_digest() {
    let (fixture, plan) = fixture_with_plan().await;
    let digest = plan["plan"]["digest"].as_str().expect("a digest");
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--policy=policy.yaml", "--out=again.json"], 0).await;
    assert!(output.stdout.contains(&format!("Digest: {digest}")), "{}", output.stdout);
    assert!(output.stderr.contains(&format!("ajo apply --plan again.json --digest {digest}")), "{}", output.stderr);
    let hex = digest.strip_prefix("sha256:").expect("a prefix");
    let other = format!("sha256:{}", "0".repeat(64));
    let apply = |digest: &str| {
        ["apply", "--plan=plan.json", "--yes", "--digest"]
            .map(str::to_owned)
            .into_iter()
            .chain([digest.to_owned()])
            .collect::<Vec<_>>()
    };
    for (value, code) in [("", 64), ("sha256:", 64), (&hex[1..], 64), ("sha512:00", 64), (&other, 6), (hex, 0)] {
        let arguments = apply(value);
        let output = fixture.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert_eq!(output.exit_code, Some(code), "{value}: {}", output.stderr);
    }
    for source in ["prod.yaml", "--resume", "--yes"] {
        fixture.run_expecting(&["apply", source, "--digest", digest], 64).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_policy_makes_plan_stale() {
    let (fixture, _) = fixture_with_plan().await;
    fixture.write("policy.yaml", &POLICY.replace(": 5", ": 50"));
    let output = fixture.run_expecting(&["apply", "--plan=plan.json", "--yes"], 6).await;
    assert!(output.stderr.contains("the policy has changed since"), "{}", output.stderr);
    // A policy that a limits file references counts too.
    let file = limits_file(&[("a", 2, true)]);
    fixture.write("prod.yaml", &format!("policy: policy.yaml\n{file}"));
    fixture.run_expecting(&["plan", "prod.yaml", "--out=plan.json"], 0).await;
    fixture.write("prod.yaml", &file);
    let output = fixture.run_expecting(&["apply", "--plan=plan.json", "--yes"], 6).await;
    assert!(output.stderr.contains("the policy has changed since"), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_state_makes_plan_stale() {
    let (fixture, _) = fixture_with_plan().await;
    // `b` is unchanged in the plan, but no longer managed.
    let mut state: Value = serde_json::from_str(&fixture.read("ajo.state.json")).expect("JSON");
    let configs = state["configs"].as_array_mut().expect("a list");
    configs.retain(|config| config["key"]["url"] != "https://b.example.org/*");
    fixture.write("ajo.state.json", &state.to_string());
    let output = fixture.run_expecting(&["apply", "--plan=plan.json", "--yes"], 6).await;
    assert!(output.stderr.contains("the service or the state has changed"), "{}", output.stderr);
}

/// A process reads the service after its first check of the freeze windows, and once it has the lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn freeze_that_starts_in_wait_blocks() {
    for lead_seconds in [1, 5, 25] {
        let fixture = LimitsFixture::start().await;
        fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
        let holder = LeaseHolder {
            owner: "a test".to_owned(),
            process: 1,
            run_url: None,
            since: "2026-11-26T09:00:00Z".to_owned(),
        };
        let lock = FileLock::acquire(&fixture.path("ajo.state.lock"), holder, Duration::ZERO).await;
        let lock = lock.expect("the lock");
        let from = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(lead_seconds);
        let windows = format!("[{{ from: {from}, to: 2199-01-01T00:00:00Z, reason: sale }}]");
        fixture.write("freeze.yaml", &format!("version: 1\nfreezeWindows: {windows}\n"));
        let mut command =
            fixture.command(&["apply", "prod.yaml", "--policy=freeze.yaml", "--yes", "--lock-timeout=60"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("ajo runs");
        while jiff::Timestamp::now() <= from {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(fixture.call_count(), 0, "it waits for the lock");
        drop(lock);
        let output = wait_or_kill(child, "apply");
        assert_eq!(output.exit_code, Some(7), "{}", output.stderr);
        assert!(output.stderr.contains("changes are frozen until 2199-01-01T00:00:00Z: sale"), "{}", output.stderr);
        assert_eq!(fixture.emulator.state().calls().mutating().len(), 0);
        assert!(!fixture.has("ajo.state.prod.journal"), "nothing was started");
        // Without a call, the process started so late that the first check refused the apply.
        if fixture.call_count() > 0 {
            return;
        }
    }
    panic!("the process never reached the lock before the freeze");
}

#[tokio::test]
async fn save_hint_fits_the_plan() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 500, true)]));
    let plan = ["plan", "prod.yaml", "--out=plan.json"];
    let saved = fixture.run_expecting(&plan, 0).await.stderr;
    assert!(saved.contains("saved the plan; apply it with: ajo apply --plan plan.json --digest sha256:"), "{saved}");
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    assert_eq!(fixture.run_expecting(&plan, 0).await.stderr, "saved the plan; it has no changes\n");
    fixture.write("prod.yaml", "version: 1\nsandbox: prod\ncapping: []\n");
    let blocked = fixture.run(&[&plan[..], &["--prune", "--max-deletes=0"]].concat()).await;
    assert_eq!(blocked.exit_code, Some(7), "{}{}", blocked.stdout, blocked.stderr);
    assert_eq!(blocked.stderr, "saved the plan; it is blocked, so it cannot be applied\n");
}
