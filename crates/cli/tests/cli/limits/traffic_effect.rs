//! The effect of changes on observed traffic.

use serde_json::Value;

use crate::limits::fixture::{LimitsFixture, limits_file};

const HEADER: &str =
    "ENDPOINT,SPAN,TOTAL_CALLS,SUCCESSFUL_CALLS,4xx_ERRORS,5xx_ERRORS,TIMEOUTS,CAPPED_CALLS,THROUGHPUT_RPS";

/// An export with calls per minute.
fn export(endpoints: &[(&str, &[u64])]) -> String {
    let rows = endpoints.iter().flat_map(|(endpoint, minutes)| {
        minutes.iter().enumerate().map(move |(minute, calls)| {
            format!("\"{endpoint}\",2026/11/29 08:{minute:02},{calls},{calls},0,0,0,0,{}\n", calls / 60)
        })
    });
    format!("{HEADER}\n{}", rows.collect::<String>())
}

/// A deployed limit of 500 calls per second, a file with 20, and an export with up to 50.
async fn lowered_limit() -> LimitsFixture {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 500, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.write("prod.yaml", &limits_file(&[("a", 20, true)]));
    let calls = [("https://a.example.org/v1/send", &[600, 3000, 900][..]), ("https://b.example.org/x", &[9000][..])];
    fixture.write("traffic.csv", &export(&calls));
    fixture
}

