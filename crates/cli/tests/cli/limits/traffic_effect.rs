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
