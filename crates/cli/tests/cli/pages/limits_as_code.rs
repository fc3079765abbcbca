//! `docs/limits-as-code.md`, typed from top to bottom.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use super::{blocks, follow, read, shell};
use crate::limits::fixture::Site;

const PAGE: &str = "docs/limits-as-code.md";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_on_limits_as_code_can_be_typed_and_prints_what_it_says() {
    // The time stands still, so that the page can show it.
    let site = Site::start_at("2026-11-26T09:00:00Z").await;
    let followed = follow(PAGE, &site.command(&[]), |block| Some(block.to_owned()));
    assert!(followed.blocks >= 10, "{} blocks", followed.blocks);
}

/// The shell that the page begins with, typed as at a terminal: what follows goes to the shell within.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_emulator_of_the_page_can_be_started_as_it_says() {
    let block = blocks(&read(PAGE)).into_iter().find(|block| block.language == "bash").expect("one").text;
    let site = Site::start().await;
    let mut command = shell(&site.command(&[]), "bash");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let ran = tokio::task::spawn_blocking(move || {
        let mut bash = command.spawn().expect("bash runs");
        let typed = format!("{block}ajo capping list --sandbox prod\nexit\n");
        bash.stdin.take().expect("its input").write_all(typed.as_bytes()).expect("typed");
        bash.wait_with_output().expect("it ends")
    });
    let output = tokio::time::timeout(Duration::from_secs(60), ran).await.expect("in time").expect("it ended");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("no capping configurations"), "{printed}");
    assert_eq!(site.calls(), 0, "the other emulator was not asked");
}
