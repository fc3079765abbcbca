//! Runs the commands in `docs/limits-as-code.md`.

use super::run_page;
use crate::limits::fixture::LimitsFixture;

const PAGE: &str = "docs/limits-as-code.md";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_on_the_page_print_its_output() {
    // A fixed clock, because the page shows timestamps.
    let fixture = LimitsFixture::start_at("2026-11-26T09:00:00Z").await;
    let page_run = run_page(PAGE, &fixture.command(&[]), |block| Some(block.to_owned()));
    assert!(page_run.block_count >= 10, "{} blocks", page_run.block_count);
}
