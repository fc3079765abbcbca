//! Runs the operator's story in `docs/operate-limits.md`.

use super::run_page;
use crate::limits::fixture::LimitsFixture;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operator_story_ends_without_drift() {
    // A fixed clock, because the page shows timestamps.
    let fixture = LimitsFixture::start_at("2026-11-26T09:00:00Z").await;
    let page_run = run_page("docs/operate-limits.md", &fixture.command(&[]), |block| Some(block.to_owned()));
    assert!(page_run.block_count >= 9, "{} blocks", page_run.block_count);
    let end = page_run.output.rsplit("ended with 2").next().expect("the end");
    assert!(end.contains("13 of 13 configurations match the files") && end.contains("No drift."), "{end}");
    // The comment survived all edits of the file.
    assert!(fixture.read("limits/prod.yaml").contains("  # The provider asked for fewer calls.\n"));
    fixture.run_expecting(&["drift", "limits/prod.yaml", "limits/maps.yaml", "limits/loyalty.yaml"], 0).await;
}