fn policy(maximums: &str) -> String {
    format!("version: 1\nobserved: traffic.csv\nmaximums:\n  - {{ url: 'https://a.example.org/*', {maximums} }}\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn comment_shows_effect_of_lowered_limit() {
    let fixture = lowered_limit().await;
    let arguments = ["plan", "prod.yaml", "--observed", "traffic.csv", "--output"];
    let with = |format| [&arguments[..], &[format]].concat();
    let comment = fixture.run_expecting(&with("markdown"), 0).await.stdout;
    let effect = "rejected per minute at peak: 0 → 1,800";
    assert!(comment.contains("**Effect on observed traffic**") && comment.contains(effect), "{comment}");
    assert!(comment.contains("(<code>https:&#47;/a.example.org/v1/send</code>)"), "{comment}");
    for format in ["text", "github", "junit"] {
        let output = fixture.run_expecting(&with(format), 0).await.stdout;
        assert!(output.contains(effect), "{format}: {output}");
    }
    let json: Value = serde_json::from_str(&fixture.run_expecting(&with("json"), 0).await.stdout).expect("JSON");
    assert_eq!(json["plan"]["observedTraffic"]["calls"], 13_500);
    assert_eq!(
        json["plan"]["changes"][0]["trafficEffect"]["endpoints"][0]["after"]["rejectedPerMinute"]["lower"],
        1800
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_maximum_refuses_change() {
    let fixture = lowered_limit().await;
    fixture.write("rules/policy.yaml", &policy("maxRejectedPerMinute: 2599"));
    let (apply, plan) = (
        ["apply", "prod.yaml", "--yes", "--policy", "rules/policy.yaml"],
        ["plan", "prod.yaml", "--policy", "rules/policy.yaml"],
    );
    // `observed` is relative to the policy.
    let missing = fixture.run_expecting(&plan, 1).await.stderr;
    assert!(missing.contains("failed to read rules/traffic.csv"), "{missing}");
    fixture.write("rules/traffic.csv", &fixture.read("traffic.csv"));
    fixture.clear_calls();
    for arguments in [&plan[..], &apply] {
        let output = fixture.run_expecting(arguments, 7).await.stdout;
        let blocker = "blocked[AJO_LIMITS_EFFECT_MAXIMUM]: rejected per minute at peak: 0 → 1,800–2,600, but the maximum is 2,599 (policy rule at rules/policy.yaml:4:5)";
        assert!(output.contains(blocker) && output.contains("capping GET https://a.example.org/*"), "{output}");
    }
    assert_eq!(fixture.emulator.state().calls().mutating().len(), 0);
    // The flag overrides the policy.
    fixture.write("calm.csv", &export(&[("https://a.example.org/v1/send", &[600])]));
    fixture.run_expecting(&[&apply[..], &["--observed", "calm.csv"]].concat(), 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn maximum_without_observed_traffic_is_an_error() {
    let fixture = lowered_limit().await;
    fixture.write("policy.yaml", &policy("maxRejectedPerMinute: 0").replace("observed: traffic.csv\n", ""));
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--policy", "policy.yaml"], 7).await.stdout;
    assert!(
        output.contains("AJO_LIMITS_EFFECT_UNKNOWN") && output.contains("hint: pass an export with `--observed FILE`"),
        "{output}"
    );
    // Nothing changes, so there is nothing to check.
    fixture.write("prod.yaml", &limits_file(&[("a", 500, true)]));
    fixture.run_expecting(&["plan", "prod.yaml", "--policy", "policy.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saved_plan_keeps_effects() {
    let fixture = lowered_limit().await;
    fixture.write("policy.yaml", &policy("maxRejectedPerMinute: 2600"));
    let plan = ["plan", "prod.yaml", "--policy", "policy.yaml", "--out", "plan.json"];
    fixture.run_expecting(&plan, 0).await;
    std::fs::remove_file(fixture.path("traffic.csv")).expect("removed");
    let saved = fixture.read("plan.json");
    fixture.write("altered.json", &saved.replace("\"upper\": 2600", "\"upper\": 0"));
    fixture.run_expecting(&["apply", "--plan", "altered.json", "--yes"], 6).await;
    fixture.run_expecting(&["apply", "--plan", "plan.json", "--yes"], 0).await;
    fixture.run_expecting(&["apply", "--plan", "plan.json", "--observed", "x.csv"], 64).await;
    assert_ne!(saved.replace("\"upper\": 2600", "\"upper\": 0"), saved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn burst_gives_upper_bound() {
    let fixture = lowered_limit().await;
    let report = async |burst: &str| {
        let arguments = ["plan", "prod.yaml", "--observed", "traffic.csv", "--burst", burst];
        fixture.run_expecting(&arguments, 0).await.stdout
    };
    assert!(report("1").await.contains("at peak: 0 → 1,800 ("));
    let burst = report("10").await;
    // 3,000 calls in 6 s, of which 120 pass.
    assert!(burst.contains("at peak: 0 → 1,800–2,880 ("), "{burst}");
    assert!(burst.contains("note: the effects are simulated with the calls from 2026-11-29 08:00 to 2026-11-29 08:02 in traffic.csv; a range is from calls spread evenly over each minute to calls 10 times faster"), "{burst}");
    assert_eq!(report("10").await, burst);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttling_wait_is_shown() {
    let fixture = LimitsFixture::start().await;
    let file = |throughput| {
        let limit =
            format!("{{ urlPattern: 'https://p.example.org/*', methods: [POST], maxThroughput: {throughput} }}");
        format!("version: 1\nsandbox: prod\nthrottling: {limit}\n")
    };
    fixture.write("prod.yaml", &file(400));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.write("prod.yaml", &file(200));
    // 250 calls per second for a minute: the last one waits 15 s, and 5 % wait 14 s or longer.
    fixture.write("traffic.csv", &export(&[("https://p.example.org/x", &[15_000])]));
    let output =
        fixture.run_expecting(&["plan", "prod.yaml", "--observed", "traffic.csv", "--burst", "1"], 0).await.stdout;
    assert!(output.contains("rejected per minute at peak: 0 → 0; p95 wait: 0 → 14 s"), "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_text_and_secrets_are_hidden() {
    let fixture = LimitsFixture::start().await;
    let entry = "url: 'https://a.example.org/${HOOK_TOKEN}/*', methods: [POST], services: { action: { maxHttpConnections: 9, rating: { maxCallsCount: 9, periodInMs: 1000 } } }";
    fixture.write(
        "prod.yaml",
        &format!("version: 1\nsandbox: prod\nsecrets: [HOOK_TOKEN]\ncapping:\n  - {{ {entry} }}\n"),
    );
    let secret = "unit-test-s3cr3t-in-an-export";
    let url = format!("https://a.example.org/{secret}/\u{1b}[31m</details>|@ops");
    fixture.write("traffic.csv", &export(&[(&url, &[6000])]));
    for format in ["text", "markdown", "json", "github", "junit"] {
        let mut command = fixture.command(&["plan", "prod.yaml", "--observed", "traffic.csv", "--output", format]);
        command.env("HOOK_TOKEN", secret);
        let output = tokio::task::spawn_blocking(move || command.output().expect("ajo runs")).await.expect("it ended");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        // The endpoint matches the limit although the file does not have the value.
        let effect = if format == "json" { "rejectedPerMinute" } else { "at peak" };
        assert!(output.status.success() && text.contains(effect), "{format}: {text}");
        assert!(!text.contains(secret) && !text.contains('\u{1b}'), "{format}: {text}");
        assert!(format != "markdown" || !text.contains("@ops"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resume_checks_no_effect() {
    let fixture = LimitsFixture::start().await;
    fixture.write("policy.yaml", "version: 1\n");
    fixture.write("prod.yaml", &format!("{}policy: policy.yaml\n", limits_file(&[("a", 20, true)])));
    fixture.add_fault("capping.deploy@first:1=service:4000");
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 4).await;
    fixture.clear_faults();
    fixture.write("policy.yaml", &policy("maxRejectedPerMinute: 0").replace("observed: traffic.csv\n", ""));
    fixture.run_expecting(&["plan", "prod.yaml"], 7).await;
    fixture.run_expecting(&["apply", "--resume", "--yes"], 0).await;
}
